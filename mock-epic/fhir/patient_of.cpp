#include "mock-epic/fhir/patient_of.hpp"

#include <array>

#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr auto holders = std::to_array<std::string_view>(
    {"subject", "patient", "beneficiary", "for", "individual", "participant.actor", "actor", "member.entity",
     "agent.who", "entity.what", "target", "author", "subscriber", "candidate"});

}  // namespace

std::string patient_of(type_id type, std::string_view id, const json::value& content) {
  if (type == type_id::patient) return std::string(id);
  std::string found;
  for (const std::string_view holder : holders) {
    walk(content, holder, [&](const json::value& reference) {
      const std::string_view to = reference.string_at("reference");
      if (to.starts_with("Patient/") || to.find("/Patient/") != std::string_view::npos)
        found = id_of_reference(to.substr(0, to.find("/_history/")));
      return !found.empty();
    });
    if (!found.empty()) break;
  }
  return found;
}

}  // namespace epicenter::mock::fhir
