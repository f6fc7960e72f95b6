// The promise of virtual time: a run is a function of scenario, seed and program.
#include <catch2/catch.hpp>

#include "reports/format.hpp"
#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

std::string run_json(const engine::finished_run& run) {
  return reports::run_json(run.record, {});
}

SCENARIO("The same seed gives the same run to the byte") {
  GIVEN("a scenario with an outage and random arrivals") {
    auto scenario = scenario_file("smoke/01-epic-outage.yaml");
    scenario.experiments.at(0).load.stages.at(0).arrivals = rate{40, 1s};  // the seed decides, not the size
    scenario.min_samples = 10;
    WHEN("it runs twice with seed 7") {
      const auto first = run_in_virtual_time(scenario, 7);
      const auto second = run_in_virtual_time(scenario, 7);
      THEN("both records are the same to the byte, after the same events") {
        CHECK(first.events > 2'000);
        CHECK(first.events == second.events);
        CHECK(first.event_hash == second.event_hash);
        CHECK(run_json(first) == run_json(second));
        AND_WHEN("it runs with seed 8") {
          const auto other = run_in_virtual_time(scenario, 8);
          THEN("it is another run with the same verdict") {
            CHECK(other.event_hash != first.event_hash);
            CHECK(run_json(other) != run_json(first));
            CHECK(other.record.exit_code == 0);
            CHECK(first.record.exit_code == 0);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
