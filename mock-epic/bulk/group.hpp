// Who is in a group.
#pragma once

#include <string>
#include <vector>

#include "mock-epic/data/hospital.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::bulk {

/// FHIR ids of the patients among the members of a Group that are not marked as inactive, each once. The
/// hospital's own groups may have more than the resource lists.
std::vector<std::string> members_of(const fhir::resource& group, const data::hospital&);

}  // namespace epicenter::mock::bulk
