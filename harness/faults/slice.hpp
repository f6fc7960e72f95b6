// slice: bytes come in small pieces.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view slice_summary = "bytes come in small pieces";
inline constexpr std::array slice_parameters{
    parameter{
        "size",
        parameter_kind::size,
        true,
        "",
        "of a piece. No chunk is cut into more than about 4096: of a chunk of 64kB they are at least 16B",
        {},
        1,
        1'000'000'000'000},
    parameter{"variation",
              parameter_kind::size,
              false,
              "0B",
              "pieces are up to this much smaller or larger than size, and it is below size",
              {},
              0,
              1'000'000'000'000},
    parameter{"gap", parameter_kind::span_of_time, false, "0s", "after each piece", {}, 0, longest_wait_ns},
    parameter{"direction", parameter_kind::choice, false, "both", "which way is cut up", stream_directions},
};
/// errc::bad_parameter where variation is not below size.
result<> check_slice(const json::object& canonical);
std::unique_ptr<fault> make_slice(const json::object& canonical);

}  // namespace epicenter::faults
