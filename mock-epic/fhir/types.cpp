#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {
namespace {

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

// read, search, create, update: as Epic's CapabilityStatement of May 2026 declares them.
struct declared {
  type_id id;
  interactions offered;
};
constexpr auto epic_declares = std::to_array<declared>({
    {type_id::account, {true, true, false, false}},
    {type_id::adverse_event, {true, true, false, false}},
    {type_id::allergy_intolerance, {true, true, true, false}},
    {type_id::appointment, {true, true, false, false}},
    {type_id::binary, {true, true, false, false}},
    {type_id::body_structure, {true, true, true, true}},
    {type_id::care_plan, {true, true, false, false}},
    {type_id::care_team, {true, true, false, false}},
    {type_id::claim, {true, true, false, false}},
    {type_id::communication, {true, true, true, false}},
    {type_id::concept_map, {true, false, true, false}},
    {type_id::condition, {true, true, true, false}},
    {type_id::consent, {true, true, false, false}},
    {type_id::contract, {true, true, false, false}},
    {type_id::coverage, {true, true, false, false}},
    {type_id::device, {true, true, false, false}},
    {type_id::device_request, {true, true, false, false}},
    {type_id::device_use_statement, {true, true, false, false}},
    {type_id::diagnostic_report, {true, true, false, true}},
    {type_id::document_reference, {true, true, true, true}},
    {type_id::encounter, {true, true, false, false}},
    {type_id::endpoint, {true, true, false, false}},
    {type_id::episode_of_care, {true, true, false, false}},
    {type_id::explanation_of_benefit, {true, true, false, false}},
    {type_id::family_member_history, {true, true, false, false}},
    {type_id::flag, {true, true, false, false}},
    {type_id::goal, {true, true, false, false}},
    {type_id::group, {true, true, false, false}},
    {type_id::imaging_study, {true, true, false, false}},
    {type_id::immunization, {true, true, false, false}},
    {type_id::immunization_recommendation, {true, true, false, false}},
    {type_id::list_, {true, true, false, false}},
    {type_id::location, {true, true, false, false}},
    {type_id::measure, {true, true, false, false}},
    {type_id::measure_report, {true, true, false, false}},
    {type_id::media, {true, true, false, false}},
    {type_id::medication, {true, true, false, false}},
    {type_id::medication_administration, {true, true, false, false}},
    {type_id::medication_dispense, {true, true, false, false}},
    {type_id::medication_request, {true, true, false, false}},
    {type_id::nutrition_order, {true, true, false, false}},
    {type_id::observation, {true, true, true, true}},
    {type_id::organization, {true, true, false, false}},
    {type_id::patient, {true, true, true, false}},
    {type_id::practitioner, {true, true, false, false}},
    {type_id::practitioner_role, {true, true, false, false}},
    {type_id::procedure, {true, true, true, true}},
    {type_id::provenance, {true, false, false, false}},
    {type_id::questionnaire, {true, true, false, false}},
    {type_id::questionnaire_response, {true, true, true, false}},
    {type_id::related_person, {true, true, false, false}},
    {type_id::request_group, {true, true, false, false}},
    {type_id::research_study, {true, true, false, false}},
    {type_id::research_subject, {true, true, false, false}},
    {type_id::service_request, {true, true, true, true}},
    {type_id::specimen, {true, true, false, false}},
    {type_id::substance, {true, true, false, false}},
    {type_id::task, {true, true, false, true}},
    {type_id::value_set, {true, false, false, false}},
});

// What is known of a type beyond that.
constexpr auto known = std::to_array<type_rules>({
    {type_id::patient, {}, creation::yes, patient_required, {}, false, ""},
    {type_id::encounter, {}, creation::no, {}, {}, false, "subject"},
    {type_id::allergy_intolerance, {}, creation::yes, allergy_required, allergy_lost, true, "patient"},
    {type_id::condition, {}, creation::yes, condition_required, condition_lost, true, "subject"},
    {type_id::medication_request, {}, creation::no, {}, {}, false, "subject"},
    {type_id::observation, {}, creation::yes, observation_required, {}, false, "subject"},
    {type_id::service_request, {}, creation::orders, service_request_required, {}, false, "subject"},
    {type_id::document_reference, {}, creation::yes, document_required, {}, false, "subject"},
});

constexpr std::array<type_rules, type_count> make_types() {
  std::array<type_rules, type_count> made{};
  for (const type_rules& one : known) made[static_cast<std::size_t>(one.id)] = one;
  for (std::size_t i = 0; i < type_count; ++i) made[i].id = static_cast<type_id>(i);
  for (const declared& one : epic_declares) made[static_cast<std::size_t>(one.id)].epic = one.offered;
  return made;
}
constexpr std::array<type_rules, type_count> types = make_types();

}  // namespace

const std::array<type_rules, type_count>& all_types() {
  return types;
}

const type_rules& rules_of(type_id id) {
  return types[static_cast<std::size_t>(id)];
}

const type_rules* find_type(std::string_view name) {
  const auto id = type_named(name);
  return id ? &rules_of(*id) : nullptr;
}

}  // namespace epicenter::mock::fhir
