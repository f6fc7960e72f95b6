#include "mock-epic/fhir/search_rules.hpp"

#include <algorithm>
#include <array>

namespace epicenter::mock::fhir {
namespace {

using enum type_id;
using demands = std::span<const search_demand>;

constexpr search_demand patient_needed{
    "patient", 400, "business-rule", "59159", "This resource requires a patient for searching.", "patient"};
constexpr search_demand patient_or(std::string_view others) {
  search_demand made = patient_needed;
  made.one_of = others;
  return made;
}
constexpr search_demand missing(std::string_view one_of, std::string_view diagnostics,
                                std::string_view expression) {
  return {one_of, 400, "required", "59108", diagnostics, expression};
}

constexpr std::array by_patient{patient_needed};
constexpr std::array by_patient_or_identifier{patient_or("patient|identifier")};
constexpr std::array by_subject_or_study{patient_or("patient|study|research-subject")};
constexpr std::array by_patient_or_encounter{patient_or("patient|encounter")};
constexpr std::array by_patient_or_group{patient_or("patient|epic-group-id")};
constexpr std::array of_patients{
    search_demand{"*", 400, "business-rule", "59159",
                  "This resource requires demographics or _id parameter for searching.", "demographics/_id"}};
constexpr std::array of_allergies{
    search_demand{"patient", 403, "processing", "4118", "A patient is required.", "patient"}};
constexpr std::array of_observations{
    missing("patient", "Must have either code or category.", "code/category"),
    missing("code|category", "Must have either code or category.", "code/category")};
constexpr std::array of_required_patient{missing("patient", "A patient is required.", "patient")};
constexpr std::array of_care_plans{
    patient_needed,
    search_demand{
        "category", 400, "business-rule", "59159",
        "This resource requires a category for searching. Use 38717003 for longitudinal, 734163000 for "
        "encounter, 736271009 for outpatient, 736353004 for inpatient, 738906000 for dental, 736378000 for "
        "oncology",
        "category"}};
constexpr std::array of_practitioners{
    missing("name|family|identifier", "Either name, family, or identifier is a required parameter.", "name")};
constexpr std::array of_roles{
    missing("identifier|practitioner|organization|location|specialty",
            "An identifier, practitioner, organization, location, or specialty parameter is "
            "required.",
            "identifier")};
constexpr std::array by_id{
    search_demand{"_id", 400, "business-rule", "59159", "Only an _ID search is allowed.", "_id"}};
constexpr std::array by_anything{
    search_demand{"*", 400, "business-rule", "59159", "A search parameter is required.", ""}};

struct row {
  type_id type;
  demands asked;
};
constexpr auto rows = std::to_array<row>({
    {account, by_id},
    {adverse_event, by_subject_or_study},
    {allergy_intolerance, of_allergies},
    {appointment, by_patient_or_identifier},
    {binary, by_id},
    {body_structure, by_patient},
    {care_plan, of_care_plans},
    {care_team, by_patient},
    {claim, by_id},
    {communication, by_patient},
    {condition, by_patient},
    {consent, by_patient},
    {contract, by_id},
    {coverage, by_patient},
    {device, by_patient},
    {device_request, by_patient},
    {device_use_statement, by_patient},
    {diagnostic_report, by_patient},
    {document_reference, of_required_patient},
    {encounter, by_patient_or_identifier},
    {endpoint, by_id},
    {episode_of_care, by_patient},
    {explanation_of_benefit, by_patient_or_identifier},
    {family_member_history, by_patient},
    {flag, by_patient},
    {goal, by_patient},
    {group, by_id},
    {imaging_study, by_patient_or_identifier},
    {immunization, by_patient},
    {immunization_recommendation, by_patient},
    {list_, by_patient},
    {location, by_anything},
    {measure, by_id},
    {measure_report, by_patient_or_group},
    {media, by_id},
    {medication, by_id},
    {medication_administration, by_patient},
    {medication_dispense, by_patient},
    {medication_request, by_patient},
    {nutrition_order, by_patient},
    {observation, of_observations},
    {organization, by_id},
    {patient, of_patients},
    {practitioner, of_practitioners},
    {practitioner_role, of_roles},
    {procedure, of_required_patient},
    {questionnaire, by_id},
    {questionnaire_response, by_patient_or_encounter},
    {related_person, by_id},
    {request_group, by_id},
    {research_study, by_anything},
    {research_subject, by_subject_or_study},
    {service_request, by_patient_or_identifier},
    {specimen, by_id},
    {substance, by_id},
    {task, by_patient},
});

constexpr auto suppressed = std::to_array<suppressed_kind>({
    {allergy_intolerance, "", false, "AllergyIntolerance - Outside Record"},
    {condition, "encounter-diagnosis", false, "Condition - Outside Record Encounter Diagnosis"},
    {condition, "problem-list-item", false, "Condition - Outside Record Problems"},
    {condition, "health-concern", false, "Condition - Outside Record Problems"},
    {condition, "health-concern", false, "Condition - Outside Record Health Concern"},
    {diagnostic_report, "", false, "DiagnosticReport - Outside Record Results"},
    {encounter, "", false, "Encounter - Outside Record"},
    {immunization, "", false, "Immunization - Outside Record"},
    {medication_request, "", false, "MedicationRequest - Outside Record"},
    {observation, "laboratory", false, "Observation - Outside Record Results"},
    {observation, "vital-signs", false, "Observation - Outside Record Vital Signs"},
    {procedure, "", true, "Procedure - External Radiotherapy Summary"},
    {procedure, "", false, "Procedure - Outside Record"},
});

}  // namespace

std::span<const search_demand> demands_of(type_id type) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const row& one) { return one.type == type; });
  return at == rows.end() ? demands() : at->asked;
}

bool tells_unknown_parameters(type_id type) {
  return type == patient || type == observation;
}

std::span<const suppressed_kind> suppressed_kinds() {
  return suppressed;
}

}  // namespace epicenter::mock::fhir
