// One and the same run against a sound adapter and against adapters with a planted defect: the sound one
// passes, each defect breaks the invariant that is there to find it.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/engine/run.hpp"
#include "harness/scenario/load.hpp"

#ifndef EPICENTER_MUTANT
#define EPICENTER_MUTANT "none"
#endif

namespace epicenter::engine {
namespace {

std::map<std::string, reports::status> invariants_of(const reports::run_record& run) {
  std::map<std::string, reports::status> found;
  for (const auto& c : run.experiments.at(0).checks) {
    if (c.kind == "invariant") found[c.name] = c.status;
  }
  return found;
}

finished_run run_of(const std::string& file) {
  auto scenario = scenario::load(std::string(EPICENTER_SOURCE_DIR) + "/scenarios/" + file);
  if (!scenario) throw std::runtime_error(scenario.error().front().text());
  run_options options;
  options.seed = 7;
  auto run = run_scenario(*scenario, options);
  if (!run) throw std::runtime_error(run.error().message());
  return std::move(*run);
}

TEST(LostResponse, EndsAsThisBuildOfTheAdapterDeserves) {
  const std::string mutant = EPICENTER_MUTANT;
  const auto run = run_of("writes/lost-response.yaml");
  const auto invariants = invariants_of(run.record);
  const std::map<std::string, std::string> broken_by{{"blind_retry", "no_duplicate_write"},
                                                     {"ledger_off", "every_write_accounted"}};
  const auto expected = broken_by.find(mutant);
  if (expected == broken_by.end()) {
    EXPECT_EQ(run.record.exit_code, 0) << "a sound adapter survives lost responses";
    for (const auto& [name, status] : invariants) EXPECT_EQ(status, reports::status::passed) << name;
    return;
  }
  EXPECT_EQ(run.record.exit_code, 1);
  ASSERT_TRUE(invariants.contains(expected->second));
  EXPECT_EQ(invariants.at(expected->second), reports::status::failed) << "the planted defect was not found";
}

// The levers that matter to writes bring the same defects to light.
TEST(Levers, EndAsThisBuildOfTheAdapterDeserves) {
  const std::string mutant = EPICENTER_MUTANT;
  const bool blind = mutant == "blind_retry";
  const auto run = run_of(blind ? "epic/duplicate-on-replay.yaml" : "epic/holding-tank.yaml");
  const auto invariants = invariants_of(run.record);
  const std::string broken = blind ? "no_duplicate_write" : "every_write_accounted";
  ASSERT_TRUE(invariants.contains(broken));
  EXPECT_EQ(invariants.at(broken) == reports::status::failed, mutant != "none");
  EXPECT_EQ(run.record.exit_code, mutant == "none" ? 0 : 1);
}

}  // namespace
}  // namespace epicenter::engine
