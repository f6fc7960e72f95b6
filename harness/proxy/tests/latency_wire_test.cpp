#include <algorithm>

#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> exact_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("l", "latency", {{"delay", "50ms"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto pausing = sleep_for(rt, 10ms);
  co_await std::move(pausing);
  // Pipelined, 7 ms apart: each reaches the server 50 ms and two hops later, with the spacing it had.
  const instant start = rt.now();
  for (const char* target : {"/0", "/1", "/2"}) {
    auto sending = client.send(get(target));
    co_await std::move(sending);
    auto spacing = sleep_for(rt, 7ms);
    co_await std::move(spacing);
  }
  const auto now = co_await w.counters("l");
  EXPECT_EQ(now.active, 3U);
  for (int i = 0; i < 3; ++i) {
    const auto answer = co_await client.response();
    EXPECT_TRUE(answer);
    EXPECT_EQ(rt.now() - start, 50ms + 4 * hop + i * 7ms);
    EXPECT_EQ(w.seen.at(static_cast<std::size_t>(i)).at - start, 50ms + 2 * hop + i * 7ms);
  }
  const auto last = co_await w.remove("l");
  EXPECT_EQ(last.injected, 3U);
  EXPECT_EQ(last.active, 0U);
  client.stream().close();
  co_await w.stop();
}
TEST(latency_wire, requests_are_late_by_exactly_the_delay_and_keep_their_spacing) {
  run_virtual(exact_body);
}

runtime::task<> direction_body(runtime::runtime& rt, world_ref w) {
  auto client = co_await w.connected();
  for (const char* direction : {"response", "both"}) {
    json::object parameters{{"delay", "100ms"}, {"direction", direction}};
    auto applying = w.fault("l", "latency", std::move(parameters));
    co_await std::move(applying);
    const bool both = std::string_view(direction) == "both";
    const instant start = rt.now();
    auto sending = client.send(get("/x"));
    co_await std::move(sending);
    const auto answer = co_await client.response();
    EXPECT_TRUE(answer);
    EXPECT_EQ(w.seen.back().at - start, 2 * hop + (both ? 100ms : 0ms)) << direction;
    EXPECT_EQ(rt.now() - start, 4 * hop + (both ? 200ms : 100ms)) << direction;
    const auto last = co_await w.remove("l");
    EXPECT_EQ(last.touched, 1U);
  }
  client.stream().close();
  co_await w.stop();
}
TEST(latency_wire, the_response_leg_and_both_legs) {
  run_virtual(direction_body);
}

runtime::task<> distribution_body(runtime::runtime& rt, world_ref w) {
  json::object shape{{"median", "100ms"}, {"p99", "400ms"}};
  auto applying = w.fault("l", "latency", {{"delay", std::move(shape)}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  std::vector<duration> taken;
  for (int i = 0; i < 1000; ++i) {
    const instant start = rt.now();
    auto sending = client.send(get("/x"));
    co_await std::move(sending);
    const auto answer = co_await client.response();
    if (!answer) break;
    taken.push_back(rt.now() - start - 4 * hop);
  }
  EXPECT_EQ(taken.size(), 1000U);
  std::sort(taken.begin(), taken.end());
  EXPECT_NEAR(std::chrono::duration<double>(taken.at(500)).count(), 0.100, 0.010);
  EXPECT_NEAR(std::chrono::duration<double>(taken.at(990)).count(), 0.400, 0.120);
  client.stream().close();
  co_await w.stop();
}
TEST(latency_wire, a_log_normal_delay_has_its_median_and_its_tail) {
  run_virtual(distribution_body);
}

runtime::task<> ends_body(runtime::runtime& rt, world_ref w) {
  auto applying = w.fault("l", "latency", {{"delay", "500ms"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  const instant start = rt.now();
  auto sending = client.send(get("/late"));
  co_await std::move(sending);
  auto pausing = sleep_for(rt, 100ms);
  co_await std::move(pausing);
  co_await w.remove("l");
  auto next = client.send(get("/behind"));
  co_await std::move(next);
  const auto late = co_await client.response();
  EXPECT_TRUE(late);
  EXPECT_EQ(rt.now() - start, 100ms + 3 * hop);
  const auto behind = co_await client.response();
  EXPECT_TRUE(behind);
  // A client that leaves does not take back what is on the wire.
  auto again = w.fault("l", "latency", {{"delay", "500ms"}});
  co_await std::move(again);
  auto leaving = client.send(post("/after-leaving", "x"));
  co_await std::move(leaving);
  client.stream().close();
  auto waiting = sleep_for(rt, 2s);
  co_await std::move(waiting);
  EXPECT_EQ(w.seen.back().target, "/after-leaving");
  co_await w.stop();
}
TEST(latency_wire, what_is_on_its_way_flows_when_the_fault_ends) {
  run_virtual(ends_body);
}

runtime::task<> chunks_body(runtime::runtime& rt, world_ref w) {
  std::shared_ptr<runtime::listener> l = rt.listen({"127.0.0.1", 0, {}}).value();
  w.where = w.proxy.add({"raw", {"127.0.0.1", 0, {}}, l->local_endpoint()}).value().listen;
  auto applying = w.fault("l", "latency", {{"delay", "30ms"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto accepting = accept(*l);
  auto accepted = co_await std::move(accepting);
  raw_client server(std::move(*accepted));
  const instant start = rt.now();
  auto up = client.send("\x01up");
  co_await std::move(up);
  const auto got = co_await server.bytes(3);
  EXPECT_TRUE(got);
  EXPECT_EQ(rt.now() - start, 2 * hop);
  auto down = server.send("down");
  co_await std::move(down);
  const auto back = co_await client.bytes(4);
  EXPECT_TRUE(back);
  EXPECT_EQ(rt.now() - start, 4 * hop + 30ms);
  client.stream().close();
  const auto end = co_await server.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  server.stream().close();
  l->close();
  co_await w.stop();
}
TEST(latency_wire, other_protocols_are_delayed_once_a_chunk_towards_the_client) {
  run_virtual(chunks_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
