// outage: nothing behind the proxy can be reached.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view outage_summary = "the upstream cannot be reached: refused, silent or reset";
inline constexpr std::array<std::string_view, 3> outage_modes{"refuse", "blackhole", "reset"};
inline constexpr std::array outage_parameters{
    parameter{
        "mode", parameter_kind::choice, false, "refuse",
        "refuse: the listener is closed and open connections are reset; blackhole: connections are accepted "
        "and "
        "kept, but no byte moves until the fault ends; reset: every connection, open or new, is reset. Where "
        "only some calls are selected, refuse and reset tear down the connection of such a call and "
        "blackhole "
        "holds that call",
        outage_modes},
};
std::unique_ptr<fault> make_outage(const json::object& canonical);

}  // namespace epicenter::faults
