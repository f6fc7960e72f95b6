// error and lost_response, seen from both ends of the wire.
#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

bool has(const result<std::string>& text, std::string_view part) {
  return text && text->find(part) != std::string::npos;
}

runtime::task<> error_body(runtime::runtime& rt, world_ref w) {
  faults::selection middle;
  middle.path = "/**/b";
  json::object parameters{{"status", json::array{json::value(502)}}, {"retry_after", "30s"}};
  auto applying = w.fault("e1", "error", std::move(parameters), middle);
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied) << (applied ? "" : applied.error().message());
  auto client = co_await w.connected();
  auto sending = client.send(get("/x/a") + post("/x/b", "a body that is read") + get("/x/c"));
  co_await std::move(sending);
  const auto a = co_await client.response();
  const auto b = co_await client.response();
  const auto c = co_await client.response();
  EXPECT_TRUE(has(a, "answer to /x/a"));
  EXPECT_TRUE(has(b, "HTTP/1.1 502 "));
  EXPECT_TRUE(has(b, "Retry-After: 30\r\n"));
  EXPECT_TRUE(has(b, "X-Epicenter-Fault: e1\r\n"));
  EXPECT_TRUE(has(b, "\"resourceType\":\"OperationOutcome\""));
  EXPECT_TRUE(has(c, "answer to /x/c"));
  EXPECT_EQ(w.seen.size(), 2U);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  client.stream().close();
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(error_wire, one_request_is_answered_in_its_place_and_its_neighbours_are_not_touched) {
  run_virtual(error_body);
}

// What follows a broken chunk could be anything, a whole request included.
runtime::task<> broken_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("e", "error");
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto sending =
      client.send("POST /create HTTP/1.1\r\nHost: epic\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  co_await std::move(sending);
  auto waiting = sleep_for(rt, 10ms);
  co_await std::move(waiting);
  auto breaking = client.send("lo\r\nnonsense\r\n" + get("/smuggled"));
  co_await std::move(breaking);
  const auto ended = co_await client.end();
  EXPECT_EQ(ended, code(runtime::errc::reset));
  EXPECT_EQ(client.left_over(), "");
  auto pausing = sleep_for(rt, 1s);
  co_await std::move(pausing);
  EXPECT_TRUE(w.seen.empty());
  client.stream().close();
  co_await w.stop();
}
TEST(error_wire, the_rest_of_a_broken_request_never_reaches_the_upstream) {
  run_virtual(broken_body);
}

runtime::task<> committed_body(runtime::runtime& rt, world_ref w) {
  json::object parameters{{"status", 500}, {"body", "html"}, {"committed", true}};
  auto applying = w.fault("e", "error", std::move(parameters));
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto sending = client.send(post("/create", "content") + get("/next"));
  co_await std::move(sending);
  const auto first = co_await client.response();
  const auto second = co_await client.response();
  EXPECT_TRUE(has(first, "HTTP/1.1 500 ") && has(first, "<html>"));
  EXPECT_FALSE(has(first, "answer to"));
  EXPECT_TRUE(has(second, "HTTP/1.1 500 "));
  EXPECT_EQ(w.seen.size(), 2U);
  EXPECT_EQ(w.seen.at(0).body, "content");
  client.stream().close();
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(error_wire, committed_lets_the_request_through_and_replaces_the_answer) {
  run_virtual(committed_body);
}

runtime::task<> closing_body(runtime::runtime& rt, world_ref w) {
  json::object parameters{{"body", "empty"},
                          {"retry_after", json::object{{"form", "date"}, {"after", "90s"}}}};
  auto applying = w.fault("e", "error", std::move(parameters));
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied);
  for (const char* field : {"Connection: close\r\n", "Expect: 100-continue\r\nContent-Length: 5\r\n"}) {
    auto client = co_await w.connected();
    auto sending = client.send(get("/x", field));
    co_await std::move(sending);
    const auto answer = co_await client.response();
    EXPECT_TRUE(has(answer, "HTTP/1.1 503 ") && has(answer, "Connection: close\r\n")) << field;
    EXPECT_TRUE(has(answer, "Retry-After: Mon, 05 Jan 2026 00:01:3")) << answer.value_or("");
    const auto end = co_await client.end();
    EXPECT_EQ(end, code(runtime::errc::end_of_stream));
    client.stream().close();
  }
  auto client = co_await w.connected();
  auto sending = client.send("HEAD /x HTTP/1.1\r\nHost: epic\r\n\r\n" + get("/y"));
  co_await std::move(sending);
  const auto head = co_await client.response(false);
  const auto next = co_await client.response();
  EXPECT_TRUE(has(head, "503") && has(next, "503"));
  EXPECT_TRUE(w.seen.empty());
  client.stream().close();
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(error_wire, the_last_answer_of_a_connection_closes_it) {
  run_virtual(closing_body);
}

runtime::task<> latency_and_error_body(runtime::runtime& rt, world_ref w) {
  auto erring = w.fault("a-error", "error");
  co_await std::move(erring);
  auto slowing = w.fault("b-slow", "latency", {{"delay", "80ms"}});
  co_await std::move(slowing);
  auto client = co_await w.connected();
  const instant start = rt.now();
  auto sending = client.send(get("/x"));
  co_await std::move(sending);
  auto pausing = sleep_for(rt, 20ms);
  co_await std::move(pausing);
  const auto slow = co_await w.counters("b-slow");
  EXPECT_EQ(slow.active, 1U);
  const auto answer = co_await client.response();
  EXPECT_TRUE(has(answer, "503"));
  EXPECT_EQ(rt.now() - start, 80ms + 2 * hop);
  client.stream().close();
  co_await w.stop();
}
TEST(error_wire, the_chain_has_the_catalogs_order_whatever_was_applied_first) {
  run_virtual(latency_and_error_body);
}

runtime::task<> lost_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("lost", "lost_response", {{"hold", "2s"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  const instant start = rt.now();
  auto sending = client.send(post("/order", "all of it"));
  co_await std::move(sending);
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_TRUE(client.left_over().empty());
  EXPECT_EQ(rt.now() - start, 2s + 4 * hop);
  EXPECT_EQ(w.seen.at(0).body, "all of it");
  const auto last = co_await w.remove("lost");
  EXPECT_EQ(last.injected, 1U);
  client.stream().close();
  co_await w.stop();
}
TEST(lost_response_wire, the_upstream_gets_it_all_and_the_client_nothing_until_the_hold_is_over) {
  run_virtual(lost_body);
}

runtime::task<> lost_until_left_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("lost", "lost_response");
  co_await std::move(applying);
  auto leaver = co_await w.connected();
  auto first = leaver.send(post("/order", "x"));
  co_await std::move(first);
  auto stayer = co_await w.connected();
  auto second = stayer.send(post("/order", "y"));
  co_await std::move(second);
  auto pausing = sleep_for(rt, 20s);
  co_await std::move(pausing);
  auto now = co_await w.counters("lost");
  EXPECT_EQ(now.active, 2U);
  leaver.stream().close();
  auto settling = sleep_for(rt, 10ms);
  co_await std::move(settling);
  now = co_await w.counters("lost");
  EXPECT_EQ(now.active, 1U);
  EXPECT_EQ(w.proxy.connections(), 1U);
  co_await w.remove("lost");
  const auto end = co_await stayer.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_TRUE(stayer.left_over().empty());
  stayer.stream().close();
  co_await w.stop();
}
TEST(lost_response_wire, without_a_hold_until_the_client_leaves_or_the_fault_ends) {
  run_virtual(lost_until_left_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
