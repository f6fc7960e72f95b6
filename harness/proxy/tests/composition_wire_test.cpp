// Several faults at once, in the order of the catalog: decisions about messages first, then the stream.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

const std::string json_type = "Content-Type: application/json\r\n";

runtime::task<> leave(raw_ends& both, raw_route& raw, world_ref w) {
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}

runtime::task<> three_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  // Applied against their order.
  auto slow = w.fault("s", "slow_body", {{"rate", "1kB/s"}, {"delay", "40ms"}});
  co_await std::move(slow);
  auto breaking = w.fault("m", "malformed_json", {{"where", "end"}});
  co_await std::move(breaking);
  auto naming = w.fault("h", "header", {{"field", "ETag"}, {"value", "\"9\""}});
  co_await std::move(naming);
  const std::string body = R"({"a":[1,2,3,4,5,6]})";
  auto asking = exchange(both, get("/x"), ok(body, json_type));
  co_await std::move(asking);
  const instant start = rt.now();
  const std::string wanted = "HTTP/1.1 200 OK\r\n" + json_type +
                             "Content-Length: " + std::to_string(body.size()) + "\r\nETag: \"9\"\r\n\r\n" +
                             body.substr(0, body.size() - 1) + "{";
  auto reading = expect_bytes(both.client, wanted);
  co_await std::move(reading);
  EXPECT_EQ(rt.now() - start, 2 * hop + 40ms + static_cast<int>(body.size()) * 1ms);
  for (const char* id : {"s", "m", "h"}) co_await ends_with(w, id, 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(composition_wire, another_head_and_another_body_leave_slowly) {
  run_virtual(three_body);
}

runtime::task<> error_and_latency_body(runtime::runtime& rt, world_ref w) {
  auto failing = w.fault("e", "error", {{"status", 503}});
  co_await std::move(failing);
  auto client = co_await w.connected();
  const std::string request = get("/x");
  for (const auto& [direction, late] :
       {std::pair{"request", 100ms}, std::pair{"response", 100ms}, std::pair{"both", 200ms}}) {
    auto delaying = w.fault("l", "latency", {{"delay", "100ms"}, {"direction", direction}});
    co_await std::move(delaying);
    const instant start = rt.now();
    co_await client.put(request);
    co_await pause(rt, 50ms);
    const auto mid = co_await w.counters("l");
    EXPECT_GE(mid.active, 1U) << direction;
    const auto answer = co_await client.response();
    EXPECT_TRUE(answer && answer->starts_with("HTTP/1.1 503 "));
    EXPECT_EQ(rt.now() - start, 2 * hop + late) << direction;
    co_await ends_with(w, "l", 1, 1);
  }
  // The answer that waits for its time comes when nothing delays it any more, though the error is still
  // there.
  auto delaying = w.fault("l", "latency", {{"delay", "10s"}});
  co_await std::move(delaying);
  co_await client.put(request);
  co_await pause(rt, 50ms);
  const instant start = rt.now();
  co_await ends_with(w, "l", 1, 1);
  const auto freed = co_await client.response();
  EXPECT_TRUE(freed && freed->starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(rt.now() - start, hop);
  co_await ends_with(w, "e", 4, 4);
  EXPECT_TRUE(w.seen.empty());
  client.stream().close();
  co_await w.stop();
}
TEST(composition_wire, an_error_is_as_late_as_the_answer_would_have_been) {
  run_virtual(error_and_latency_body);
}

runtime::task<> stages_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto late = w.fault("l", "chunk_latency", {{"delay", "30ms"}});
  co_await std::move(late);
  auto narrow = w.fault("b", "bandwidth", {{"limit", "10kB/s"}, {"direction", "response"}});
  co_await std::move(narrow);
  auto cutting = w.fault("c", "cut", {{"bytes", "200B"}, {"by", "fin"}});
  co_await std::move(cutting);
  const instant start = rt.now();
  const std::string text(500, 'x');
  co_await both.server.put(text);
  const auto end = co_await both.client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(both.client.left_over(), text.substr(0, 200));
  EXPECT_EQ(rt.now() - start, 2 * hop + 20ms + 30ms) << "200 bytes at 10 kB/s, then the delay, then the end";
  for (const char* id : {"c", "b", "l"}) co_await ends_with(w, id, 1, 1);
  co_await leave(both, raw, w);
}
TEST(composition_wire, what_is_cut_off_is_first_slow_and_late) {
  run_virtual(stages_body);
}

runtime::task<> delayed_chunks_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto late = w.fault("l", "latency", {{"delay", "10s"}, {"direction", "both"}});
  co_await std::move(late);
  // The body comes in pieces: all are late with their head, and all flow when the fault ends.
  const std::string request = post("/x", "0123456789");
  const std::string_view view = request;
  co_await both.client.put(view.substr(0, view.size() - 6));
  co_await pause(rt, 20ms);
  co_await both.client.put(view.substr(view.size() - 6, 3));
  co_await pause(rt, 20ms);
  instant start = rt.now();
  co_await ends_with(w, "l", 1, 1);
  auto up = expect_bytes(both.server, request.substr(0, request.size() - 3));
  co_await std::move(up);
  EXPECT_EQ(rt.now() - start, hop);
  // And what comes after it is not late at all.
  start = rt.now();
  co_await both.client.put(view.substr(view.size() - 3));
  auto rest = expect_bytes(both.server, request.substr(request.size() - 3));
  co_await std::move(rest);
  EXPECT_EQ(rt.now() - start, 2 * hop);
  const std::string response = ok("fine");
  co_await both.server.put(response);
  auto down = expect_bytes(both.client, response);
  co_await std::move(down);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(composition_wire, latency_ends_for_every_piece_of_a_message) {
  run_virtual(delayed_chunks_body);
}

runtime::task<> http_then_stream_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto erring = w.fault("e", "error", {{"status", 500}, {"body", "empty"}});
  co_await std::move(erring);
  auto narrow = w.fault("b", "bandwidth", {{"limit", "1kB/s"}, {"direction", "response"}});
  co_await std::move(narrow);
  const instant start = rt.now();
  const std::string request = get("/x");
  co_await both.client.put(request);
  const auto answer = co_await both.client.response();
  EXPECT_TRUE(answer && answer->starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(rt.now() - start, 2 * hop + static_cast<int>(answer->size()) * 1ms);
  co_await ends_with(w, "e", 1, 1);
  co_await ends_with(w, "b", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(composition_wire, answers_of_the_proxy_go_through_the_stream_faults) {
  run_virtual(http_then_stream_body);
}

runtime::task<> replace_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto cutting = w.fault("c", "cut", {{"bytes", "300B"}, {"by", "fin"}});
  co_await std::move(cutting);
  auto late = w.fault("l", "chunk_latency", {{"delay", "30ms"}});
  co_await std::move(late);
  const std::string text(200, 'x');
  co_await both.server.put(text);
  auto first = expect_bytes(both.client, text);
  co_await std::move(first);
  faults::fault_spec spec;
  spec.id = "c";
  spec.type = "cut";
  spec.parameters = {{"bytes", "250B"}, {"by", "fin"}};
  auto replacing = w.proxy.replace(spec);
  const auto replaced = co_await std::move(replacing);
  EXPECT_TRUE(replaced);
  const auto order = w.proxy.active_specs();
  EXPECT_TRUE(order.size() == 2 && order.at(0).id == "c" && order.at(1).id == "l");
  // 200 bytes of the 250 are through already.
  const instant start = rt.now();
  co_await both.server.put(text);
  const auto end = co_await both.client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(both.client.left_over().size(), 50U);
  EXPECT_EQ(rt.now() - start, 2 * hop + 30ms);
  co_await ends_with(w, "c", 2, 2);
  co_await leave(both, raw, w);
}
TEST(replaced_fault_wire, it_keeps_its_place_and_what_it_knows_of_the_connection) {
  run_virtual(replace_body);
}

runtime::task<> replace_exchange_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  faults::fault_spec spec;
  spec.id = "b";
  spec.type = "bandwidth";
  spec.parameters = {{"limit", "1kB/s"}, {"direction", "response"}};
  spec.match.path = "/slow";
  auto applying = w.proxy.injector().apply(spec);
  co_await std::move(applying);
  const std::string response = ok(std::string(1000, 'r'));
  const std::string_view view = response;
  auto asking = exchange(both, get("/slow"), response.substr(0, 100));
  co_await std::move(asking);
  auto first = expect_bytes(both.client, response.substr(0, 100));
  co_await std::move(first);
  spec.parameters = {{"limit", "10kB/s"}, {"direction", "response"}};
  auto replacing = w.proxy.replace(spec);
  const auto replaced = co_await std::move(replacing);
  EXPECT_TRUE(replaced);
  const instant start = rt.now();
  co_await both.server.put(view.substr(100));
  auto rest = expect_bytes(both.client, response.substr(100));
  co_await std::move(rest);
  EXPECT_EQ(rt.now() - start, 2 * hop + static_cast<int>(response.size() - 100) * 100us);
  co_await ends_with(w, "b", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(replaced_fault_wire, an_exchange_in_the_middle_goes_on_at_the_new_rate) {
  run_virtual(replace_exchange_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
