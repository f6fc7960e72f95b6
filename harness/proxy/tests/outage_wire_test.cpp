#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

json::object mode(const char* name) {
  return {{"mode", name}};
}

runtime::task<> warm(raw_client& client) {
  auto sending = client.send(get("/warm"));
  co_await std::move(sending);
  const auto answer = co_await client.response();
  EXPECT_TRUE(answer);
}

runtime::task<> refuse_body(runtime::runtime& rt, world_ref w) {
  auto open = co_await w.connected();
  co_await warm(open);
  const auto where = w.where;
  auto applying = w.fault("o", "outage", mode("refuse"));
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied);
  const auto end = co_await open.end();
  EXPECT_EQ(end, code(runtime::errc::reset));
  const auto refused = co_await w.connect_error();
  EXPECT_EQ(refused, code(runtime::errc::refused));
  const auto last = co_await w.remove("o");
  EXPECT_EQ(last.touched, 1U);
  EXPECT_EQ(last.injected, 1U);
  EXPECT_EQ(w.proxy.routes().at(0).listen, where);
  auto again = co_await w.connected();
  co_await warm(again);
  again.stream().close();
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(outage_wire, refuse_resets_what_is_open_and_listens_again_on_the_same_port) {
  run_virtual(refuse_body);
}

runtime::task<> reset_body(runtime::runtime& rt, world_ref w) {
  auto open = co_await w.connected();
  co_await warm(open);
  auto applying = w.fault("o", "outage", mode("reset"));
  co_await std::move(applying);
  const auto end = co_await open.end();
  EXPECT_EQ(end, code(runtime::errc::reset));
  auto fresh = co_await w.connected();
  const auto fresh_end = co_await fresh.end();
  EXPECT_EQ(fresh_end, code(runtime::errc::reset));
  const auto last = co_await w.remove("o");
  EXPECT_EQ(last.injected, 2U);
  auto again = co_await w.connected();
  co_await warm(again);
  again.stream().close();
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(outage_wire, reset_accepts_and_resets_every_connection) {
  run_virtual(reset_body);
}

runtime::task<> blackhole_body(runtime::runtime& rt, world_ref w) {
  auto open = co_await w.connected();
  co_await warm(open);
  auto applying = w.fault("o", "outage", mode("blackhole"));
  co_await std::move(applying);
  auto fresh = co_await w.connected();
  auto first = open.send(post("/held", "x"));
  co_await std::move(first);
  auto second = fresh.send(get("/fresh"));
  co_await std::move(second);
  auto gone = co_await w.connected();
  auto third = gone.send(get("/gone"));
  co_await std::move(third);
  gone.stream().reset();
  auto waiting = open.bytes(1);
  auto limited = with_timeout(rt, rt.now() + 30s, std::move(waiting));
  const auto nothing = co_await std::move(limited);
  EXPECT_FALSE(nothing);
  EXPECT_EQ(w.seen.size(), 1U);
  const auto now = co_await w.counters("o");
  EXPECT_EQ(now.injected, 3U);
  EXPECT_EQ(now.active, 2U);
  const instant released = rt.now();
  co_await w.remove("o");
  const auto a = co_await open.response();
  const auto b = co_await fresh.response();
  EXPECT_TRUE(a && b);
  EXPECT_LE(rt.now() - released, 10 * hop);
  for (const auto& s : w.seen) EXPECT_NE(s.target, "/gone");
  open.stream().close();
  fresh.stream().close();
  co_await w.stop();
}
TEST(outage_wire, blackhole_moves_nothing_until_it_ends_and_then_all) {
  run_virtual(blackhole_body);
}

runtime::task<> selected_body(runtime::runtime& rt, world_ref w) {
  faults::selection orders;
  orders.operation = "order-lab";
  auto applying = w.fault("o", "outage", mode("refuse"), orders);
  co_await std::move(applying);
  auto reader = co_await w.connected();
  co_await warm(reader);
  auto orderer = co_await w.connected();
  auto sending = orderer.send(post("/R4/ServiceRequest", "{}"));
  co_await std::move(sending);
  const auto end = co_await orderer.end();
  EXPECT_EQ(end, code(runtime::errc::reset));
  co_await warm(reader);
  EXPECT_EQ(w.seen.size(), 2U);
  co_await w.remove("o");
  orders.operation = "file-note";
  auto holding_calls = w.fault("h", "outage", mode("blackhole"), orders);
  co_await std::move(holding_calls);
  auto noter = co_await w.connected();
  auto noting = noter.send(post("/R4/DocumentReference", "{}") + get("/behind"));
  co_await std::move(noting);
  auto pausing = sleep_for(rt, 10s);
  co_await std::move(pausing);
  EXPECT_EQ(w.seen.size(), 2U);
  const auto held = co_await w.counters("h");
  EXPECT_EQ(held.active, 1U);
  co_await w.remove("h");
  const auto note = co_await noter.response();
  const auto behind = co_await noter.response();
  EXPECT_TRUE(note && behind);
  noter.stream().close();
  reader.stream().close();
  co_await w.stop();
}
TEST(outage_wire, with_a_selection_only_the_calls_meant_are_cut_or_held) {
  run_virtual(selected_body);
}

runtime::task<> overlap_body(runtime::runtime& rt, world_ref w) {
  auto one = w.fault("a", "outage", mode("refuse"));
  co_await std::move(one);
  auto two = w.fault("b", "outage", mode("blackhole"));
  co_await std::move(two);
  const auto still = co_await w.connect_error();
  EXPECT_EQ(still, code(runtime::errc::refused));
  co_await w.remove("a");
  auto held = co_await w.connected();
  auto sending = held.send(get("/x"));
  co_await std::move(sending);
  auto pausing = sleep_for(rt, 1s);
  co_await std::move(pausing);
  EXPECT_TRUE(w.seen.empty());
  w.proxy.clear_faults();
  const auto answer = co_await held.response();
  EXPECT_TRUE(answer);
  held.stream().close();
  co_await w.stop();
}
TEST(outage_wire, two_outages_overlap_and_end_one_by_one) {
  run_virtual(overlap_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
