// mutate: a record changes behind the client's back. A lever of the mock, listed here so that scenarios know
// it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view mutate_summary =
    "a record changes behind the client's back: a new version appears, and stays";
inline constexpr std::array mutate_parameters{
    parameter{"resource", parameter_kind::text, false, "Patient", "type of the record that changes", {}},
    parameter{
        "record", parameter_kind::text, false, "", "its FHIR id; default: one that the seed chooses", {}},
    parameter{"patient",
              parameter_kind::text,
              false,
              "",
              "FHIR id of the patient whose record it is, where no id is given",
              {}},
    parameter{"element",
              parameter_kind::text,
              true,
              "",
              "what changes in it: a path such as status or name.0.family",
              {}},
    parameter{"value",
              parameter_kind::text,
              true,
              "",
              "what it becomes: a text, or any JSON value written as text behind 'json:'",
              {}},
};

}  // namespace epicenter::faults
