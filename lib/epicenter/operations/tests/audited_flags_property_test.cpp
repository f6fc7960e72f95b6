// Audited flags at any moment, on any thread, whatever fails.
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>

#include "lib/epicenter/operations/tests/audited_flags_world.hpp"

namespace epicenter::operations {
namespace {

using policy::set_enabled;
using runtime::task;
using test::admin;
using test::changes;
using test::keep;
using test::writing;
struct AuditedFlagsProperty : test::audited_flags_world {};

// Cancelled at any moment: both entries and the change, or nothing at all.
task<> cancel_at(runtime::runtime& rt, audited_flags& flags, duration after,
                 std::optional<result<changes>>& into) {
  runtime::task_group callers(rt);
  callers.spawn("caller", keep(into, flags.change(writing(false), admin)));
  auto slept = co_await runtime::sleep_for(rt, after);
  EXPECT_TRUE(slept);
  callers.cancel();
  co_await callers.join();
}

TEST_F(AuditedFlagsProperty, AreWholeWhereverTheCallerGivesUp) {
  std::size_t carried_out = 0;
  std::size_t given_up = 0;
  for (int step = 0; step <= 60; ++step) {
    SCOPED_TRACE(step);
    runtime::virtual_runtime own({});
    test::unsteady_log to(own);
    auto opened = audited_flags::open(own, to, {}).value();
    std::optional<result<changes>> answer;
    runtime::spawn(own, "test", cancel_at(own, *opened, 50us * step, answer));
    EXPECT_EQ(own.run(), runtime::run_end::finished);
    ASSERT_TRUE(answer.has_value());
    const bool on = opened->service()->is_enabled(policy::epic_fhir_write, {});
    EXPECT_EQ(to.size(), on ? 0U : 2U);
    EXPECT_TRUE(!*answer || !on);
    EXPECT_TRUE(*answer || answer->error() == make_error_code(errc::cancelled));
    ++(on ? given_up : carried_out);
  }
  EXPECT_GT(carried_out, 10U);
  EXPECT_GT(given_up, 2U);
}

const policy::change_origin in_a_hurry{"admin_8", "the same words", wall_time(1s)};

task<> change_many(audited_flags& flags, std::size_t& made) {
  for (int i = 0; i < 200; ++i) {
    std::vector<policy::update> what{{"epic_fhir_write", policy::set_rollout{5000 + i}}};
    auto changed = co_await flags.change(std::move(what), in_a_hurry);
    if (changed && changed->size() == 1) ++made;
  }
}

// The same aspect of the same flag by the same person in the same moment, to another value: to be told apart
// on threads that meet in the service.
task<> apply_many_past(runtime::runtime& rt, audited_flags& flags, std::size_t& passed) {
  const auto past = flags.service();
  for (int i = 0; i < 50; ++i) {
    auto trying = runtime::blocking(rt, [past, &passed] {
      for (int turn = 0; turn < 400; ++turn) {
        const auto made = past->apply({{"epic_fhir_write", policy::set_rollout{1}}}, in_a_hurry);
        if (made) ++passed;
      }
    });
    co_await std::move(trying);
  }
}

TEST_F(AuditedFlagsProperty, RefuseWhatIsAppliedPastTheLogOnOtherThreads) {
  runtime::real_runtime real;
  const auto kept = audit::memory_log();
  const auto opened = audited_flags::open(real, *kept, {}).value();
  std::size_t made = 0;
  std::size_t passed = 0;
  runtime::spawn(real, "changes", change_many(*opened, made));
  runtime::spawn(real, "past", apply_many_past(real, *opened, passed));
  real.run();
  EXPECT_EQ(made, 200U);
  EXPECT_EQ(passed, 0U);
  EXPECT_EQ(kept->size(), 400U);
}

// Whatever order of failures: what is in effect has its intent, every intent its outcome once the log is up,
// and the outcome says what became of it.
TEST_F(AuditedFlagsProperty, AgreeWithTheLogWhateverFails) {
  const auto seeds = store::test::seeds(30);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::virtual_runtime own({});
    test::unsteady_log to(own);
    to.latency = seed % 3 == 0 ? 0ms : 1ms;
    auto opened = audited_flags::open(own, to, {}).value();
    runtime::random_stream random(seed);
    bool on = true;
    for (int i = 0; i < 60; ++i) {
      to.fail_from = random.below(3) == 0 ? to.asked + 1 + random.below(4) : 0;
      to.fail_ppm = seed % 2 == 0 ? 300'000 : 0;
      const bool wanted = random.below(2) == 0;
      const auto made = store::test::run(own, opened->change(writing(wanted), admin));
      if (made) on = wanted;
      EXPECT_EQ(opened->service()->is_enabled(policy::epic_fhir_write, {}), on);
    }
    to.fail_from = 0;
    to.fail_ppm = 0;
    store::test::run(own, opened->change(writing(!on), admin)).value();
    std::string open_intent;
    std::string told = "on";
    std::string next;
    for (const auto& one : to.entries()) {
      if (one.stage == audit::stage::intent) {
        EXPECT_EQ(open_intent, "") << "an outcome is missing before the next intent";
        open_intent = one.subject;
        const auto details = json::parse(one.details).value();
        EXPECT_EQ(details.string_at("changes.0.before"), told);
        next = details.string_at("changes.0.after");
      } else {
        EXPECT_EQ(one.subject, open_intent);
        EXPECT_EQ(one.result, "in_effect");
        open_intent.clear();
        told = next;
      }
    }
    EXPECT_EQ(open_intent, "");
    EXPECT_EQ(told, on ? "off" : "on");
  }
}

}  // namespace
}  // namespace epicenter::operations
