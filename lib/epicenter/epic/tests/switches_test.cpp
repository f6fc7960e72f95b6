// The runbook's shutdown (section 8): flags are asked on every call.
#include <epicenter/policy/service.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

std::shared_ptr<policy::service> flags_of(world& w) {
  policy::service_options options;
  options.observer = [](std::span<const policy::policy_change>) { return result<>{}; };
  std::shared_ptr<policy::service> flags = policy::service::open(std::move(options)).value();
  w.options.flags = flags;
  return flags;
}

void turn(policy::service& flags, std::string flag, bool on) {
  const policy::change_origin by{"admin-7", "a test", {}};
  ASSERT_TRUE(flags.apply({{std::move(flag), policy::set_enabled{on}}}, by));
}

task<> write_then_off(world& w, policy::service& flags) {
  const auto first = co_await w.epic().order_lab(w.order("op-1"));
  EXPECT_EQ(first->state, write_state::written);
  turn(flags, "epic_fhir_write", false);
  const auto before = w.epic_site.requests.size();
  const auto refused = co_await w.epic().order_lab(w.order("op-2"));
  EXPECT_EQ(refused ? std::error_code() : refused.error().code(), make_error_code(errc::switched_off));
  EXPECT_EQ(w.epic_site.requests.size(), before);
  const auto read = co_await w.epic().patient_context(w.reading());
  EXPECT_TRUE(read);
  turn(flags, "epic_fhir_write", true);
  const auto again = co_await w.epic().order_lab(w.order("op-3"));
  EXPECT_TRUE(again);
}

TEST(Switches, RefuseTheNextWriteAndNothingElse) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return write_then_off(in, *flags); });
}

task<result<>> order_into(world& w, std::string operation, std::optional<write_state>& into) {
  auto done = co_await w.epic().order_lab(w.order(std::move(operation)));
  if (done) into = done->state;
  co_return result<>{};
}

task<> order_and_keep(world& w, std::optional<write_state>& into) {
  auto ordered = order_into(w, "op-1", into);
  (void)co_await std::move(ordered);
}

task<> off_in_mid_flight(world& w, policy::service& flags) {
  w.epic_site.latency = 500ms;
  std::optional<write_state> ended;
  runtime::task_group group(w.rt());
  group.spawn("order", order_and_keep(w, ended));
  co_await runtime::sleep_for(w.rt(), 200ms);
  turn(flags, "epic_fhir_write", false);
  co_await group.join();
  EXPECT_EQ(ended, write_state::written);
}

TEST(Switches, LetAWriteInFlightFinish) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return off_in_mid_flight(in, *flags); });
}

task<> read_then_off(world& w, policy::service& flags) {
  EXPECT_TRUE(co_await w.epic().patient_context(w.reading("op-1")));
  turn(flags, "epic_fhir_read_only", false);
  co_await runtime::sleep_for(w.rt(), 2min);
  const auto before = w.epic_site.requests.size();
  const auto kept = co_await w.epic().patient_context(w.reading("op-2"));
  EXPECT_TRUE(kept);
  EXPECT_EQ(kept ? kept->allergies.from.reason : "nothing", "switched_off");
  const auto none = co_await w.epic().latest_labs(w.reading("op-3"));
  EXPECT_FALSE(none);
  if (!none) {
    EXPECT_EQ(none.error(), make_error_code(errc::switched_off));
    EXPECT_THAT(none.error().message(), testing::HasSubstr("EHR temporarily unavailable"));
  }
  EXPECT_EQ(w.epic_site.requests.size(), before);
  EXPECT_TRUE(w.epic().monitor().get_status(w.now()).fallback.active);
  turn(flags, "epic_fhir_read_only", true);
  for (const char* operation : {"op-4", "op-5", "op-6"})
    EXPECT_TRUE(co_await w.epic().latest_labs(w.reading(operation)));
  co_await runtime::sleep_for(w.rt(), 10s);  // the fallback ends after three good answers and five seconds
  EXPECT_FALSE(w.epic().monitor().get_status(w.now()).fallback.active);
}

TEST(Switches, ServeWhatIsCachedWhileReadingIsOff) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return read_then_off(in, *flags); });
}

}  // namespace
}  // namespace epicenter::epic::test
