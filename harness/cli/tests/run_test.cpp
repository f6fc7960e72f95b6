// What `epicenter run` ends with: each exit code of the scenario format's section 7, and the reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <filesystem>

#include "harness/cli/tests/program.hpp"
#include "harness/cli/tests/scenarios.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;

struct Run : ::testing::Test {
  /// Writes the scenario and runs it in virtual time.
  finished run(const small_scenario& s, std::vector<std::string> more = {}) {
    std::vector<std::string> args{"run", where.write(s.name + ".yaml", s.text()), "--out", where.file("out")};
    args.insert(args.end(), more.begin(), more.end());
    return run_to_end(where, args);
  }
  json::value record_of(const std::string& name) {
    auto parsed = json::parse(read_file(where.file("out/" + name + "/virtual/run.json")));
    EXPECT_TRUE(parsed);
    return parsed ? *parsed : json::value();
  }
  scratch where;
};

TEST_F(Run, PassesWithZeroAndWritesEveryReport) {
  const auto passed = run({});
  EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
  EXPECT_THAT(passed.out, HasSubstr(where.file("out/small/virtual")));
  for (const auto* name : {"run.json", "run.meta.json", "junit.xml", "events.jsonl"}) {
    EXPECT_GT(read_file(where.file("out/small/virtual/") + name).size(), 100u) << name;
  }
  EXPECT_EQ(record_of("small").string_at("scenario"), "small");
}

TEST_F(Run, FailsWithOneWhereAMustIsMissed) {
  small_scenario s;
  s.fault = "{type: latency, delay: 10ms}";
  s.more_experiment = "    must:\n      - {circuit_state: OPEN, within: 1s, after: fault_start}\n";
  const auto failed = run(s);
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.out, HasSubstr("circuit_state OPEN within 1s after fault_start"));
}

TEST_F(Run, AWarningIsAFailureOnlyWhereItIsAskedToBe) {
  small_scenario s;
  s.more = "thresholds: {avg_latency: {healthy_below: 100us, critical_above: 2000ms}}\n";
  s.steady_state = "{avg_latency: warning}";
  EXPECT_EQ(run(s).exit_code, 0);
  EXPECT_EQ(run(s, {"--fail-on", "warning"}).exit_code, 1);
}

TEST_F(Run, AnInvalidScenarioIsThreeAndNothingRuns) {
  small_scenario s;
  s.fault = "{type: outtage}";
  EXPECT_EQ(run(s).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(where.file("out")));
}

TEST_F(Run, InconclusiveIsFour) {
  small_scenario s;
  s.fault = "{type: error, status: [503], match: {path: \"/nowhere/**\"}}";
  const auto nothing_touched = run(s);
  EXPECT_EQ(nothing_touched.exit_code, 4) << nothing_touched.out;
  EXPECT_THAT(nothing_touched.out, HasSubstr("the fault hit no call"));
}

TEST_F(Run, StoppedIsFive) {
  small_scenario s;
  s.more = "stop_conditions:\n  - {metric: success_rate, below: 50%, phases: [during]}\n";
  s.during = "4s";
  const auto stopped = run(s);
  EXPECT_EQ(stopped.exit_code, 5) << stopped.out;
}

TEST_F(Run, RefusedByTheGuardIsSix) {
  small_scenario s;
  s.more = "target: {environment: production}\n";
  const auto refused = run(s);
  EXPECT_EQ(refused.exit_code, 6);
  EXPECT_THAT(refused.err, HasSubstr("production"));
}

TEST_F(Run, AnOutputThatCannotBeWrittenIsEightAndSaidBeforeTheRun) {
  const auto file = where.write("in-the-way", "not a folder");
  const auto path = where.write("small.yaml", small_scenario{}.text());
  const auto failed = run_to_end(where, {"run", path, "--out", file + "/out"});
  EXPECT_EQ(failed.exit_code, 8);
  EXPECT_THAT(failed.err, HasSubstr(file + "/out"));
  EXPECT_EQ(failed.out, "");
}

TEST_F(Run, OfSeveralScenariosTheWorstCounts) {
  small_scenario inconclusive;
  inconclusive.name = "inconclusive";
  inconclusive.fault = "{type: error, status: [503], match: {path: \"/nowhere/**\"}}";
  small_scenario refused;
  refused.name = "refused";
  refused.more = "target: {environment: production}\n";
  small_scenario sound;
  where.write("a.yaml", inconclusive.text());
  where.write("b.yaml", refused.text());
  where.write("c.yaml", sound.text());
  const auto all = run_to_end(where, {"run", where.path(), "--out", where.file("out")});
  EXPECT_EQ(all.exit_code, 6);
  EXPECT_TRUE(std::filesystem::exists(where.file("out/small/virtual/run.json")))
      << "the others run all the same";
}

TEST_F(Run, OnlyRunsTheExperimentOfThatName) {
  small_scenario s;
  s.more_experiment =
      "  - name: slow\n    hypothesis: It waits.\n    during: 2s\n    faults: [{type: latency, delay: "
      "20ms}]\n";
  EXPECT_EQ(run(s, {"--only", "slow"}).exit_code, 0);
  const auto record = record_of("small");
  ASSERT_NE(record.find("experiments"), nullptr);
  ASSERT_EQ(record.find("experiments")->if_array()->size(), 1u);
  EXPECT_EQ(record.find("experiments")->if_array()->front().string_at("name"), "slow");
}

TEST_F(Run, TheSameSeedGivesTheSameRecordToTheByte) {
  const auto path = where.write("small.yaml", small_scenario{}.text());
  const auto record_with = [&](const std::string& seed, const std::string& out) {
    const auto run = run_to_end(where, {"run", path, "--seed", seed, "--out", where.file(out)});
    EXPECT_EQ(run.exit_code, 0) << run.out;
    return read_file(where.file(out + "/small/virtual/run.json"));
  };
  const auto first = record_with("7", "first");
  EXPECT_GT(first.size(), 1000u);
  EXPECT_EQ(record_with("7", "second"), first);
  EXPECT_NE(record_with("8", "other"), first);
}

}  // namespace
}  // namespace epicenter::cli
