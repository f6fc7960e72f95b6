// reset_peer: who is spoken to hangs up.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view reset_peer_summary = "the first bytes are answered by a reset";
inline constexpr std::array reset_peer_parameters{
    parameter{"after",
              parameter_kind::span_of_time,
              false,
              "0s",
              "both sides are reset (RST) this long after the first chunk or close; what comes until then is "
              "lost. A connection on which nothing comes is left alone",
              {},
              0,
              longest_wait_ns},
    parameter{"direction", parameter_kind::choice, false, "response", "which bytes set it off",
              stream_directions},
};
std::unique_ptr<fault> make_reset_peer(const json::object& canonical);

}  // namespace epicenter::faults
