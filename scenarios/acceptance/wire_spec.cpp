// Whatever the wire does, no write is lost or doubled, and all is well again afterwards.
#include <catch2/catch.hpp>

#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

SCENARIO("The wire between us and Epic has each of its bad days") {
  GIVEN("an integration, and an experiment for each fault of the proxy") {
    for (const char* file : {"wire/network.yaml", "wire/http.yaml"}) {
      WHEN(file) {
        const auto run = run_in_virtual_time(scenario_file(file), 42);
        THEN("writes are safe, and the adapter recovers") {
          CHECK(run.record.exit_code == 0);
          REQUIRE(run.record.experiments.size() == 13);
          for (const auto& e : run.record.experiments) {
            INFO(e.name << ": " << not_passed(e));
            CHECK(writes_are_safe(e));
            for (const auto& fault : e.faults) CHECK(fault.injected > 0);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
