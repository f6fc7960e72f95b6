// timeout: nothing comes any more, and then the connection is closed.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view timeout_summary = "all bytes are lost, and a silent connection is closed";
inline constexpr std::array timeout_parameters{
    parameter{"after",
              parameter_kind::span_of_time,
              true,
              "",
              "the connection is closed (FIN) this long after the last chunk, or after the start where none "
              "comes; 0: never. It is closed in any case when the fault ends",
              {},
              0,
              longest_wait_ns},
    parameter{"direction", parameter_kind::choice, false, "response", "whose bytes are lost",
              stream_directions},
};
std::unique_ptr<fault> make_timeout(const json::object& canonical);

}  // namespace epicenter::faults
