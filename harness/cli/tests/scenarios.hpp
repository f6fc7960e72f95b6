// Scenarios made for the tests of the program.
#pragma once

#include <string>

namespace epicenter::cli {

/// A short outage under a small load: six virtual or real seconds. What differs between the tests is handed
/// in.
struct small_scenario {
  std::string name = "small";
  std::string more;  ///< further top-level keys
  std::string steady_state = "{success_rate: healthy, circuit_state: healthy}";
  std::string fault = "{type: outage, mode: reset}";
  std::string during = "1500ms";
  std::string recovery = "{length: 3s, settle: 2s}";
  std::string more_experiment;  ///< further keys of the experiment, indented by four
  std::string at_worst =
      "{success_rate: critical, write_success: critical, circuit_state: critical, avg_latency: critical}";

  std::string text() const;
};

inline std::string small_scenario::text() const {
  return "version: 1\nname: " + name +
         "\ntitle: A short outage\n"
         "epic: {profile: orders, patients: 20}\n"
         "adapter: {profile: runbook, review_after: 1s, breaker: {all: {window: 2s, min_calls: 5, open_wait: "
         "500ms, "
         "max_open_wait: 500ms}}}\n"
         "load:\n  rate: 60/s\n  operations:\n"
         "    - {name: latest-labs, weight: 60}\n    - {name: order-lab, weight: 40}\n"
         "min_samples: 20\nsteady_state: " +
         steady_state + "\nphases:\n  baseline: {length: 1500ms, warm_up: 500ms}\n  recovery: " + recovery +
         "\ninvariants: [no_lost_write, no_duplicate_write, every_write_accounted]\n" + more +
         "experiments:\n  - name: outage\n    hypothesis: It survives.\n    during: " + during +
         "\n    faults:\n      - " + fault + "\n    at_worst: " + at_worst + "\n" + more_experiment;
}

}  // namespace epicenter::cli
