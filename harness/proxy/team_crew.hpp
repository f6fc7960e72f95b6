// A proxy on several cores: runtime 0 of the team controls and accepts, the others carry the traffic.
#pragma once

#include <epicenter/runtime/real/runtime_team.hpp>

#include "harness/proxy/crew.hpp"

namespace epicenter::proxy {

/// The team has at least two runtimes and outlives the crew.
std::unique_ptr<crew> make_team_crew(runtime::runtime_team&);

}  // namespace epicenter::proxy
