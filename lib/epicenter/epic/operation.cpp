#include <epicenter/epic/operation.hpp>

namespace epicenter::epic {
namespace {

struct traits {
  std::string_view name;
  std::string_view type;
};
// In the order of the enumeration.
constexpr std::array<traits, operation_count> all{{
    {"patient_context", "Patient"},
    {"latest_labs", "Observation"},
    {"allergies", "AllergyIntolerance"},
    {"problems", "Condition"},
    {"medications", "MedicationRequest"},
    {"immunizations", "Immunization"},
    {"encounters", "Encounter"},
    {"notes", "DocumentReference"},
    {"order_lab", "ServiceRequest"},
    {"order_medication", "MedicationRequest"},
    {"order_imaging", "ServiceRequest"},
    {"add_allergy", "AllergyIntolerance"},
    {"add_problem", "Condition"},
    {"record_vitals", "Observation"},
    {"file_note", "DocumentReference"},
}};

}  // namespace

std::string_view name_of(operation_kind which) {
  return all.at(static_cast<std::size_t>(which)).name;
}

std::optional<operation_kind> operation_named(std::string_view name) {
  for (std::size_t i = 0; i < operation_count; ++i) {
    if (all.at(i).name == name) return operation_at(i);
  }
  return std::nullopt;
}

std::string_view resource_type_of(operation_kind which) {
  return all.at(static_cast<std::size_t>(which)).type;
}

}  // namespace epicenter::epic
