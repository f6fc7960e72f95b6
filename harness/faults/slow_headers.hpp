// slow_headers: the answer begins late, and its head trickles.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view slow_headers_summary = "the headers come late";
inline constexpr std::array slow_headers_parameters{
    parameter{"delay", parameter_kind::delay, true, "", "before the first byte of the headers", {}},
    parameter{"rate",
              parameter_kind::size_rate,
              false,
              "",
              "bytes of the headers a second, such as 20B/s; default: as they come",
              {},
              1,
              1'000'000'000'000},
};
std::unique_ptr<fault> make_slow_headers(const json::object& canonical);

}  // namespace epicenter::faults
