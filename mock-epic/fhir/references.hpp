// Whether what a resource refers to is on file.
#pragma once

#include <set>
#include <vector>

#include "mock-epic/fhir/outcome.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

/// References that this server should be able to resolve and cannot: relative ones, those below `base`, and
/// those to contained resources. `coming` names ("Patient/x") what the same transaction files.
///
/// Practitioners, their roles, organizations and devices are not looked for: Epic takes authors and
/// requesters that it does not know and puts the background user in their place (captured, write probe of
/// DocumentReference).
/// `as_epic`: what is no reference of R4 at all is let through, as Epic does (captured).
std::vector<issue> find_broken_references(const json::value& resource, store&, std::string_view base,
                                          const std::set<std::string>& coming, bool as_epic = false);

/// "Type/id" of a reference to this server; empty of any other.
std::string local_reference(std::string_view reference, std::string_view base);

}  // namespace epicenter::mock::fhir
