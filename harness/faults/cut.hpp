// cut: the connection breaks in mid-stream.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view cut_summary = "the connection breaks after so many bytes";
inline constexpr std::array<std::string_view, 2> cut_ways{"fin", "reset"};
inline constexpr std::array cut_parameters{
    parameter{
        "bytes",
        parameter_kind::size,
        true,
        "",
        "that pass on each connection from the start of the fault; both sides are ended behind the last of "
        "them, with 0 when the first byte comes",
        {}},
    parameter{"direction", parameter_kind::choice, false, "response", "which bytes are counted",
              stream_directions},
    parameter{"by", parameter_kind::choice, false, "reset", "what both sides see", cut_ways},
};
std::unique_ptr<fault> make_cut(const json::object& canonical);

}  // namespace epicenter::faults
