#include "mock-epic/bulk/group.hpp"

#include <algorithm>

#include "mock-epic/fhir/criterion.hpp"

namespace epicenter::mock::bulk {

std::vector<std::string> members_of(const fhir::resource& group, const data::hospital& hospital) {
  std::vector<std::string> found;
  const bool as_made = group.who().generated && group.version() == 1;
  if (const auto numbers = as_made ? hospital.members_of(group.id()) : std::nullopt) {
    found.reserve(numbers->size());
    for (const std::size_t one : *numbers) found.push_back(hospital.key(one).patient);
    return found;
  }
  const json::value* members = group.value().find("member");
  if (!members || !members->if_array()) return found;
  for (const json::value& one : *members->if_array()) {
    const json::value* inactive = one.find("inactive");
    const bool gone = inactive && inactive->if_bool() && *inactive->if_bool();
    const std::string_view reference = one.string_at("entity.reference");
    if (!gone && reference.find("Patient/") != std::string_view::npos)
      found.emplace_back(fhir::id_of_reference(reference));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace epicenter::mock::bulk
