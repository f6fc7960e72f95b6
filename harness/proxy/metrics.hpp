// The proxy's figures in the text format of Prometheus (version 0.0.4).
#pragma once

#include <string>
#include <vector>

#include "harness/proxy/fleet.hpp"

namespace epicenter::proxy {

/// They move while connections are open. The byte counters have Toxiproxy's names and labels.
std::string metrics_text(const fleet&, const std::vector<faults::fault_status>&);

}  // namespace epicenter::proxy
