// The same runs against a sound adapter and against adapters with a planted defect each: the sound one passes
// them all, and each defect breaks the invariant that is there to find it.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

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

/// A defect, a scenario that finds it, and the invariant by which it does.
struct proof {
  std::string mutant;
  std::string file;
  std::string invariant;
};

const std::vector<proof> proofs{
    {"blind_retry", "writes/lost-response.yaml", "no_duplicate_write"},
    {"blind_retry", "epic/duplicate-on-replay.yaml", "no_duplicate_write"},
    {"ledger_off", "writes/lost-response.yaml", "every_write_accounted"},
    {"ledger_off", "epic/holding-tank.yaml", "every_write_accounted"},
    {"resend_on_a_miss", "epic/holding-tank.yaml", "no_duplicate_write"},
    {"unguarded", "wire/forgetful-cache.yaml", "no_wrong_patient"},
};

/// What this build has to show: its own, or every scenario where it is sound.
std::vector<proof> of_this_build() {
  const std::string built = EPICENTER_MUTANT;
  std::vector<proof> mine;
  std::set<std::string> files;
  for (const auto& one : proofs) {
    const bool wanted = built == "none" ? files.insert(one.file).second : built == one.mutant;
    if (wanted) mine.push_back(one);
  }
  return mine;
}

class planted_defect : public ::testing::TestWithParam<proof> {};

TEST_P(planted_defect, breaks_the_invariant_that_is_there_to_find_it) {
  const auto& [mutant, file, invariant] = GetParam();
  const bool sound = EPICENTER_MUTANT == std::string("none");
  const auto run = run_of(file);
  const auto invariants = invariants_of(run.record);
  ASSERT_TRUE(invariants.contains(invariant));
  if (sound) {
    EXPECT_EQ(run.record.exit_code, 0);
    for (const auto& [name, status] : invariants) EXPECT_EQ(status, reports::status::passed) << name;
    return;
  }
  EXPECT_EQ(run.record.exit_code, 1);
  EXPECT_EQ(invariants.at(invariant), reports::status::failed) << "the planted defect was not found";
}

INSTANTIATE_TEST_SUITE_P(each, planted_defect, ::testing::ValuesIn(of_this_build()),
                         [](const auto& given) { return given.param.mutant + std::to_string(given.index); });

}  // namespace
}  // namespace epicenter::engine
