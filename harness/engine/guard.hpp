// The blast-radius guard: what a scenario may touch, how hard and how long. Checked before the first packet.
#pragma once

#include <epicenter/base/result.hpp>
#include <string>

#include "harness/scenario/model.hpp"

namespace epicenter::engine {

/// errc::outside_blast_radius, with the cure, where the environment is production, a host is not allowed, or
/// the load or the length of the run exceeds its limit. `hosts` are those that the run will connect to.
result<> check_blast_radius(const scenario::scenario&, const std::vector<std::string>& hosts);

/// True where the host is one of the allowed names, or the list allows loopback by "localhost" or
/// "127.0.0.1".
bool host_allowed(const std::vector<std::string>& allowed, const std::string& host);

}  // namespace epicenter::engine
