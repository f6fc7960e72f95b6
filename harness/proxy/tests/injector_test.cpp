// Leases, counters and refusals of the injector.
#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> lease_body(runtime::runtime& rt, world_ref w) {
  auto& injector = w.proxy.injector();
  auto refusing = w.fault("r", "outage", {}, {}, 5s);
  co_await std::move(refusing);
  for (int i = 0; i < 3; ++i) {
    auto waiting = sleep_for(rt, 4s);
    co_await std::move(waiting);
    auto renewing = injector.renew("r", 5s);
    const auto renewed = co_await std::move(renewing);
    EXPECT_TRUE(renewed);
  }
  auto almost = sleep_for(rt, 4990ms);
  co_await std::move(almost);
  const auto refused = co_await w.connect_error();
  EXPECT_EQ(refused, code(runtime::errc::refused));
  auto after = sleep_for(rt, 10ms);
  co_await std::move(after);
  auto client = co_await w.connected();
  auto asking = injector.status();
  const auto active = co_await std::move(asking);
  EXPECT_TRUE(active && active->empty());
  auto late = injector.renew("r", 5s);
  const auto too_late = co_await std::move(late);
  EXPECT_FALSE(too_late);
  EXPECT_EQ(too_late.error().code(), make_error_code(errc::fault_not_found));
  // Removing what ended by itself succeeds and tells its last counters.
  const auto last = co_await w.remove("r");
  EXPECT_EQ(last.type, "outage");
  client.stream().close();
  co_await w.stop();
}
TEST(injector, a_fault_ends_when_its_lease_is_not_renewed) {
  run_virtual(lease_body);
}

runtime::task<> refused_body(runtime::runtime& rt, world_ref w) {
  static_cast<void>(rt);
  auto expect = [&w](std::string id, std::string type, json::object parameters, faults::selection match,
                     duration lease, errc wanted) -> runtime::task<> {
    auto applying = w.fault(id, type, std::move(parameters), std::move(match), lease);
    const auto applied = co_await std::move(applying);
    EXPECT_FALSE(applied) << id;
    if (!applied) {
      EXPECT_EQ(applied.error().code(), make_error_code(wanted)) << applied.error().message();
    }
  };
  faults::selection zeroth;
  zeroth.nth = 0;
  auto a = expect("a", "nonsense", {}, {}, 5s, errc::unknown_fault);
  co_await std::move(a);
  auto b = expect("b", "token_expiry", {}, {}, 5s, errc::unknown_fault);
  co_await std::move(b);
  auto c = expect("c", "latency", {}, {}, 5s, errc::bad_parameter);
  co_await std::move(c);
  auto d = expect("d", "error", {{"statuses", 500}}, {}, 5s, errc::bad_parameter);
  co_await std::move(d);
  auto e = expect("e", "error", {{"status", 200}}, {}, 5s, errc::bad_parameter);
  co_await std::move(e);
  auto f = expect("f", "error", {}, zeroth, 5s, errc::bad_parameter);
  co_await std::move(f);
  auto g = expect("g", "error", {}, {}, 0s, errc::bad_parameter);
  co_await std::move(g);
  auto h = expect("with a space", "error", {}, {}, 5s, errc::bad_parameter);
  co_await std::move(h);
  auto twice = w.fault("i", "error");
  const auto first = co_await std::move(twice);
  EXPECT_TRUE(first);
  auto i = expect("i", "outage", {}, {}, 5s, errc::fault_exists);
  co_await std::move(i);
  for (int n = 1; n < 256; ++n) {
    auto another = w.fault("n" + std::to_string(n), "error");
    co_await std::move(another);
  }
  auto j = expect("j", "error", {}, {}, 5s, errc::too_many_faults);
  co_await std::move(j);
  auto removing = w.proxy.injector().remove("never-there");
  const auto unknown = co_await std::move(removing);
  EXPECT_FALSE(unknown);
  co_await w.stop();
}
TEST(injector, what_cannot_be_carried_out_is_refused) {
  run_virtual(refused_body);
}

runtime::task<> rate_body(runtime::runtime& rt, world_ref w) {
  static_cast<void>(rt);
  faults::selection third;
  third.rate.ppm = 300'000;
  auto applying = w.fault("e", "error", {}, third);
  co_await std::move(applying);
  auto client = co_await w.connected();
  std::uint64_t hit = 0;
  for (int i = 0; i < 2000; ++i) {
    auto sending = client.send(get("/x"));
    co_await std::move(sending);
    const auto answer = co_await client.response();
    if (answer && answer->starts_with("HTTP/1.1 503")) ++hit;
  }
  const auto last = co_await w.remove("e");
  EXPECT_EQ(last.touched, 2000U);
  EXPECT_EQ(last.injected, hit);
  EXPECT_EQ(last.skipped, 2000U - hit);
  EXPECT_NEAR(static_cast<double>(hit), 600.0, 82.0);  // four standard deviations
  client.stream().close();
  co_await w.stop();
}
TEST(injector, a_rate_is_the_share_of_the_calls_that_is_hit) {
  run_virtual(rate_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
