// truncate: the body ends before its promised length.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view truncate_summary = "the body ends early";
inline constexpr std::array<std::string_view, 2> truncate_ends{"fin", "reset"};
inline constexpr std::array truncate_parameters{
    parameter{"bytes",
              parameter_kind::size,
              false,
              "",
              "how much of the body comes, in place of a share; a body that is no longer passes whole",
              {}},
    parameter{
        "keep", parameter_kind::share, false, "50%", "the share of the body that comes", {}, 0, 999'999},
    parameter{"by", parameter_kind::choice, false, "fin",
              "how the connection ends behind it: by a close in order or by a reset", truncate_ends},
};
std::unique_ptr<fault> make_truncate(const json::object& canonical);

}  // namespace epicenter::faults
