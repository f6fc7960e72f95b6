// What the control API speaks: faults and their counters as JSON.
#pragma once

#include <epicenter/json/value.hpp>

#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {

/// {"id", "type", "parameters", "match", "proxy", "ramp_in_ms", "ramp_out_ms", "lasting_ms", "max_active",
/// "lease_ms"}. match: {"operation", "method", "path", "header", "client", "body", "first", "nth", "every",
/// "after", "rate_ppm"}; instead of rate_ppm a share "rate": "30%" or 0.3 is read, too. Unknown keys are
/// errors (errc::bad_parameter). Only id and type must be there. proxy: the name of the one that it acts on,
/// absent: all. The ramps are at most a week; ramp_out_ms needs lasting_ms, which is counted from now.
/// max_active is at least 1.
json::value to_json(const faults::fault_spec&);
result<faults::fault_spec> parse_fault_spec(const json::value&);

/// {"id", "type", "touched", "injected", "skipped", "active", "lease_left_ms"}; milliseconds are rounded up,
/// so that a lease that shows 0 has ended.
json::value to_json(const faults::fault_status&);
result<faults::fault_status> parse_fault_status(const json::value&);

/// A lease in whole milliseconds above 0.
result<duration> parse_lease(const json::value&);

}  // namespace epicenter::proxy
