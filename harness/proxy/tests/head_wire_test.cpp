// Faults that answer in Epic's place, change heads, or slow them: what both ends see.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> leave(raw_ends& both, raw_route& raw, world_ref w) {
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}
bool has(const result<std::string>& text, std::string_view what) {
  return text && text->find(what) != std::string::npos;
}

runtime::task<> rate_limit_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("r", "rate_limit", {{"limit", "10/s"}, {"burst", 2}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  const std::string three = get("/1") + get("/2") + get("/3");
  co_await client.put(three);
  const auto one = co_await client.response();
  const auto two = co_await client.response();
  const auto three_answered = co_await client.response();
  EXPECT_TRUE(has(one, "answer to /1"));
  EXPECT_TRUE(has(two, "answer to /2"));
  EXPECT_TRUE(has(three_answered, "HTTP/1.1 429 ") && has(three_answered, "\r\nRetry-After: 1\r\n"));
  EXPECT_TRUE(has(three_answered, "X-Epicenter-Fault: r")) << *three_answered;
  EXPECT_EQ(w.seen.size(), 2U);
  co_await pause(rt, 100ms);
  const std::string again = get("/4");
  co_await client.put(again);
  const auto four = co_await client.response();
  EXPECT_TRUE(has(four, "answer to /4"));
  co_await ends_with(w, "r", 4, 1);
  co_await client.put(three);
  for (int i = 0; i < 3; ++i) {
    const auto free = co_await client.response();
    EXPECT_TRUE(has(free, "200 OK"));
  }
  client.stream().close();
  co_await w.stop();
}
TEST(rate_limit_wire, what_is_beyond_the_limit_is_refused_and_never_reaches_the_upstream) {
  run_virtual(rate_limit_body);
}

runtime::task<> redirect_body(runtime::runtime& rt, world_ref w) {
  faults::selection orders;
  orders.method = "POST";
  auto applying = w.fault("r", "redirect", {{"to", "https://sso.example/login"}, {"status", 307}}, orders);
  co_await std::move(applying);
  auto client = co_await w.connected();
  const instant start = rt.now();
  const std::string texts = post("/order", "body") + get("/read");
  co_await client.put(texts);
  const auto moved = co_await client.response();
  EXPECT_EQ(rt.now() - start, 2 * hop);
  EXPECT_TRUE(has(moved, "HTTP/1.1 307 ") && has(moved, "\r\nLocation: https://sso.example/login\r\n"));
  const auto read = co_await client.response();
  EXPECT_TRUE(has(read, "answer to /read"));
  EXPECT_EQ(w.seen.size(), 1U);
  co_await ends_with(w, "r", 1, 1);
  client.stream().close();
  co_await w.stop();
}
TEST(redirect_wire, the_client_is_sent_elsewhere) {
  run_virtual(redirect_body);
}

runtime::task<> half_request_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("e", "error", {{"status", 503}});
  co_await std::move(applying);
  const std::string request = post("/x", "0123456789");
  co_await both.client.put(std::string_view(request).substr(0, request.size() - 5));
  both.client.stream().shutdown_write();
  const auto there = co_await both.server.end();
  EXPECT_EQ(there, code(runtime::errc::end_of_stream));
  EXPECT_EQ(both.server.left_over(), "");
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  both.server.stream().close();
  const auto end = co_await both.client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(both.client.left_over(), "");
  EXPECT_EQ(w.proxy.connections(), 0U);
  co_await ends_with(w, "e", 1, 1);
  co_await leave(both, raw, w);
}
TEST(error_wire, half_a_request_is_never_answered_and_holds_nothing) {
  run_virtual(half_request_body);
}

runtime::task<> slow_headers_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "slow_headers", {{"delay", "50ms"}, {"rate", "1kB/s"}});
  co_await std::move(applying);
  const std::string response = ok("the body");
  const auto head = static_cast<int>(response.find("\r\n\r\n") + 4);
  auto asking = exchange(both, get("/x"), response);
  co_await std::move(asking);
  const instant start = rt.now();
  auto first = both.client.bytes(1);
  const auto got = co_await std::move(first);
  EXPECT_TRUE(got);
  EXPECT_EQ(rt.now() - start, 2 * hop + 50ms + 20ms) << "the first 20 bytes";
  auto rest = expect_bytes(both.client, response.substr(1));
  co_await std::move(rest);
  EXPECT_EQ(rt.now() - start, 2 * hop + 50ms + head * 1ms) << "the body comes with the last of the head";
  co_await ends_with(w, "s", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(slow_headers_wire, the_head_trickles_and_the_body_does_not) {
  run_virtual(slow_headers_body);
}

runtime::task<> slow_body_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "slow_body", {{"rate", "1kB/s"}, {"delay", "30ms"}});
  co_await std::move(applying);
  const std::string response = ok(std::string(100, 'b'));
  const auto head = response.find("\r\n\r\n") + 4;
  auto asking = exchange(both, get("/x"), response);
  co_await std::move(asking);
  const instant start = rt.now();
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
  std::vector<piece> wanted{{start + 2 * hop, head}};
  for (int i = 1; i <= 5; ++i) wanted.push_back({start + 2 * hop + 30ms + i * 20ms, 20});
  EXPECT_EQ(both.client.pieces(), wanted);
  // Removed in the middle of a body: what is held comes at once, and what the upstream still sends is free.
  auto second = exchange(both, get("/y"), response.substr(0, response.size() - 50));
  co_await std::move(second);
  co_await pause(rt, 60ms);
  const auto mid = co_await w.counters("s");
  EXPECT_EQ(mid.active, 1U);
  const instant then = rt.now();
  co_await ends_with(w, "s", 2, 2);
  const std::string_view tail = std::string_view(response).substr(response.size() - 50);
  co_await both.server.put(tail);
  auto all = expect_bytes(both.client, response);
  co_await std::move(all);
  EXPECT_EQ(rt.now() - then, 2 * hop);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(slow_body_wire, the_body_trickles_until_the_fault_ends) {
  run_virtual(slow_body_body);
}

runtime::task<> header_request_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto setting = w.fault("h", "header", {{"field", "X-Tenant"}, {"value", "b"}, {"direction", "request"}});
  co_await std::move(setting);
  auto removing = w.fault("i", "header", {{"field", "Authorization"}, {"direction", "request"}});
  co_await std::move(removing);
  const std::string sent =
      "POST /x HTTP/1.1\r\nHost: epic\r\nX-Tenant: a\r\nAuthorization: Bearer t\r\nContent-Length: "
      "4\r\n\r\nbody";
  co_await both.client.put(sent);
  const std::string wanted = "POST /x HTTP/1.1\r\nHost: epic\r\nX-Tenant: b\r\nContent-Length: 4\r\n\r\nbody";
  auto hearing = expect_bytes(both.server, wanted);
  co_await std::move(hearing);
  const std::string response = ok("done");
  co_await both.server.put(response);
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
  // There is nothing to remove here.
  auto bare = expect_bytes(both.server, "GET /y HTTP/1.1\r\nHost: epic\r\nX-Tenant: b\r\n\r\n");
  const std::string request = get("/y");
  co_await both.client.put(request);
  co_await std::move(bare);
  co_await both.server.put(response);
  auto again = expect_bytes(both.client, response);
  co_await std::move(again);
  co_await ends_with(w, "h", 2, 2);
  co_await ends_with(w, "i", 2, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(header_wire, the_upstream_sees_other_fields_and_the_same_body) {
  run_virtual(header_request_body);
}

runtime::task<> header_response_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto setting = w.fault("h", "header", {{"field", "Content-Type"}, {"value", "text/plain"}});
  co_await std::move(setting);
  auto asking = exchange(both, get("/x"), ok("[1]", "Content-Type: application/json\r\n"));
  co_await std::move(asking);
  auto reading = expect_bytes(both.client, ok("[1]", "Content-Type: text/plain\r\n"));
  co_await std::move(reading);
  // Chunked, in several pieces, without that field.
  const std::string response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
  auto second = exchange(both, get("/y"), response);
  co_await std::move(second);
  co_await pause(rt, 5ms);
  const std::string body = "\r\n3\r\nabc\r\n0\r\n\r\n";
  co_await both.server.put(body);
  auto all = expect_bytes(both.client, response + "Content-Type: text/plain\r\n" + body);
  co_await std::move(all);
  // As it is already: untouched.
  auto third = exchange(both, get("/z"), ok("abc", "Content-Type: text/plain\r\n"));
  co_await std::move(third);
  auto same = expect_bytes(both.client, ok("abc", "Content-Type: text/plain\r\n"));
  co_await std::move(same);
  co_await ends_with(w, "h", 3, 2);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(header_wire, the_client_sees_other_fields_and_the_same_body) {
  run_virtual(header_response_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
