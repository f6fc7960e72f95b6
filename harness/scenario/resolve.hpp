// From what a file says to what is run: defaults that depend on other keys, and the checks across keys.
#pragma once

#include "harness/scenario/format.hpp"

namespace epicenter::scenario {

/// Reports into the reading; the scenario is only of use where nothing was reported.
scenario resolve(reading& in, const node& root, scenario_draft draft);

/// The runbook's table: success_rate, write_success, avg_latency, circuit_state.
std::vector<threshold> default_thresholds();

}  // namespace epicenter::scenario
