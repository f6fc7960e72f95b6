// bandwidth: the line is slow.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view bandwidth_summary = "the line carries only so many bytes a second";
inline constexpr std::array bandwidth_parameters{
    parameter{
        "limit",
        parameter_kind::size_rate,
        true,
        "",
        "bytes a second of each connection and direction, evenly: a piece leaves about every 10ms (large "
        "chunks on very slow lines go in 256 pieces), and no more than 10ms worth is caught up",
        {},
        1,
        1'000'000'000'000},
    parameter{"shared",
              parameter_kind::boolean,
              false,
              "false",
              "all connections share one line in each direction, served in the order of arrival",
              {}},
    parameter{"direction", parameter_kind::choice, false, "both", "which way is slow", stream_directions},
};
std::unique_ptr<fault> make_bandwidth(const json::object& canonical);

}  // namespace epicenter::faults
