// daily_cap: a client has used up its documents for the day. A lever of the mock, listed here so that
// scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view daily_cap_summary = "the day's document queries are used up (4135)";
inline constexpr std::array<std::string_view, 2> daily_cap_of_choices{"documents", "calls"};
inline constexpr std::array daily_cap_parameters{
    parameter{"limit",
              parameter_kind::integer,
              true,
              "",
              "how many pass before the rest is refused",
              {},
              0,
              1'000'000'000},
    parameter{"of", parameter_kind::choice, false, "documents",
              "documents: reads and searches of DocumentReference and Binary; calls: all of FHIR",
              daily_cap_of_choices},
};

}  // namespace epicenter::faults
