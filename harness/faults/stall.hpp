// stall: nothing moves, and nothing is lost.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view stall_summary =
    "no byte moves until the fault ends; then all flow, none is lost";
inline constexpr std::array stall_parameters{
    parameter{"direction", parameter_kind::choice, false, "both", "which way is stuck", stream_directions},
};
std::unique_ptr<fault> make_stall(const json::object& canonical);

}  // namespace epicenter::faults
