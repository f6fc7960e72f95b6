// Epic's own bad days: each lever of the mock in a scenario of its own.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& one : std::filesystem::directory_iterator(EPICENTER_SOURCE_DIR "/scenarios/" + folder))
    if (one.path().extension() == ".yaml") names.push_back(folder + "/" + one.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

SCENARIO("Epic has a bad day of its own") {
  GIVEN("an integration, and a scenario for each lever of the mock") {
    const auto files = files_in("epic");
    REQUIRE(files.size() == 20);
    for (const auto& file : files) {
      WHEN(file) {
        const auto run = run_in_virtual_time(scenario_file(file), 16);
        const auto& e = the_experiment(run);
        INFO(not_passed(e));
        THEN("the adapter stays within what the scenario allows, and every write is safe") {
          CHECK(run.record.exit_code == 0);
          CHECK(writes_are_safe(e));
          for (const auto& fault : e.faults) CHECK(fault.injected > 0);
        }
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
