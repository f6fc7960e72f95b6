// Faults of the stream that slow or hold bytes: what both ends see, and when.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

std::string opaque(std::size_t bytes) {
  return "\x01" + std::string(bytes - 1, 'x');
}

runtime::task<> bandwidth_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("b", "bandwidth", {{"limit", "10kB/s"}});
  co_await std::move(applying);
  instant start = rt.now();
  const std::string text = opaque(1000);
  co_await both.client.put(text);
  auto up = expect_bytes(both.server, text);
  co_await std::move(up);
  std::vector<piece> even;
  for (int i = 1; i <= 10; ++i) even.push_back({start + 2 * hop + i * 10ms, 100});
  EXPECT_EQ(both.server.pieces(), even);
  start = rt.now();
  co_await both.server.put(text);
  const auto mid = co_await w.counters("b");
  EXPECT_EQ(mid.active, 1U);
  co_await pause(rt, 55ms);
  // Half of it is through; without the fault the rest follows at once.
  co_await ends_with(w, "b", 1, 1);
  auto down = expect_bytes(both.client, text);
  co_await std::move(down);
  EXPECT_EQ(rt.now() - start, 55ms + hop);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(bandwidth_wire, bytes_leave_evenly_and_at_once_when_the_fault_ends) {
  run_virtual(bandwidth_body);
}

runtime::task<> shared_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto applying = w.fault("b", "bandwidth", {{"limit", "10kB/s"}, {"shared", true}});
  co_await std::move(applying);
  auto one = co_await raw.open();
  auto two = co_await raw.open();
  const instant start = rt.now();
  const std::string text = opaque(500);
  co_await one.server.put(text);
  co_await two.server.put(text);
  auto first = expect_bytes(one.client, text);
  co_await std::move(first);
  EXPECT_EQ(rt.now() - start, 50ms + 2 * hop);
  auto second = expect_bytes(two.client, text);
  co_await std::move(second);
  EXPECT_EQ(rt.now() - start, 100ms + 2 * hop);
  co_await ends_with(w, "b", 2, 2);
  one.client.stream().close();
  two.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(bandwidth_wire, connections_share_one_line) {
  run_virtual(shared_body);
}

runtime::task<> by_path_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  faults::selection slow;
  slow.path = "/slow";
  auto applying = w.fault("b", "bandwidth", {{"limit", "10kB/s"}, {"direction", "response"}}, slow);
  co_await std::move(applying);
  co_await passes_through(rt, both);
  const std::string response = ok(std::string(1000, 'r'));
  auto asking = exchange(both, get("/slow"), response);
  co_await std::move(asking);
  const instant start = rt.now();
  co_await pause(rt, 20ms);
  const auto mid = co_await w.counters("b");
  EXPECT_EQ(mid.active, 1U);
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
  EXPECT_EQ(rt.now() - start, 2 * hop + static_cast<int>(response.size()) * 100us);
  co_await passes_through(rt, both);
  co_await ends_with(w, "b", 1, 1);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(bandwidth_wire, one_exchange_of_a_connection_is_slow) {
  run_virtual(by_path_body);
}

runtime::task<> mid_exchange_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  faults::selection slow;
  slow.path = "/slow";
  auto applying = w.fault("b", "bandwidth", {{"limit", "1kB/s"}}, slow);
  co_await std::move(applying);
  const std::string request = get("/slow");
  co_await both.client.put(request);
  co_await pause(rt, 10ms);
  // The request is on its way at 1 kB/s; the rest of the exchange is not slow any more.
  co_await ends_with(w, "b", 1, 1);
  auto hearing = expect_bytes(both.server, request);
  co_await std::move(hearing);
  const instant start = rt.now();
  const std::string response = ok(std::string(1000, 'r'));
  co_await both.server.put(response);
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
  EXPECT_EQ(rt.now() - start, 2 * hop);
  co_await passes_through(rt, both);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(bandwidth_wire, the_rest_of_an_exchange_is_free_when_the_fault_ends) {
  run_virtual(mid_exchange_body);
}

runtime::task<> open_mid_message_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  const std::string response = ok(std::string(1000, 'r'));
  const std::string_view view = response;
  auto asking = exchange(both, get("/large"), std::string(view.substr(0, 500)));
  co_await std::move(asking);
  auto first = expect_bytes(both.client, std::string(view.substr(0, 500)));
  co_await std::move(first);
  auto applying = w.fault("b", "bandwidth", {{"limit", "10kB/s"}});
  co_await std::move(applying);
  const instant start = rt.now();
  co_await both.server.put(view.substr(500));
  auto second = expect_bytes(both.client, std::string(view.substr(500)));
  co_await std::move(second);
  EXPECT_EQ(rt.now() - start, 2 * hop + static_cast<int>(response.size() - 500) * 100us);
  co_await ends_with(w, "b", 1, 1);
  co_await passes_through(rt, both);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(bandwidth_wire, a_message_that_is_half_through_goes_on_slowly) {
  run_virtual(open_mid_message_body);
}

runtime::task<> stall_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "stall", {{"direction", "request"}});
  co_await std::move(applying);
  const std::string text = opaque(100);
  co_await both.client.put(text);
  both.client.stream().shutdown_write();
  co_await both.server.put(text);
  auto down = expect_bytes(both.client, text);
  co_await std::move(down);
  co_await pause(rt, 1h);
  EXPECT_TRUE(both.server.pieces().empty());
  const instant start = rt.now();
  // Nothing was lost, and the end comes behind the bytes.
  auto renewed = w.counters("s");
  const auto counted = co_await std::move(renewed);
  EXPECT_EQ(counted.active, 0U) << "the lease of an hour is over";
  auto up = expect_bytes(both.server, text);
  co_await std::move(up);
  EXPECT_LE(rt.now() - start, hop);
  const auto end = co_await both.server.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  both.server.stream().close();
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(stall_wire, bytes_and_the_end_wait_for_the_end_of_the_fault) {
  run_virtual(stall_body);
}

runtime::task<> stall_removed_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "stall");
  co_await std::move(applying);
  const std::string request = get("/stuck");
  co_await both.client.put(request);
  co_await pause(rt, 30s);
  EXPECT_EQ(w.proxy.in_flight(), 1U);
  co_await ends_with(w, "s", 1, 1);
  const instant start = rt.now();
  auto up = expect_bytes(both.server, request);
  co_await std::move(up);
  EXPECT_EQ(rt.now() - start, hop);
  const std::string response = ok("late");
  co_await both.server.put(response);
  auto down = expect_bytes(both.client, response);
  co_await std::move(down);
  co_await passes_through(rt, both);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(stall_wire, the_connection_goes_on_as_before) {
  run_virtual(stall_removed_body);
}

runtime::task<> slice_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("s", "slice", {{"size", "100B"}, {"gap", "5ms"}, {"direction", "response"}});
  co_await std::move(applying);
  const std::string text = opaque(450);
  instant start = rt.now();
  co_await both.server.put(text);
  auto down = expect_bytes(both.client, text);
  co_await std::move(down);
  std::vector<piece> wanted;
  for (int i = 0; i < 5; ++i) wanted.push_back({start + 2 * hop + i * 5ms, i < 4 ? 100U : 50U});
  EXPECT_EQ(both.client.pieces(), wanted);
  start = rt.now();
  co_await both.client.put(text);
  auto up = expect_bytes(both.server, text);
  co_await std::move(up);
  EXPECT_EQ(rt.now() - start, 2 * hop);
  co_await ends_with(w, "s", 1, 1);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(slice_wire, pieces_come_one_by_one_with_their_gaps) {
  run_virtual(slice_body);
}

runtime::task<> chunks_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("c", "chunk_latency", {{"delay", "30ms"}, {"direction", "both"}});
  co_await std::move(applying);
  const instant start = rt.now();
  const std::string text = opaque(10);
  for (int i = 0; i < 3; ++i) {
    co_await both.server.put(text);
    co_await pause(rt, 4ms);
  }
  auto down = expect_bytes(both.client, text + text + text);
  co_await std::move(down);
  std::vector<piece> wanted;
  for (int i = 0; i < 3; ++i) wanted.push_back({start + 2 * hop + 30ms + i * 4ms, 10});
  EXPECT_EQ(both.client.pieces(), wanted);
  const instant asked = rt.now();
  co_await both.client.put(text);
  auto up = expect_bytes(both.server, text);
  co_await std::move(up);
  EXPECT_EQ(rt.now() - asked, 2 * hop + 30ms);
  co_await ends_with(w, "c", 1, 1);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(chunk_latency_wire, each_chunk_is_late_and_keeps_its_distance) {
  run_virtual(chunks_body);
}

runtime::task<> noop_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto applying = w.fault("n", "noop");
  co_await std::move(applying);
  co_await passes_through(rt, both);
  const auto counted = co_await w.counters("n");
  EXPECT_EQ(counted.active, 0U);
  co_await ends_with(w, "n", 1, 1);
  co_await passes_through(rt, both);
  both.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(noop_wire, nothing_happens_and_is_counted) {
  run_virtual(noop_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
