// latency: the wire is longer than it was.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view latency_summary = "every call takes longer";
inline constexpr std::array<std::string_view, 3> latency_directions{"request", "response", "both"};
inline constexpr std::array latency_parameters{
    parameter{
        "delay",
        parameter_kind::delay,
        true,
        "",
        "drawn once an HTTP exchange and leg, and counted from the arrival of the bytes, so that pipelined "
        "requests keep their spacing; on connections that do not speak HTTP once a chunk towards the client",
        {}},
    parameter{"direction", parameter_kind::choice, false, "request", "which leg of the exchange is delayed",
              latency_directions},
};
std::unique_ptr<fault> make_latency(const json::object& canonical);

}  // namespace epicenter::faults
