// Faults of the beginning of a connection on a plain route: TLS and the lookup of the upstream's name.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> tls_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto before = co_await raw.open();
  auto applying = w.fault("t", "tls", {{"mode", "expired"}});
  co_await std::move(applying);
  co_await passes_through(rt, before);
  auto client = co_await w.connected();
  const std::string request = get("/x");
  co_await client.put(request);
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::reset));
  co_await ends_with(w, "t", 1, 1);
  co_await passes_through(rt, before);
  auto after = co_await raw.open();
  co_await passes_through(rt, after);
  after.client.stream().close();
  before.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(tls_wire, a_new_connection_without_tls_is_reset_and_an_old_one_is_left_alone) {
  run_virtual(tls_body);
}

runtime::task<> nxdomain_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto before = co_await raw.open();
  auto applying = w.fault("d", "dns");
  co_await std::move(applying);
  co_await passes_through(rt, before);
  const instant start = rt.now();
  auto client = co_await w.connected();
  const std::string request = get("/x");
  co_await client.put(request);
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_LE(rt.now() - start, 4 * hop);
  EXPECT_EQ(w.proxy.traffic("raw").failed_dials, 1U);
  co_await ends_with(w, "d", 1, 1);
  auto after = co_await raw.open();
  co_await passes_through(rt, after);
  after.client.stream().close();
  before.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(dns_wire, a_name_that_nobody_has_closes_new_connections_at_once) {
  run_virtual(nxdomain_body);
}

runtime::task<> silent_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto applying = w.fault("d", "dns", {{"mode", "timeout"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  const instant start = rt.now();
  const std::string request = get("/x");
  co_await client.put(request);
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  const auto waited = rt.now() - start;
  EXPECT_TRUE(waited >= proxy_options{}.connect_timeout &&
              waited <= proxy_options{}.connect_timeout + 2 * hop);
  co_await ends_with(w, "d", 1, 1);
  raw.close();
  co_await w.stop();
}
TEST(dns_wire, a_lookup_without_an_answer_lasts_as_long_as_a_dial_may) {
  run_virtual(silent_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
