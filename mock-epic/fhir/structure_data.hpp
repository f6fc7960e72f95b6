// What R4 says about the content of its types, as text: compact, and readable in a review.
//
// Types: a line "Patient.contact < BackboneElement" names a type and the one whose elements it has too; the
// indented words after it are its own elements:
//
//   name!*:code=binding                  !: at least one, *: any number, binding: the value set it must be of
//   subject!:Reference(Patient,Group)    to what it may point; none named: anything
//   value?:Quantity|string               one of valueQuantity and valueString; Any: every type that an
//                                        extension may have
//
// Codes: a line names the value set; each "system code code …" after it, indented by two, is a part of it (by
// four: continued).
#pragma once

#include <span>
#include <string_view>

namespace epicenter::mock::fhir {

std::span<const std::string_view> structure_types();
std::span<const std::string_view> structure_codes();

}  // namespace epicenter::mock::fhir
