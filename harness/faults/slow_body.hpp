// slow_body: the head comes in time, and the body trickles.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view slow_body_summary = "the body trickles";
inline constexpr std::array slow_body_parameters{
    parameter{"rate",
              parameter_kind::size_rate,
              true,
              "",
              "bytes of the body a second, such as 1kB/s",
              {},
              1,
              1'000'000'000'000},
    parameter{"delay",
              parameter_kind::delay,
              false,
              "",
              "between the headers and the first byte of the body; default: none",
              {}},
};
std::unique_ptr<fault> make_slow_body(const json::object& canonical);

}  // namespace epicenter::faults
