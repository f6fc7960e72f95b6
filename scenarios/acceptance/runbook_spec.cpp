// The five experiments of the runbook, in virtual time: section 2 (outage and recovery) and section 7 (what
// is healthy).
#include <catch2/catch.hpp>

#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

constexpr auto passed = reports::status::passed;

SCENARIO("Epic is down for a minute") {
  GIVEN("an integration under the runbook's load, healthy at first") {
    const auto scenario = scenario_file("runbook/01-epic-outage.yaml");
    WHEN("Epic refuses every connection for a minute") {
      const auto run = run_in_virtual_time(scenario, 11);
      const auto& e = the_experiment(run);
      const auto down = began(e, "during");
      const auto back = began(e, "recovery");
      INFO(not_passed(e));
      THEN("the circuit breaker opens, cached context is served, and all is well again when Epic is back") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 5'000);
        CHECK(e.faults.at(0).injected > 0);
        const auto opened = breaker_became(e, "open");
        REQUIRE(opened);
        CHECK(*opened > down);
        CHECK(*opened < down + 10s);
        const auto closed = breaker_became(e, "closed", *opened);
        REQUIRE(closed);
        CHECK(*closed >= back);
        CHECK(breakers_at_the_end(e) == "closed");
        AND_THEN("degradation was announced and withdrawn, and callers got stale answers meanwhile") {
          CHECK(happened(e, "degradation.activated") > 0);
          CHECK(happened(e, "degradation.deactivated") > 0);
          CHECK(counter(e, "stale_served") > 500);
          AND_THEN("no order and no note was lost or filed twice") {
            CHECK(writes_are_safe(e));
            CHECK(writes(e, "NOT_SENT") > 0);
            CHECK(counter(e, "filed_in_epic") >= writes(e, "WRITTEN"));
          }
        }
      }
    }
  }
}

SCENARIO("Epic is slow for five minutes") {
  GIVEN("an integration under the runbook's load") {
    const auto scenario = scenario_file("runbook/02-slow-epic.yaml");
    WHEN("every answer takes half a second to two seconds longer") {
      const auto run = run_in_virtual_time(scenario, 12);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("callers wait, but nothing fails and the circuit breaker never opens") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 15'000);
        CHECK(e.faults.at(0).injected > 8'000);
        CHECK_FALSE(breaker_became(e, "open"));
        CHECK(check(e, "success_rate", "during") == passed);
        AND_THEN("every write is filed once") {
          CHECK(writes_are_safe(e));
          CHECK(writes(e, "NEEDS_REVIEW") == 0);
          CHECK(counter(e, "filed_in_epic") == writes(e, "WRITTEN"));
        }
      }
    }
  }
}

SCENARIO("Three in ten calls to Epic fail") {
  GIVEN("an integration under the runbook's load") {
    const auto scenario = scenario_file("runbook/03-failing-epic.yaml");
    WHEN("three in ten calls are answered with a server error for five minutes") {
      const auto run = run_in_virtual_time(scenario, 13);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("the circuit breaker opens above ten percent errors, and closes after the last of them") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 15'000);
        const auto opened = breaker_became(e, "open");
        REQUIRE(opened);
        CHECK(*opened > began(e, "during"));
        CHECK(breaker_became(e, "closed", *opened));
        CHECK(breakers_at_the_end(e) == "closed");
        const auto& fault = e.faults.at(0);
        CHECK(fault.injected * 100 > fault.touched * 25);
        CHECK(fault.injected * 100 < fault.touched * 35);
        AND_THEN("the integration degrades and loses no write") {
          CHECK(happened(e, "degradation.activated") > 0);
          CHECK(counter(e, "stale_served") > 0);
          CHECK(writes_are_safe(e));
          CHECK(check(e, "retry_amplification") == passed);
        }
      }
    }
  }
}

SCENARIO("The token expires while calls are using it") {
  GIVEN("an integration with at least ten calls in flight") {
    const auto scenario = scenario_file("runbook/04-token-expires-mid-flight.yaml");
    WHEN("Epic stops taking the token that they carry") {
      const auto run = run_in_virtual_time(scenario, 14);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("one refresh heals it and no caller sees a 401") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 5'000);
        const auto& expiry = e.faults.at(1);
        CHECK(expiry.type == "token_expiry");
        CHECK(expiry.injected > 0);
        CHECK(happened(e, "token.invalidated") >= 1);
        for (const auto& [kind, of_kind] : e.operations) {
          CAPTURE(kind);
          CHECK(of_kind.failures.count("auth_denied") == 0);
        }
        AND_THEN("no request leaves with a token that is known to be dead, and every write is filed once") {
          CHECK(check(e, "no_use_of_expired_token") == passed);
          CHECK_FALSE(breaker_became(e, "open"));
          CHECK(writes_are_safe(e));
        }
      }
    }
  }
}

SCENARIO("The circuit breaker fails its first trial and recovers") {
  GIVEN("an integration under the runbook's load") {
    const auto scenario = scenario_file("runbook/05-breaker-recovers.yaml");
    WHEN("connections are reset for 40 s and answered with 503 for another minute") {
      const auto run = run_in_virtual_time(scenario, 15);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("the breaker opens, half-opens, opens again, and closes at a later trial") {
        CHECK(run.record.exit_code == 0);
        CHECK(operations(e) > 5'000);
        const auto opened = breaker_became(e, "open");
        REQUIRE(opened);
        const auto tried = breaker_became(e, "half_open", *opened);
        REQUIRE(tried);
        CHECK(*tried >= *opened + 60s);  // the runbook's wait
        const auto again = breaker_became(e, "open", *tried);
        REQUIRE(again);
        const auto closed = breaker_became(e, "closed", *again);
        REQUIRE(closed);
        CHECK(breakers_at_the_end(e) == "closed");
        CHECK(check(e, "legal_circuit_transitions") == passed);
        AND_THEN("both faults had their effect, and no write was lost") {
          for (const auto& fault : e.faults) {
            CAPTURE(fault.name);
            CHECK(fault.injected > 0);
          }
          CHECK(writes_are_safe(e));
        }
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
