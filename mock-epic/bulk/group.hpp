// Who is in a group.
#pragma once

#include <string>
#include <vector>

#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::bulk {

/// FHIR ids of the patients among the members of a Group that are not marked as inactive, each once.
std::vector<std::string> members_of(const fhir::resource& group);

}  // namespace epicenter::mock::bulk
