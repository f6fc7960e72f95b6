// Section 4 of the runbook: orders whose outcome is unknown.
#include <catch2/catch.hpp>

#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

SCENARIO("Epic files an order and its answer is lost") {
  GIVEN("an integration that orders laboratory tests and files notes") {
    const auto scenario = scenario_file("writes/lost-response.yaml");
    WHEN("one answer in twenty never comes back, though Epic has filed the order") {
      const auto run = run_in_virtual_time(scenario, 16);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("each of them is found again by its identifier and none is filed twice") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 3'000);
        CHECK(e.faults.at(0).injected > 10);
        CHECK(writes_are_safe(e));
        CHECK(writes(e, "UNKNOWN") == 0);
        CHECK(counter(e, "filed_in_epic") >= writes(e, "WRITTEN"));
        AND_THEN("every write that a caller asked for is on the ledger in a final state") {
          std::uint64_t asked = 0;
          for (const auto& [kind, of_kind] : e.operations) asked += of_kind.started;
          std::uint64_t accounted = 0;
          for (const auto* state : {"WRITTEN", "REJECTED", "DUPLICATE", "NOT_SENT", "NEEDS_REVIEW"}) {
            accounted += writes(e, state);
          }
          CHECK(accounted == asked);
        }
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
