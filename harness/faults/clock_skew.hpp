// clock_skew: Epic's clock is off. A lever of the mock, listed here so that scenarios know it; the proxy
// cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view clock_skew_summary = "Epic's clock is off";
inline constexpr std::array<std::string_view, 2> clock_skew_direction_choices{"ahead", "behind"};
inline constexpr std::array clock_skew_parameters{
    parameter{"by",
              parameter_kind::span_of_time,
              true,
              "",
              "how far Epic's clock is off",
              {},
              duration(1ms).count(),
              duration(24h).count()},
    parameter{"direction", parameter_kind::choice, false, "ahead", "of Epic's clock against true time",
              clock_skew_direction_choices},
};

}  // namespace epicenter::faults
