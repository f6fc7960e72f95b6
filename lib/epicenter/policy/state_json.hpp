// The settings of all flags as JSON, for the file and for people.
//
//   {"version": 1, "flags": {"epic_fhir_write": {"enabled": true, "rollout": 2500,
//     "overrides": {"user_123": false}, "variants": [{"name": "control", "weight": 5000}, …]}}}
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/policy/flag_table.hpp>

namespace epicenter::policy {

json::value to_json(const flag_table&, const std::vector<flag_state>&);
json::value to_json(const flag_state&);
/// Flags that are not named keep their defaults; members of a flag that are not there, too. A flag or a
/// member of another name is an error, and so is another version: what cannot be understood is never ignored.
result<std::vector<flag_state>> from_json(const flag_table&, const json::value&);

}  // namespace epicenter::policy
