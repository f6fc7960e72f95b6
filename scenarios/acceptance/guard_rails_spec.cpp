// What keeps an experiment from doing harm, and from proving nothing.
#include <catch2/catch.hpp>

#include <algorithm>

#include "scenarios/acceptance/steps.hpp"

namespace epicenter::acceptance {
namespace {

/// An outage of 10 s under 30 operations a second. What differs between the specifications is handed in.
struct parts {
  std::string profile = "orders";
  std::string more;  ///< further top-level keys
  std::string fault = "{type: outage, mode: reset, lasting: 5s}";
};

std::string text_of(const parts& p) {
  return "version: 1\nname: specification\ntitle: Written in a specification\n"
         "epic: {profile: " +
         p.profile +
         ", patients: 20}\n"
         "adapter: {profile: runbook, review_after: 5s, breaker: {all: {window: 5s, open_wait: 1s, "
         "max_open_wait: 1s}}}\n"
         "load:\n  rate: 30/s\n  operations:\n    - {name: latest-labs, weight: 60}\n    - {name: order-lab, "
         "weight: 40}\n"
         "min_samples: 50\n"
         "steady_state: {success_rate: healthy, circuit_state: healthy}\n"
         "phases:\n  baseline: {length: 10s, warm_up: 1s}\n  recovery: {length: 15s, settle: 5s}\n"
         "invariants: [no_lost_write, no_duplicate_write, every_write_accounted]\n" +
         p.more +
         "experiments:\n  - name: outage\n    hypothesis: It survives.\n    during: 10s\n"
         "    faults:\n      - " +
         p.fault +
         "\n"
         "    at_worst: {success_rate: critical, write_success: critical, circuit_state: critical, "
         "avg_latency: critical}\n";
}

bool touched_epic(const record& e) {
  return std::any_of(e.faults.begin(), e.faults.end(), [](const auto& f) { return f.injected > 0; }) ||
         happened(e, "fault.started") > 0;
}

SCENARIO("The scenario of these specifications is sound") {
  GIVEN("nothing that is out of the ordinary") {
    THEN("it passes: what follows fails for its own reason only") {
      const auto run = run_in_virtual_time(scenario_text(text_of({})), 21);
      INFO(not_passed(the_experiment(run)));
      CHECK(run.record.exit_code == 0);
      CHECK(touched_epic(the_experiment(run)));
    }
  }
}

SCENARIO("An integration that is not healthy to begin with is not experimented on") {
  GIVEN("an Epic that takes no orders, so that four in ten operations fail") {
    parts p;
    p.profile = "strict";
    WHEN("the baseline ends and the steady state does not hold") {
      const auto run = run_in_virtual_time(scenario_text(text_of(p)), 21);
      const auto& e = the_experiment(run);
      THEN("the run is inconclusive and no fault was injected") {
        CHECK(run.record.exit_code == 4);
        CHECK(check(e, "success_rate", "baseline") == reports::status::inconclusive);
        CHECK_FALSE(touched_epic(e));
        CHECK(happened(e, "rollback.confirmed") == 1);
      }
    }
    WHEN("a stop condition watches the baseline") {
      p.more = "stop_conditions:\n  - {metric: success_rate, below: 90%, lasting: 3s, phases: [baseline]}\n";
      const auto run = run_in_virtual_time(scenario_text(text_of(p)), 21);
      const auto& e = the_experiment(run);
      THEN("it stops the run before the baseline ends, and no fault was injected") {
        CHECK(run.record.exit_code == 5);
        CHECK_FALSE(e.stopped_by.empty());
        CHECK(happened(e, "stopped") == 1);
        CHECK_FALSE(touched_epic(e));
        CHECK(e.lasted < 10s);
      }
    }
  }
}

SCENARIO("A stop condition ends an experiment in mid-fault") {
  GIVEN("a stop condition on the success rate during the fault") {
    parts p;
    p.more = "stop_conditions:\n  - {metric: success_rate, below: 50%, phases: [during]}\n";
    p.fault = "{type: outage, mode: reset}";
    WHEN("Epic goes down for ten seconds") {
      const auto run = run_in_virtual_time(scenario_text(text_of(p)), 21);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("the fault is removed at once, and that is confirmed") {
        CHECK(run.record.exit_code == 5);
        CHECK(happened(e, "fault.started") == 1);
        CHECK(happened(e, "fault.ended") == 1);
        CHECK(e.rolled_back);
        REQUIRE(e.faults.at(0).to);
        CHECK(*e.faults.at(0).to < 20s);
        CHECK(e.faults.at(0).injected > 0);
        AND_THEN("the evidence is kept and the invariants were judged") {
          CHECK(operations(e) > 200);
          CHECK(writes_are_safe(e));
        }
      }
    }
  }
}

SCENARIO("An interrupted run takes its faults away") {
  GIVEN("someone who presses Ctrl-C while Epic is down") {
    parts p;
    p.fault = "{type: outage, mode: blackhole}";
    const auto scenario = scenario_text(text_of(p));
    interrupts_in_mid_fault hand;
    engine::run_options options;
    options.report_to = &hand;
    options.interrupted = [&hand] { return hand.signal(); };
    WHEN("the run is interrupted") {
      const auto run = engine::run_scenario(scenario, options);
      REQUIRE(run);
      const auto& e = the_experiment(*run);
      THEN("no fault is left, and the run says that it was interrupted") {
        CHECK(run->record.exit_code == 130);
        CHECK(happened(e, "interrupted") == 1);
        CHECK(happened(e, "rollback.confirmed") == 1);
        CHECK(e.rolled_back);
        CHECK(e.faults.at(0).to);
        CHECK(e.lasted < 25s);
        CHECK(e.status == reports::status::inconclusive);
      }
    }
  }
}

SCENARIO("A fault that touches no call proves nothing") {
  GIVEN("a fault on a path that nobody asks for") {
    parts p;
    p.fault = "{type: error, status: [503], match: {path: \"/nowhere/**\"}}";
    WHEN("the experiment runs") {
      const auto run = run_in_virtual_time(scenario_text(text_of(p)), 21);
      const auto& e = the_experiment(run);
      INFO(not_passed(e));
      THEN("it is inconclusive, though everything else passed") {
        CHECK(run.record.exit_code == 4);
        CHECK(check(e, "fault error-1") == reports::status::inconclusive);
        CHECK(check(e, "success_rate", "recovery") == reports::status::passed);
      }
    }
  }
}

SCENARIO("The blast radius is checked before the first packet") {
  GIVEN("limits on hosts and rate and length and environment") {
    struct limit {
      std::string yaml;
      std::string named;
    };
    const auto beyond = GENERATE(values<limit>({
        {"blast_radius: {allow_hosts: [fhir.example.org]}\n", "127.0.0.1"},
        {"blast_radius: {max_rate: 29/s}\n", "max_rate"},
        {"blast_radius: {max_run_time: 34s}\n", "max_run_time"},
        {"target: {environment: production}\n", "production"},
    }));
    WHEN("a scenario goes beyond one of them: " + beyond.named) {
      parts p;
      p.more = beyond.yaml;
      const auto refusal = refused(scenario_text(text_of(p)));
      THEN("the run is refused with the reason") {
        CHECK(refusal.exit_code == 6);
        CHECK_THAT(refusal.why, Catch::Contains(beyond.named));
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::acceptance
