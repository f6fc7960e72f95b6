#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {
namespace {

using enum param_kind;

constexpr auto patient_params = std::to_array<search_param>({
    {"identifier", token, "identifier"},
    {"family", text, "name.family"},
    {"given", text, "name.given"},
    {"name", text, "name"},
    {"birthdate", date, "birthDate"},
    {"gender", token, "gender"},
    {"active", token, "active"},
    {"address-city", text, "address.city"},
});
constexpr auto encounter_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"identifier", token, "identifier"},
    {"status", token, "status"},
    {"class", token, "class"},
    {"type", token, "type"},
    {"date", date, "period.start"},
});
constexpr auto allergy_params = std::to_array<search_param>({
    {"patient", reference, "patient"},
    {"clinical-status", token, "clinicalStatus"},
    {"verification-status", token, "verificationStatus"},
    {"category", token, "category"},
    {"code", token, "code"},
    {"criticality", token, "criticality"},
    {"date", date, "recordedDate"},
    {"identifier", token, "identifier"},
});
constexpr auto condition_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"category", token, "category"},
    {"clinical-status", token, "clinicalStatus"},
    {"verification-status", token, "verificationStatus"},
    {"code", token, "code"},
    {"encounter", reference, "encounter"},
    {"onset-date", date, "onsetDateTime"},
    {"recorded-date", date, "recordedDate"},
    {"identifier", token, "identifier"},
});
constexpr auto medication_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"status", token, "status"},
    {"intent", token, "intent"},
    {"category", token, "category"},
    {"code", token, "medicationCodeableConcept"},
    {"encounter", reference, "encounter"},
    {"authoredon", date, "authoredOn"},
    {"identifier", token, "identifier"},
});
constexpr auto observation_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"category", token, "category"},
    {"code", token, "code"},
    {"status", token, "status"},
    {"date", date, "effectiveDateTime"},
    {"issued", date, "issued"},
    {"encounter", reference, "encounter"},
    {"identifier", token, "identifier"},
});
constexpr auto service_request_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"identifier", token, "identifier"},
    {"category", token, "category"},
    {"code", token, "code"},
    {"status", token, "status"},
    {"intent", token, "intent"},
    {"priority", token, "priority"},
    {"encounter", reference, "encounter"},
    {"requester", reference, "requester"},
    {"authored", date, "authoredOn"},
});
constexpr auto document_params = std::to_array<search_param>({
    {"patient", reference, "subject"},
    {"subject", reference, "subject"},
    {"category", token, "category"},
    {"type", token, "type"},
    {"status", token, "status"},
    {"docstatus", token, "docStatus"},
    {"encounter", reference, "context.encounter"},
    {"date", date, "date"},
    {"identifier", token, "identifier"},
});

constexpr auto active_only = std::to_array<std::string_view>({"active"});
constexpr auto final_only = std::to_array<std::string_view>({"final"});
constexpr auto current_only = std::to_array<std::string_view>({"current"});
constexpr auto vitals_only = std::to_array<std::string_view>({"vital-signs"});
constexpr auto plain_only = std::to_array<std::string_view>({"text/plain"});
constexpr auto order_status = std::to_array<std::string_view>({"active", "draft"});
constexpr auto order_intent = std::to_array<std::string_view>({"order", "proposal", "plan"});

constexpr auto patient_required =
    std::to_array<required_element>({{"name", {}}, {"gender", {}}, {"birthDate", {}}});
constexpr auto allergy_required = std::to_array<required_element>(
    {{"clinicalStatus.coding.code", active_only}, {"code", {}}, {"patient.reference", {}}});
constexpr auto condition_required = std::to_array<required_element>(
    {{"clinicalStatus.coding.code", active_only}, {"code", {}}, {"subject.reference", {}}});
constexpr auto observation_required = std::to_array<required_element>({{"status", final_only},
                                                                       {"category.coding.code", vitals_only},
                                                                       {"code.coding.code", {}},
                                                                       {"subject.reference", {}},
                                                                       {"effectiveDateTime", {}}});
constexpr auto service_request_required = std::to_array<required_element>(
    {{"status", order_status}, {"intent", order_intent}, {"code", {}}, {"subject.reference", {}}});
constexpr auto document_required =
    std::to_array<required_element>({{"status", current_only},
                                     {"type.coding.code", {}},
                                     {"subject.reference", {}},
                                     {"content.attachment.contentType", plain_only},
                                     {"content.attachment.data", {}},
                                     {"context.encounter.reference", {}}});

constexpr auto allergy_lost = std::to_array<std::string_view>({"category", "recordedDate"});
constexpr auto condition_lost =
    std::to_array<std::string_view>({"encounter", "onsetDateTime", "recordedDate"});

constexpr search_refusal no_patient{400, "business-rule", "59159",
                                    "This resource requires a patient for searching.", "patient"};

constexpr std::array<type_rules, type_count> types{{
    {type_id::patient,
     "Patient",
     patient_params,
     search_needs::demographics,
     {400, "business-rule", "59159", "This resource requires demographics or _id parameter for searching.",
      "demographics/_id"},
     true,
     true,
     creation::yes,
     patient_required,
     {},
     false,
     ""},
    {type_id::encounter,
     "Encounter",
     encounter_params,
     search_needs::patient,
     no_patient,
     true,
     false,
     creation::no,
     {},
     {},
     false,
     "subject"},
    {type_id::allergy_intolerance,
     "AllergyIntolerance",
     allergy_params,
     search_needs::patient,
     {403, "processing", "4118", "A patient is required.", "patient"},
     false,
     false,
     creation::yes,
     allergy_required,
     allergy_lost,
     true,
     "patient"},
    {type_id::condition, "Condition", condition_params, search_needs::patient, no_patient, false, false,
     creation::yes, condition_required, condition_lost, true, "subject"},
    {type_id::medication_request,
     "MedicationRequest",
     medication_params,
     search_needs::patient,
     no_patient,
     false,
     false,
     creation::no,
     {},
     {},
     false,
     "subject"},
    {type_id::observation,
     "Observation",
     observation_params,
     search_needs::patient_and_kind,
     {400, "required", "59108", "Must have either code or category.", "code/category"},
     false,
     true,
     creation::yes,
     observation_required,
     {},
     false,
     "subject"},
    {type_id::service_request,
     "ServiceRequest",
     service_request_params,
     search_needs::patient,
     no_patient,
     true,
     false,
     creation::orders,
     service_request_required,
     {},
     false,
     "subject"},
    {type_id::document_reference,
     "DocumentReference",
     document_params,
     search_needs::patient,
     {400, "required", "59108", "A patient is required.", "patient"},
     false,
     false,
     creation::yes,
     document_required,
     {},
     false,
     "subject"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < type_count; ++i)
    if (types[i].id != static_cast<type_id>(i)) return false;
  return true;
}
static_assert(in_order(), "rules_of() finds a type's rules by its number");

}  // namespace

const std::array<type_rules, type_count>& all_types() {
  return types;
}

const type_rules& rules_of(type_id id) {
  return types[static_cast<std::size_t>(id)];
}

const type_rules* find_type(std::string_view name) {
  for (const type_rules& rules : types)
    if (rules.name == name) return &rules;
  return nullptr;
}

}  // namespace epicenter::mock::fhir
