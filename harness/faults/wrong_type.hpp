// wrong_type: the status is as it was, and the body is of another type.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view wrong_type_summary = "the body is of another type";
inline constexpr std::array<std::string_view, 3> wrong_type_forms{"html", "xml", "text"};
inline constexpr std::array<std::string_view, 2> wrong_type_headers{"honest", "kept"};
inline constexpr std::array wrong_type_parameters{
    parameter{"as", parameter_kind::choice, false, "html",
              "html: a page that asks to log in; xml: a FHIR OperationOutcome in XML; text: one line. "
              "Responses without a body pass unchanged",
              wrong_type_forms},
    parameter{"content_type", parameter_kind::choice, false, "honest",
              "honest: the header names the new type; kept: it says what it said before", wrong_type_headers},
};
std::unique_ptr<fault> make_wrong_type(const json::object& canonical);

}  // namespace epicenter::faults
