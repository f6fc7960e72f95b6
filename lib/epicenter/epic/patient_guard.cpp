#include <epicenter/epic/patient_guard.hpp>
#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::epic {

bool is_about(const json::value& resource, std::string_view patient) {
  if (planted_defects::unguarded) return true;
  if (patient.empty()) return false;
  if (fhir::type_of(resource) == "Patient") return fhir::id_of(resource) == patient;
  bool named = false;
  // R4 has one of the two in each type. A resource with both, or with a group, must not slip through.
  for (const std::string_view element : {"subject", "patient"}) {
    if (resource.find(element) == nullptr) continue;
    const auto who = fhir::reference_at(resource, element);
    if (!who || who->type != "Patient" || who->id != patient) return false;
    named = true;
  }
  return named;
}

}  // namespace epicenter::epic
