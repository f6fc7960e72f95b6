#include "mock-epic/fhir/compartment.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/select.hpp"

namespace epicenter::mock::fhir {
namespace {

struct membership {
  type_id type;
  std::string_view path;
};

using enum type_id;

constexpr auto memberships = std::to_array<membership>({
    {account, "subject>Patient"},
    {adverse_event, "subject>Patient"},
    {allergy_intolerance, "patient"},
    {appointment, "participant.actor>Patient"},
    {appointment_response, "actor>Patient"},
    {audit_event, "agent.who>Patient|entity.what>Patient"},
    {basic, "subject>Patient"},
    {body_structure, "patient"},
    {care_plan, "subject>Patient"},
    {care_team, "subject>Patient"},
    {charge_item, "subject>Patient"},
    {claim, "patient"},
    {claim_response, "patient"},
    {clinical_impression, "subject>Patient"},
    {communication, "subject>Patient"},
    {communication_request, "subject>Patient"},
    {composition, "subject>Patient"},
    {condition, "subject>Patient"},
    {consent, "patient"},
    {coverage, "beneficiary"},
    {coverage_eligibility_request, "patient"},
    {coverage_eligibility_response, "patient"},
    {detected_issue, "patient"},
    {device, "patient"},
    {device_request, "subject>Patient"},
    {device_use_statement, "subject>Patient"},
    {diagnostic_report, "subject>Patient"},
    {document_manifest, "subject>Patient"},
    {document_reference, "subject>Patient"},
    {encounter, "subject>Patient"},
    {enrollment_request, "candidate"},
    {episode_of_care, "patient"},
    {explanation_of_benefit, "patient"},
    {family_member_history, "patient"},
    {flag, "subject>Patient"},
    {goal, "subject>Patient"},
    {imaging_study, "subject>Patient"},
    {immunization, "patient"},
    {immunization_evaluation, "patient"},
    {immunization_recommendation, "patient"},
    {invoice, "subject>Patient"},
    {list_, "subject>Patient"},
    {measure_report, "subject>Patient"},
    {media, "subject>Patient"},
    {medication_administration, "subject>Patient"},
    {medication_dispense, "subject>Patient"},
    {medication_request, "subject>Patient"},
    {medication_statement, "subject>Patient"},
    {molecular_sequence, "patient"},
    {nutrition_order, "patient"},
    {observation, "subject>Patient"},
    {person, "link.target>Patient"},
    {procedure, "subject>Patient"},
    {provenance, "target>Patient"},
    {questionnaire_response, "subject>Patient"},
    {related_person, "patient"},
    {request_group, "subject>Patient"},
    {research_subject, "individual"},
    {risk_assessment, "subject>Patient"},
    {schedule, "actor>Patient"},
    {service_request, "subject>Patient"},
    {specimen, "subject>Patient"},
    {supply_delivery, "patient"},
    {supply_request, "deliverTo>Patient"},
    {task, "for>Patient"},
    {vision_prescription, "patient"},
});

const membership* find(type_id type) {
  const auto at = std::lower_bound(memberships.begin(), memberships.end(), type,
                                   [](const membership& one, type_id wanted) { return one.type < wanted; });
  return at != memberships.end() && at->type == type ? &*at : nullptr;
}

}  // namespace

bool is_of_patients(type_id type) {
  return type == patient || find(type) != nullptr;
}

std::string patient_of(type_id type, const json::value& content) {
  if (type == patient) return std::string(content.string_at("id"));
  std::string found;
  if (const membership* by = find(type))
    selection(by->path).any(content, [&](const json::value& leaf) {
      found = id_of_reference(leaf.string_at("reference"));
      return !found.empty();
    });
  return found;
}

}  // namespace epicenter::mock::fhir
