// Faults that make another response of the one that came: what the client sees, byte for byte.
#include <epicenter/http/gzip.hpp>
#include <epicenter/json/parse.hpp>

#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

const std::string json_type = "Content-Type: application/fhir+json\r\n";
const std::string patient = R"({"resourceType":"Patient","id":"e5","active":true})";

std::string chunked(std::string_view body, std::size_t split) {
  const auto chunk = [](std::string_view part) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    return size + std::string(part) + "\r\n";
  };
  return "HTTP/1.1 200 OK\r\n" + json_type + "Transfer-Encoding: chunked\r\n\r\n" +
         chunk(body.substr(0, split)) + chunk(body.substr(split)) + "0\r\n\r\n";
}
runtime::task<> leave(raw_ends& both, raw_route& raw, world_ref w) {
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}

runtime::task<> truncate_body(runtime::runtime& rt, world_ref w) {
  for (const char* by : {"fin", "reset"}) {
    raw_route raw(rt, w, by);
    auto both = co_await raw.open();
    auto applying = w.fault("t", "truncate", {{"bytes", "30B"}, {"by", by}});
    co_await std::move(applying);
    const std::string response = ok(patient, json_type);
    auto asking = exchange(both, get("/x"), response);
    co_await std::move(asking);
    const auto wanted = response.substr(0, response.size() - patient.size() + 30);
    const auto end = co_await both.client.end();
    const bool fin = std::string_view(by) == "fin";
    EXPECT_EQ(end, code(fin ? runtime::errc::end_of_stream : runtime::errc::reset));
    EXPECT_TRUE(fin ? both.client.left_over() == wanted : wanted.starts_with(both.client.left_over()));
    EXPECT_EQ(w.proxy.traffic(by).downstream_bytes, wanted.size());
    const auto there = co_await both.server.end();
    EXPECT_EQ(there, code(fin ? runtime::errc::end_of_stream : runtime::errc::reset));
    co_await ends_with(w, "t", 1, 1);
    both.client.stream().close();
    both.server.stream().close();
    raw.close();
  }
  co_await w.stop();
}
TEST(truncate_wire, more_is_promised_than_comes) {
  run_virtual(truncate_body);
}

runtime::task<> truncate_chunked_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("t", "truncate", {{"bytes", "25B"}});
  co_await std::move(applying);
  const std::string response = chunked(patient, 20);
  auto asking = exchange(both, get("/x"), response);
  co_await std::move(asking);
  const auto end = co_await both.client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  const auto upto = response.find(patient.substr(20));
  EXPECT_EQ(both.client.left_over(), response.substr(0, upto + 5));
  co_await ends_with(w, "t", 1, 1);
  co_await leave(both, raw, w);
}
TEST(truncate_wire, the_last_chunk_never_comes) {
  run_virtual(truncate_chunked_body);
}

runtime::task<> truncate_short_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("t", "truncate", {{"bytes", "1kB"}});
  co_await std::move(applying);
  co_await passes_through(rt, both);
  // A body that lasts to the end of the connection, cut short by the upstream itself.
  co_await ends_with(w, "t", 1, 0);
  auto again = w.fault("u", "truncate", {{"bytes", "1B"}});
  co_await std::move(again);
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
  auto asking = exchange(both, get("/x"), half);
  co_await std::move(asking);
  both.server.stream().shutdown_write();
  const auto end = co_await both.client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(both.client.left_over(), half);
  co_await ends_with(w, "u", 1, 0);
  co_await leave(both, raw, w);
}
TEST(truncate_wire, what_cannot_be_truncated_passes_and_is_not_counted_as_injected) {
  run_virtual(truncate_short_body);
}

runtime::task<> too_large_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("t", "truncate");
  co_await std::move(applying);
  const std::string response = ok(std::string(5'000'000, 'L'));
  const std::string request = get("/large");
  co_await both.client.put(request);
  auto hearing = expect_bytes(both.server, request);
  co_await std::move(hearing);
  std::vector<runtime::task<>> at_once;
  struct sending {
    static runtime::task<> run(raw_client& by, const std::string& text) { (void)co_await by.put(text); }
  };
  at_once.push_back(sending::run(both.server, response));
  at_once.push_back(expect_bytes(both.client, response));
  auto all = when_all(rt, std::move(at_once));
  co_await std::move(all);
  co_await ends_with(w, "t", 1, 0);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(truncate_wire, what_is_beyond_the_bound_passes_unchanged) {
  run_virtual(too_large_body);
}

runtime::task<> corrupt_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("c", "corrupt", {{"offset", "18B"}, {"bytes", 4}});
  co_await std::move(applying);
  const std::string response = chunked(patient, 20);
  auto asking = exchange(both, get("/x"), response);
  co_await std::move(asking);
  auto reading = both.client.bytes(response.size());
  const auto got = co_await std::move(reading);
  EXPECT_TRUE(got);
  // Two bytes before the border of the chunks and two behind it; the framing is sound.
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < response.size(); ++i) {
    if ((*got)[i] != response[i]) changed.push_back(i);
  }
  const auto first = response.find(patient.substr(0, 20)) + 18, second = response.find(patient.substr(20));
  EXPECT_EQ(changed, (std::vector<std::size_t>{first, first + 1, second, second + 1}));
  co_await ends_with(w, "c", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(corrupt_wire, these_bytes_of_the_body_and_no_others_are_changed) {
  run_virtual(corrupt_body);
}

runtime::task<> malformed_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("m", "malformed_json", {{"where", "start"}});
  co_await std::move(applying);
  auto plain = exchange(both, get("/x"), chunked(patient, 7));
  co_await std::move(plain);
  auto reading = expect_bytes(both.client, chunked("<" + patient.substr(1), 7));
  co_await std::move(reading);
  http::gzip_writer writer;
  const std::string coded = "Content-Encoding: gzip\r\n";
  auto packed = exchange(both, get("/y"), ok(writer.write(patient), coded + json_type));
  co_await std::move(packed);
  const auto unpacked = co_await both.client.response();
  EXPECT_TRUE(unpacked && unpacked->ends_with("\r\n\r\n<" + patient.substr(1)));
  EXPECT_TRUE(unpacked && unpacked->find("Content-Encoding") == std::string::npos);
  auto page = exchange(both, get("/z"), ok("<html>", "Content-Type: text/html\r\n"));
  co_await std::move(page);
  auto same = expect_bytes(both.client, ok("<html>", "Content-Type: text/html\r\n"));
  co_await std::move(same);
  co_await ends_with(w, "m", 3, 2);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(malformed_json_wire, json_is_broken_in_plain_chunked_and_packed_bodies) {
  run_virtual(malformed_body);
}

runtime::task<> wrong_type_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("t", "wrong_type", {{"as", "html"}});
  co_await std::move(applying);
  auto asking = exchange(both, get("/x"), ok(patient, json_type + "ETag: \"7\"\r\n"));
  co_await std::move(asking);
  const auto got = co_await both.client.response();
  EXPECT_TRUE(got && got->starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(got && got->find("\r\nContent-Type: text/html; charset=utf-8\r\n") != std::string::npos)
      << *got;
  EXPECT_TRUE(got && got->find("\r\nETag: \"7\"\r\n") != std::string::npos);
  EXPECT_TRUE(got && got->ends_with("</html>\n"));
  EXPECT_EQ(both.client.left_over(), "");
  co_await ends_with(w, "t", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(wrong_type_wire, a_page_comes_in_place_of_the_resource) {
  run_virtual(wrong_type_body);
}

runtime::task<> duplicate_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("d", "duplicate_response");
  co_await std::move(applying);
  const std::string response = ok(patient, json_type);
  auto asking = exchange(both, get("/x"), response);
  co_await std::move(asking);
  auto twice = expect_bytes(both.client, response + response);
  co_await std::move(twice);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  co_await ends_with(w, "d", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(duplicate_response_wire, the_answer_comes_twice) {
  run_virtual(duplicate_body);
}

runtime::task<> stale_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "stale_response");
  co_await std::move(applying);
  const std::string first = ok("version 1"), second = ok("version 2");
  for (const auto* now : {&first, &second}) {
    auto asking = exchange(both, get("/Patient/e5"), *now);
    co_await std::move(asking);
    auto old = expect_bytes(both.client, first);
    co_await std::move(old);
  }
  auto other = exchange(both, get("/Patient/e6"), second);
  co_await std::move(other);
  auto fresh = expect_bytes(both.client, second);
  co_await std::move(fresh);
  co_await ends_with(w, "s", 3, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(stale_response_wire, an_older_answer_comes_again) {
  run_virtual(stale_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
