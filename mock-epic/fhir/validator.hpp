// Whether a resource is one of R4: its elements, how often they occur, of which type they are, with which
// codes.
#pragma once

#include <epicenter/json/value.hpp>
#include <vector>

#include "mock-epic/fhir/outcome.hpp"

namespace epicenter::mock::fhir {

/// Findings beyond these are not looked for.
inline constexpr std::size_t max_findings = 20;

/// What is wrong with the resource, in the order of its content; nothing where it is valid. Each is fatal and
/// has Epic's code: 59105 of structure, 59108 of what is missing, 59111 of what has a wrong value, 59144 of
/// references to a wrong type. Whether what it refers to exists is for another to say (references.hpp).
///
/// Invariants (FHIRPath) and profiles are not looked at. A Coding without a system is held against the codes
/// of all systems of its value set: Epic's clients leave it out.
std::vector<issue> validate(const json::value& resource);

}  // namespace epicenter::mock::fhir
