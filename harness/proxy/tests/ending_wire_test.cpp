// Faults of the stream that lose bytes or end connections: what both ends see, and when.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

const std::string question = "\x01question";
const std::string answer(250, 'a');

runtime::task<> asked(raw_ends& both) {
  co_await both.client.put(question);
  auto up = expect_bytes(both.server, question);
  co_await std::move(up);
}
runtime::task<> ends(raw_client& by, runtime::errc how) {
  const auto end = co_await by.end();
  EXPECT_EQ(end, code(how));
}
runtime::task<> leave(raw_ends& both, raw_route& raw, world_ref w) {
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}

runtime::task<> slow_close_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "slow_close", {{"delay", "100ms"}});
  co_await std::move(applying);
  const instant start = rt.now();
  co_await both.server.put(answer);
  both.server.stream().shutdown_write();
  auto down = expect_bytes(both.client, answer);
  co_await std::move(down);
  EXPECT_EQ(rt.now() - start, 2 * hop);
  co_await ends(both.client, runtime::errc::end_of_stream);
  EXPECT_EQ(rt.now() - start, 2 * hop + 100ms);
  // The other direction still works, and its close is not late.
  const instant then = rt.now();
  co_await asked(both);
  both.client.stream().shutdown_write();
  co_await ends(both.server, runtime::errc::end_of_stream);
  EXPECT_EQ(rt.now() - then, 4 * hop);
  co_await ends_with(w, "s", 1, 1);
  co_await leave(both, raw, w);
}
TEST(slow_close_wire, the_end_is_late_and_the_bytes_are_not) {
  run_virtual(slow_close_body);
}

runtime::task<> slow_close_ends_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "slow_close", {{"delay", "1h"}, {"direction", "request"}});
  co_await std::move(applying);
  both.client.stream().shutdown_write();
  co_await pause(rt, 10s);
  const instant start = rt.now();
  co_await ends_with(w, "s", 1, 1);
  co_await ends(both.server, runtime::errc::end_of_stream);
  EXPECT_EQ(rt.now() - start, hop);
  co_await leave(both, raw, w);
}
TEST(slow_close_wire, the_end_comes_when_the_fault_ends) {
  run_virtual(slow_close_ends_body);
}

runtime::task<> half_open_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("h", "half_open", {{"delay", "50ms"}});
  co_await std::move(applying);
  co_await passes_through(rt, both);
  co_await pause(rt, 50ms);
  const std::string request = get("/into-the-void");
  co_await both.client.put(request);
  auto up = expect_bytes(both.server, request);
  co_await std::move(up);
  const std::string response = ok("lost");
  co_await both.server.put(response);
  both.server.stream().shutdown_write();
  auto waiting = both.client.bytes(1);
  auto limited = with_timeout(rt, rt.now() + 10min, std::move(waiting));
  const auto none = co_await std::move(limited);
  EXPECT_TRUE(!none && none.error().code() == runtime::errc::timed_out) << "neither a byte nor the end comes";
  EXPECT_EQ(both.client.left_over(), "");
  co_await ends_with(w, "h", 1, 1);
  co_await ends(both.client, runtime::errc::end_of_stream);
  co_await leave(both, raw, w);
}
TEST(half_open_wire, answers_and_the_end_are_lost_and_the_connection_closes_with_the_fault) {
  run_virtual(half_open_body);
}

runtime::task<> half_open_unused_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("h", "half_open", {{"direction", "both"}});
  co_await std::move(applying);
  co_await pause(rt, 1s);
  co_await ends_with(w, "h", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(half_open_wire, a_connection_that_lost_nothing_goes_on) {
  run_virtual(half_open_unused_body);
}

runtime::task<> cut_fin_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("c", "cut", {{"bytes", "100B"}, {"by", "fin"}});
  co_await std::move(applying);
  co_await asked(both);
  co_await both.server.put(answer);
  co_await ends(both.client, runtime::errc::end_of_stream);
  EXPECT_EQ(both.client.left_over(), answer.substr(0, 100));
  co_await ends(both.server, runtime::errc::end_of_stream);
  const auto traffic = w.proxy.traffic("raw");
  EXPECT_EQ(traffic.downstream_bytes, 100U);
  co_await ends_with(w, "c", 1, 1);
  co_await leave(both, raw, w);
}
TEST(cut_wire, a_close_comes_behind_the_last_byte) {
  run_virtual(cut_fin_body);
}

runtime::task<> cut_reset_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("c", "cut", {{"bytes", "300B"}});
  co_await std::move(applying);
  // In the middle of the second answer; bytes on the way towards a reset may be lost in it.
  co_await both.server.put(answer);
  auto down = expect_bytes(both.client, answer);
  co_await std::move(down);
  co_await both.server.put(answer);
  co_await ends(both.client, runtime::errc::reset);
  EXPECT_LE(both.client.left_over().size(), 50U);
  co_await ends(both.server, runtime::errc::reset);
  const auto traffic = w.proxy.traffic("raw");
  EXPECT_EQ(traffic.downstream_bytes, 300U);
  co_await ends_with(w, "c", 1, 1);
  co_await leave(both, raw, w);
}
TEST(cut_wire, a_reset_comes_behind_the_last_byte) {
  run_virtual(cut_reset_body);
}

runtime::task<> cut_request_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  faults::selection writes;
  writes.method = "POST";
  auto applying =
      w.fault("c", "cut", {{"bytes", "60B"}, {"by", "fin"}, {"direction", "request"}}, std::move(writes));
  co_await std::move(applying);
  co_await passes_through(rt, both);
  const std::string request = post("/write", std::string(100, 'b'));
  co_await both.client.put(request);
  co_await ends(both.server, runtime::errc::end_of_stream);
  EXPECT_EQ(both.server.left_over(), request.substr(0, 60));
  co_await ends(both.client, runtime::errc::end_of_stream);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  co_await ends_with(w, "c", 1, 1);
  co_await leave(both, raw, w);
}
TEST(cut_wire, one_request_is_cut_off) {
  run_virtual(cut_request_body);
}

runtime::task<> timeout_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("t", "timeout", {{"after", "100ms"}});
  co_await std::move(applying);
  co_await asked(both);
  co_await pause(rt, 50ms);
  const instant start = rt.now();
  co_await both.server.put(answer);
  co_await ends(both.client, runtime::errc::end_of_stream);
  EXPECT_EQ(rt.now() - start, 2 * hop + 100ms);
  EXPECT_EQ(both.client.left_over(), "");
  co_await ends(both.server, runtime::errc::end_of_stream);
  co_await ends_with(w, "t", 1, 1);
  co_await leave(both, raw, w);
}
TEST(timeout_wire, answers_are_lost_and_the_connection_is_closed_in_the_end) {
  run_virtual(timeout_body);
}

runtime::task<> timeout_never_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  faults::selection one;
  one.path = "/one";
  auto applying = w.fault("t", "timeout", {{"after", "0s"}}, std::move(one));
  co_await std::move(applying);
  co_await passes_through(rt, both);
  auto asking = exchange(both, get("/one"), ok("lost"));
  co_await std::move(asking);
  co_await pause(rt, 10min);
  EXPECT_TRUE(both.client.pieces().size() == 1) << "only the answer before";
  const instant start = rt.now();
  co_await ends_with(w, "t", 1, 1);
  co_await ends(both.client, runtime::errc::end_of_stream);
  EXPECT_EQ(rt.now() - start, hop);
  EXPECT_EQ(both.client.left_over(), "");
  co_await leave(both, raw, w);
}
TEST(timeout_wire, without_a_time_the_connection_is_closed_when_the_fault_ends) {
  run_virtual(timeout_never_body);
}

runtime::task<> reset_peer_body(runtime::runtime& rt, world_ref w) {
  for (const duration after : {duration(0), duration(50ms)}) {
    raw_route raw(rt, w, "raw" + std::to_string(after.count()));
    auto both = co_await raw.open();
    json::object parameters{{"after", json::value(std::int64_t{after.count()})}};
    auto applying = w.fault("r", "reset_peer", std::move(parameters));
    co_await std::move(applying);
    co_await asked(both);
    co_await pause(rt, 1min);
    const instant start = rt.now();
    co_await both.server.put(answer);
    co_await ends(both.client, runtime::errc::reset);
    EXPECT_EQ(rt.now() - start, 2 * hop + after);
    EXPECT_EQ(both.client.left_over(), "");
    co_await ends(both.server, runtime::errc::reset);
    co_await ends_with(w, "r", 1, 1);
    both.client.stream().close();
    both.server.stream().close();
    raw.close();
  }
  co_await w.stop();
}
TEST(reset_peer_wire, the_first_chunk_resets_both_sides) {
  run_virtual(reset_peer_body);
}

runtime::task<> reset_peer_idle_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("r", "reset_peer");
  co_await std::move(applying);
  co_await pause(rt, 1min);
  co_await ends_with(w, "r", 1, 1);
  co_await passes_through(rt, both);
  co_await leave(both, raw, w);
}
TEST(reset_peer_wire, an_idle_connection_survives) {
  run_virtual(reset_peer_idle_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
