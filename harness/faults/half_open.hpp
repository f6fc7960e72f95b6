// half_open: one direction is dead, and nobody is told.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view half_open_summary =
    "what is sent in one direction vanishes, and the connection stays open";
inline constexpr std::array half_open_parameters{
    parameter{"direction", parameter_kind::choice, false, "response",
              "the dead one: its bytes and its close are lost. A connection that lost any is closed when the "
              "fault ends",
              stream_directions},
    parameter{"delay",
              parameter_kind::span_of_time,
              false,
              "0s",
              "how long it still works: from the start of the fault, or of a connection made later",
              {},
              0,
              longest_wait_ns},
};
std::unique_ptr<fault> make_half_open(const json::object& canonical);

}  // namespace epicenter::faults
