#include "harness/engine/guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/error.hpp"
#include "harness/engine/run.hpp"

namespace epicenter::engine {
namespace {

using ::testing::HasSubstr;

scenario::scenario harmless() {
  scenario::scenario s;
  scenario::experiment e;
  e.name = "one";
  e.during = 60s;
  e.load.stages = {{rate{50, 1s}, 0s}};
  s.experiments = {e};
  return s;
}

std::string refusal(const scenario::scenario& s, const std::vector<std::string>& hosts = {"127.0.0.1"}) {
  const auto allowed = check_blast_radius(s, hosts);
  if (allowed) return "";
  EXPECT_EQ(exit_code_of(allowed.error()), 6);
  return allowed.error().message();
}

TEST(Guard, LetsAHarmlessScenarioPass) {
  EXPECT_EQ(refusal(harmless()), "");
}

TEST(Guard, RefusesProduction) {
  auto s = harmless();
  s.target.environment = scenario::environment_kind::production;
  EXPECT_THAT(refusal(s), HasSubstr("production"));
}

TEST(Guard, RefusesAHostThatIsNotAllowedAndNamesIt) {
  EXPECT_THAT(refusal(harmless(), {"127.0.0.1", "fhir.example.org"}), HasSubstr("fhir.example.org"));
}

TEST(Guard, RefusesALoadAboveMaxRateInAnyStage) {
  auto s = harmless();
  s.experiments[0].load.stages = {{rate{50, 1s}, 10s}, {rate{201, 1s}, 10s}, {rate{50, 1s}, 0s}};
  EXPECT_THAT(refusal(s), HasSubstr("max_rate"));
  s.experiments[0].load.stages[1].arrivals = rate{200, 1s};
  EXPECT_EQ(refusal(s), "") << "exactly the limit is allowed";
}

TEST(Guard, RefusesARunThatTakesTooLongAllExperimentsTogether) {
  auto s = harmless();
  s.blast_radius.max_run_time = 5min;  // one experiment: 60 s + 60 s + 120 s
  EXPECT_EQ(refusal(s), "");
  s.experiments.push_back(s.experiments[0]);
  EXPECT_THAT(refusal(s), HasSubstr("max_run_time"));
}

TEST(Guard, CountsOnlyTheExperimentsThatRun) {
  auto s = harmless();
  s.name = "long";
  s.blast_radius.max_run_time = 5min;
  s.experiments.push_back(s.experiments[0]);
  s.experiments[1].name = "two";
  run_options o;
  EXPECT_FALSE(run_scenario(s, o)) << "eight minutes";
  o.only = "two";
  o.interrupted = [] { return std::optional(2); };  // it may start, and that is all that is asked here
  const auto one = run_scenario(s, o);
  ASSERT_TRUE(one) << one.error().message();
  EXPECT_EQ(one->record.exit_code, 130);
  EXPECT_EQ(one->record.status, reports::status::inconclusive) << "what did not run proves nothing";
}

TEST(Guard, TellsEveryReasonAtOnce) {
  auto s = harmless();
  s.target.environment = scenario::environment_kind::production;
  s.blast_radius.max_run_time = 1s;
  const auto why = refusal(s);
  EXPECT_THAT(why, HasSubstr("production"));
  EXPECT_THAT(why, HasSubstr("max_run_time"));
}

TEST(Guard, TakesLoopbackNamesForOneAnotherAndNothingElse) {
  EXPECT_TRUE(host_allowed({"localhost"}, "127.0.0.1"));
  EXPECT_TRUE(host_allowed({"127.0.0.1"}, "localhost"));
  EXPECT_TRUE(host_allowed({"mock.test"}, "mock.test"));
  EXPECT_FALSE(host_allowed({"127.0.0.1"}, "mock.test"));
  EXPECT_FALSE(host_allowed({"mock.test"}, "127.0.0.1"));
  EXPECT_FALSE(host_allowed({"127.0.0.1"}, "127.0.0.1.example.org"));
  EXPECT_FALSE(host_allowed({}, "127.0.0.1"));
}

}  // namespace
}  // namespace epicenter::engine
