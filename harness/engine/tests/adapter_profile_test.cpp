#include <gtest/gtest.h>

#include "harness/engine/subject.hpp"

namespace epicenter::engine {
namespace {

using resilience::endpoint_class;

TEST(AdapterProfile, IsTheLibrarysWhereNothingIsOverridden) {
  for (const auto which : {scenario::adapter_profile::interactive, scenario::adapter_profile::bulk,
                           scenario::adapter_profile::runbook}) {
    scenario::adapter_spec spec;
    spec.profile = which;
    const auto made = adapter_profile(spec);
    const auto original = *resilience::profile_named(made.name);
    EXPECT_EQ(made.deadline, original.deadline);
    for (const auto c : resilience::all_endpoint_classes) {
      EXPECT_EQ(made[c].breaker.open_base, original[c].breaker.open_base);
      EXPECT_EQ(made[c].breaker.window, original[c].breaker.window);
    }
  }
  EXPECT_NE(adapter_profile({scenario::adapter_profile::runbook, {}}).name,
            adapter_profile({scenario::adapter_profile::bulk, {}}).name);
}

TEST(AdapterProfile, TakesEveryOverrideOfABreaker) {
  scenario::adapter_spec spec;
  auto& o = spec.overrides.breaker["all"];
  o.window = 7s;
  o.min_calls = 11;
  o.error_rate = share{250'000};
  o.consecutive = 4;
  o.open_wait = 3s;
  o.max_open_wait = 9s;
  o.probes = 2;
  o.successes = 5;
  o.failures = 6;
  const auto made = adapter_profile(spec);
  for (const auto c : resilience::all_endpoint_classes) {
    const auto& b = made[c].breaker;
    EXPECT_EQ(b.window, 7s);
    EXPECT_EQ(b.min_calls, 11u);
    EXPECT_EQ(b.failure_rate, share{250'000});
    EXPECT_EQ(b.consecutive, 4u);
    EXPECT_EQ(b.open_base, 3s);
    EXPECT_EQ(b.open_max, 9s);
    EXPECT_EQ(b.probe_concurrency, 2u);
    EXPECT_EQ(b.probe_successes, 5u);
    EXPECT_EQ(b.probe_failures, 6u);
  }
}

TEST(AdapterProfile, AppliesAClassAfterAllAndToThatClassOnly) {
  scenario::adapter_spec spec;
  spec.overrides.breaker["all"].open_wait = 3s;
  spec.overrides.breaker["write"].open_wait = 8s;
  const auto made = adapter_profile(spec);
  EXPECT_EQ(made[endpoint_class::write].breaker.open_base, 8s);
  EXPECT_EQ(made[endpoint_class::read].breaker.open_base, 3s);
  EXPECT_EQ(made[endpoint_class::token].breaker.open_base, 3s);
}

TEST(AdapterProfile, ALongerOpenWaitRaisesItsMaximumAndALaterMaximumWins) {
  scenario::adapter_spec spec;
  spec.overrides.breaker["all"].open_wait = 500s;
  EXPECT_GE(adapter_profile(spec)[endpoint_class::read].breaker.open_max, 500s);
}

TEST(AdapterProfile, TakesTimesOfTheWholeAdapter) {
  scenario::adapter_spec spec;
  spec.overrides.deadline = 4s;
  spec.overrides.connect_timeout = 300ms;
  spec.overrides.attempt_timeout = 1500ms;
  const auto made = adapter_profile(spec);
  EXPECT_EQ(made.deadline, 4s);
  EXPECT_EQ(made.connect_timeout, 300ms);
  for (const auto c : resilience::all_endpoint_classes) {
    EXPECT_EQ(made[c].attempt_timeout, 1500ms);
    EXPECT_EQ(made[c].breaker.attempt_timeout, 1500ms) << "the leases of probes follow";
  }
}

}  // namespace
}  // namespace epicenter::engine
