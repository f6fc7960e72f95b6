#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/tests/program.hpp"
#include "harness/cli/tests/scenarios.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;

constexpr const char* five_mistakes = R"(version: 1
name: five-mistakes
title: What a tired person types
load:
  rate: 30
  operations:
    - {name: latest-labs, weight: 1}
phases:
  baseline: {length: 10, warm_up: 2s}
experiments:
  - name: outage
    hypothesis: It survives.
    during: 5s
    faults:
      - {type: outtage}
      - {type: error, rate: 30}
    at_wurst: {success_rate: critical}
)";

struct Check : ::testing::Test {
  finished check(const std::vector<std::string>& paths) {
    std::vector<std::string> args{"check"};
    args.insert(args.end(), paths.begin(), paths.end());
    return run_to_end(where, args);
  }
  scratch where;
};

TEST_F(Check, TellsAllFiveMistakesInOnePassWithPlaceAndCure) {
  const auto file = where.write("five.yaml", five_mistakes);
  const auto found = check({file});
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_EQ(found.out, "");
  EXPECT_THAT(found.err, HasSubstr(file + ":5:9: '30' is not a rate"));
  EXPECT_THAT(found.err, HasSubstr(file + ":9:22: '10' is not a duration"));
  EXPECT_THAT(found.err, HasSubstr(file + ":15:16: 'outtage' is not a fault type; did you mean 'outage'?"));
  EXPECT_THAT(found.err, HasSubstr(file + ":16:29: "));
  EXPECT_THAT(found.err, HasSubstr("did you mean 30% or 0.3?"));
  EXPECT_THAT(found.err, HasSubstr(file + ":17:5: unknown key 'at_wurst'"));
  EXPECT_THAT(found.err, HasSubstr("did you mean 'at_worst'?"));
  EXPECT_THAT(found.err, HasSubstr("5 mistakes in 1 file\n"));
  EXPECT_THAT(found.err, HasSubstr("5 |   rate: 30\n")) << "the line itself";
}

TEST_F(Check, SoundFilesAreNamedWithTheirExperiments) {
  const auto file = where.write("small.yaml", small_scenario{}.text());
  const auto found = check({file});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(found.out, file + ": ok, 1 experiment\n");
}

TEST_F(Check, EveryScenarioOfThisRepositoryIsSound) {
  const std::string all = std::string(EPICENTER_SOURCE_DIR) + "/scenarios";
  const auto found =
      check({all + "/runbook", all + "/smoke", all + "/writes", all + "/epic-resilience.yaml"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
}

TEST_F(Check, GoesOnWithTheOtherFilesAfterABrokenOne) {
  const auto broken = where.write("a.yaml", "version: 7\n");
  const auto sound = where.write("b.yaml", small_scenario{}.text());
  const auto found = check({where.path()});
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_THAT(found.err, HasSubstr(broken + ":1:10: version 7"));
  EXPECT_EQ(found.out, sound + ": ok, 1 experiment\n");
}

TEST_F(Check, TwoScenariosOfOneNameAreRefused) {
  where.write("a.yaml", small_scenario{}.text());
  where.write("b.yaml", small_scenario{}.text());
  const auto found = check({where.path()});
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_THAT(found.err, HasSubstr("small"));
}

TEST_F(Check, WhatIsNotThereOrEmptyIsSaidPlainly) {
  EXPECT_THAT(check({where.file("none.yaml")}).err, HasSubstr("none.yaml: there is no such file or folder"));
  EXPECT_THAT(check({where.path()}).err, HasSubstr("there is no *.yaml file in this folder"));
  EXPECT_THAT(check({where.write("empty.yaml", "")}).err, HasSubstr("the file is empty"));
  EXPECT_EQ(check({where.file("none.yaml")}).exit_code, 3);
}

TEST_F(Check, WhatALaterVersionWillDoIsRefusedNotIgnored) {
  small_scenario later;
  later.fault = "{type: pause}";
  const auto found = check({where.write("later.yaml", later.text())});
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_THAT(found.err, HasSubstr("not yet supported"));
}

TEST_F(Check, PlanShowsTheTimelineAndDoesNothing) {
  const auto file = where.write("small.yaml", small_scenario{}.text());
  const auto plan = run_to_end(where, {"plan", file});
  EXPECT_EQ(plan.exit_code, 0);
  for (const auto* word : {"outage", "baseline", "during", "recovery", "latest-labs", "no_lost_write"}) {
    EXPECT_THAT(plan.out, HasSubstr(word));
  }
  EXPECT_EQ(run_to_end(where, {"plan", where.file("none.yaml")}).exit_code, 3);
}

TEST_F(Check, SchemaIsTheOneThatTheScenariosName) {
  const auto schema = run_to_end(where, {"schema"});
  EXPECT_EQ(schema.exit_code, 0);
  EXPECT_TRUE(schema.out ==
              read_file(std::string(EPICENTER_SOURCE_DIR) + "/scenarios/schema/scenario.v1.json"))
      << "it is made by: epicenter schema > scenarios/schema/scenario.v1.json";
}

}  // namespace
}  // namespace epicenter::cli
