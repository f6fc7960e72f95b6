// Whether a resource is on the server as it was meant: servers drop and rewrite what they are sent.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::fhir {

/// The elements that change what a clinician would do, of the types that are written: "code", "status", …;
/// for other types all but id, meta, text, identifier and extensions. Sorted.
std::vector<std::string> relevant_elements(const json::value& resource);

/// The relevant elements of `meant` and `stored` that differ in meaning. Not a difference: the order of
/// lists, more codings or other display texts where a coding is kept, absolute for relative references,
/// another time zone for the same moment, 5.0 for 5 (the value, not its precision), and what the server adds
/// to a CodeableConcept. An element that only one of them has is one.
std::vector<std::string> changed_elements(const json::value& meant, const json::value& stored);

}  // namespace epicenter::fhir
