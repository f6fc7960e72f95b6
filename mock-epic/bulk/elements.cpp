#include "mock-epic/bulk/elements.hpp"

#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/served.hpp"

namespace epicenter::mock::bulk {
namespace {

using fhir::type_id;

// Top-level elements of cardinality 1..* (hl7.org/fhir/R4, each type's page), of the types a chart has.
struct required {
  type_id type;
  std::string_view name;
};
constexpr auto required_elements = std::to_array<required>({
    {type_id::allergy_intolerance, "patient"},
    {type_id::appointment, "status"},
    {type_id::appointment, "participant"},
    {type_id::binary, "contentType"},
    {type_id::care_plan, "status"},
    {type_id::care_plan, "intent"},
    {type_id::care_plan, "subject"},
    {type_id::communication, "status"},
    {type_id::condition, "subject"},
    {type_id::consent, "status"},
    {type_id::consent, "scope"},
    {type_id::consent, "category"},
    {type_id::coverage, "status"},
    {type_id::coverage, "beneficiary"},
    {type_id::coverage, "payor"},
    {type_id::diagnostic_report, "status"},
    {type_id::diagnostic_report, "code"},
    {type_id::document_reference, "status"},
    {type_id::document_reference, "content"},
    {type_id::encounter, "status"},
    {type_id::encounter, "class"},
    {type_id::goal, "lifecycleStatus"},
    {type_id::goal, "description"},
    {type_id::goal, "subject"},
    {type_id::group, "type"},
    {type_id::group, "actual"},
    {type_id::immunization, "status"},
    {type_id::immunization, "vaccineCode"},
    {type_id::immunization, "patient"},
    {type_id::immunization, "occurrenceDateTime"},
    {type_id::immunization, "occurrenceString"},
    {type_id::list_, "status"},
    {type_id::list_, "mode"},
    {type_id::medication_administration, "status"},
    {type_id::medication_administration, "medicationCodeableConcept"},
    {type_id::medication_administration, "medicationReference"},
    {type_id::medication_administration, "subject"},
    {type_id::medication_administration, "effectiveDateTime"},
    {type_id::medication_administration, "effectivePeriod"},
    {type_id::medication_dispense, "status"},
    {type_id::medication_dispense, "medicationCodeableConcept"},
    {type_id::medication_dispense, "medicationReference"},
    {type_id::medication_request, "status"},
    {type_id::medication_request, "intent"},
    {type_id::medication_request, "medicationCodeableConcept"},
    {type_id::medication_request, "medicationReference"},
    {type_id::medication_request, "subject"},
    {type_id::observation, "status"},
    {type_id::observation, "code"},
    {type_id::procedure, "status"},
    {type_id::procedure, "subject"},
    {type_id::provenance, "target"},
    {type_id::provenance, "recorded"},
    {type_id::provenance, "agent"},
    {type_id::questionnaire_response, "status"},
    {type_id::related_person, "patient"},
    {type_id::service_request, "status"},
    {type_id::service_request, "intent"},
    {type_id::service_request, "subject"},
    {type_id::task, "status"},
    {type_id::task, "intent"},
});

bool is_required(type_id type, std::string_view member) {
  return std::any_of(required_elements.begin(), required_elements.end(),
                     [&](const required& one) { return one.type == type && one.name == member; });
}

/// "valueQuantity" where "value" was asked for: the paths of choices leave the type out.
bool is_choice_of(std::string_view member, std::string_view name) {
  static constexpr auto choices =
      std::to_array<std::string_view>({"value", "effective", "onset", "abatement", "medication", "occurrence",
                                       "performed", "deceased", "multipleBirth", "reported", "serviced"});
  return std::find(choices.begin(), choices.end(), name) != choices.end() && member.size() > name.size() &&
         member.starts_with(name) && member[name.size()] >= 'A' && member[name.size()] <= 'Z';
}

json::value subsetted(const json::value* held) {
  json::object meta;
  if (held && held->if_object()) meta = *held->if_object();
  json::array tags;
  if (const json::value* tag = meta.find("tag"); tag && tag->if_array()) tags = *tag->if_array();
  tags.emplace_back(json::object{{"system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"},
                                 {"code", "SUBSETTED"}});
  meta.set("tag", std::move(tags));
  return meta;
}

}  // namespace

bool element_list::add(std::string_view text) {
  element made;
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    made.of = fhir::type_named(text.substr(0, dot));
    if (!made.of) return false;
    text.remove_prefix(dot + 1);
  }
  const bool good = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!good) return false;
  made.name = std::string(text);
  wanted_.push_back(std::move(made));
  return true;
}

bool element_list::cuts(type_id type) const {
  return std::any_of(wanted_.begin(), wanted_.end(),
                     [&](const element& e) { return !e.of || *e.of == type; });
}

bool element_list::keeps(type_id type, std::string_view member) const {
  if (member == "resourceType" || member == "id") return true;
  if (member.starts_with('_')) member.remove_prefix(1);
  return is_required(type, member) || std::any_of(wanted_.begin(), wanted_.end(), [&](const element& e) {
           return (!e.of || *e.of == type) && (e.name == member || is_choice_of(member, e.name));
         });
}

std::string element_list::write(const fhir::resource& r, bool orders) const {
  const auto served = json::parse(fhir::served_text(r, orders));
  EPICENTER_CHECK(served && served->if_object(), "what is served was written by json::write");
  json::object made{{"resourceType", fhir::name_of(r.type())}, {"id", r.id()}};
  made.set("meta", subsetted(served->find("meta")));
  for (const auto& [name, value] : *served->if_object())
    if (!made.contains(name) && keeps(r.type(), name)) made.set(name, value);
  return json::write(json::value(std::move(made)));
}

}  // namespace epicenter::mock::bulk
