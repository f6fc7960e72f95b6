// chunk_latency: bytes travel longer, whatever they mean.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view chunk_latency_summary = "every chunk of bytes takes longer, in its order";
inline constexpr std::array chunk_latency_parameters{
    parameter{"delay",
              parameter_kind::span_of_time,
              true,
              "",
              "from the arrival of the chunk",
              {},
              0,
              longest_wait_ns},
    parameter{"jitter",
              parameter_kind::span_of_time,
              false,
              "0s",
              "delays are uniform from delay-jitter to delay+jitter; what would be below 0 is 0",
              {},
              0,
              longest_wait_ns},
    parameter{"direction", parameter_kind::choice, false, "response", "which way takes longer",
              stream_directions},
};
std::unique_ptr<fault> make_chunk_latency(const json::object& canonical);

}  // namespace epicenter::faults
