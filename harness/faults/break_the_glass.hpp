// break_the_glass: charts are restricted: nobody sees them without breaking the glass. A lever of the mock,
// listed here so that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view break_the_glass_summary = "charts are restricted (4130, 4131)";
inline constexpr std::array break_the_glass_parameters{
    parameter{"patient", parameter_kind::text, false, "", "FHIR id of the one whose chart is restricted", {}},
    parameter{"of_patients",
              parameter_kind::share,
              false,
              "100%",
              "share of the patients whose charts are restricted, where none is named",
              {},
              1,
              1'000'000},
};

}  // namespace epicenter::faults
