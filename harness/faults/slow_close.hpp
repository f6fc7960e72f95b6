// slow_close: the end comes late.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view slow_close_summary =
    "the end of the stream is held back, its bytes are not";
inline constexpr std::array slow_close_parameters{
    parameter{"delay",
              parameter_kind::span_of_time,
              true,
              "",
              "until the close is passed on",
              {},
              0,
              longest_wait_ns},
    parameter{"direction", parameter_kind::choice, false, "response", "whose close is late",
              stream_directions},
};
std::unique_ptr<fault> make_slow_close(const json::object& canonical);

}  // namespace epicenter::faults
