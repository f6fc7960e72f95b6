// patient_merged: patients were merged into others. A lever of the mock, listed here so that scenarios know
// it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view patient_merged_summary =
    "patients were merged into others (4107, with a redirect)";
inline constexpr std::array patient_merged_parameters{
    parameter{"patient",
              parameter_kind::text,
              false,
              "",
              "FHIR id of the one that was merged away; needs into",
              {}},
    parameter{"into", parameter_kind::text, false, "", "FHIR id of the one that survives; needs patient", {}},
    parameter{"of_patients",
              parameter_kind::share,
              false,
              "10%",
              "share of the patients that were merged, each into another, where none is named",
              {},
              1,
              900'000},
};

}  // namespace epicenter::faults
