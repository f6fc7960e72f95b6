#include "mock-epic/data/load_sorting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/systems.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;

constexpr std::string_view prefix = "Patient/";

/// The patient whose compartment the resource is in (hl7.org/fhir/R4/compartmentdefinition-patient.html), by
/// the elements that name the subject; else whom it points to first.
std::string patient_of(type_id type, const json::value& resource) {
  constexpr std::array shared{
      type_id::organization,       type_id::practitioner, type_id::practitioner_role, type_id::location,
      type_id::healthcare_service, type_id::endpoint,     type_id::medication,        type_id::group,
      type_id::questionnaire,      type_id::value_set,    type_id::concept_map,       type_id::code_system};
  if (type == type_id::patient) return std::string(resource.string_at("id"));
  if (std::find(shared.begin(), shared.end(), type) != shared.end()) return {};
  std::string found;
  const auto takes = [&](const json::value& leaf) {
    const auto text = leaf.if_string();
    if (!text || !text->starts_with(prefix)) return false;
    found = text->substr(prefix.size());
    return true;
  };
  for (const std::string_view path :
       {"subject.reference", "patient.reference", "beneficiary.reference", "for.reference",
        "individual.reference", "participant.actor.reference", "target.reference"})
    if (fhir::walk(resource, path, takes)) return found;
  return {};
}

std::string string_of(const json::value& resource, std::string_view path) {
  return std::string(fhir::first_string(resource, path));
}

demographics who_is(const json::value& patient) {
  demographics made;
  made.family = string_of(patient, "name.family");
  fhir::walk(patient, "name.given", [&](const json::value& leaf) {
    const auto given = leaf.if_string();
    if (!given) return false;
    if (made.given.empty())
      made.given = *given;
    else
      made.middle.append(made.middle.empty() ? "" : " ").append(*given);
    return false;
  });
  made.gender = patient.string_at("gender");
  made.birth_date = patient.string_at("birthDate");
  if (const json::value* telecom = patient.find("telecom"); telecom && telecom->if_array())
    for (const json::value& one : *telecom->if_array()) {
      const bool mobile = one.string_at("use") == "mobile";
      std::string& to = one.string_at("system") == "email" ? made.email
                        : mobile                           ? made.mobile_phone
                                                           : made.home_phone;
      if (to.empty()) to = one.string_at("value");
    }
  made.line = string_of(patient, "address.line");
  made.city = string_of(patient, "address.city");
  made.state = string_of(patient, "address.state");
  made.postal_code = string_of(patient, "address.postalCode");
  if (const json::value* identifiers = patient.find("identifier"); identifiers && identifiers->if_array())
    for (const json::value& one : *identifiers->if_array())
      if (one.string_at("system") == mrn_system || one.string_at("type.coding.0.code") == "MR")
        made.mrn = one.string_at("value");
  return made;
}

}  // namespace

result<> load_sorter::take(const json::value& resource, const std::string& where) {
  waiting made;
  made.one.type = *fhir::type_named(resource.string_at("resourceType"));
  made.one.id = resource.string_at("id");
  made.one.patient = patient_of(made.one.type, resource);
  made.one.text = json::write(resource);
  const auto [known, fresh] =
      known_.emplace(fmt::format("{}/{}", fhir::name_of(made.one.type), made.one.id), all_.size());
  if (!fresh) {
    if (all_[known->second].one.text == made.one.text) return {};
    return fail(errc::does_not_fit,
                fmt::format("{}: another {} has the same id", where, fhir::name_of(made.one.type)));
  }
  fhir::walk(resource, "identifier.value", [&](const json::value& leaf) {
    if (const auto value = leaf.if_string()) made.identifiers.push_back(*value);
    return false;
  });
  if (made.one.type == type_id::patient) {
    patients_.emplace(made.one.id, people_.size());
    people_.push_back(who_is(resource));
  }
  if (made.one.type == type_id::encounter)
    made.open_encounter = resource.string_at("status") == "in-progress";
  if (made.one.type == type_id::group)
    fhir::walk(resource, "member.entity.reference", [&](const json::value& leaf) {
      const auto text = leaf.if_string();
      if (text && text->starts_with(prefix)) made.members.emplace_back(text->substr(prefix.size()));
      return false;
    });
  all_.push_back(std::move(made));
  return {};
}

result<loaded> load_sorter::finish() && {
  loaded made;
  if (people_.empty()) return fail(errc::does_not_fit, "no Patient among the resources");
  made.charts.resize(people_.size());
  for (std::size_t i = 0; i < people_.size(); ++i) made.charts[i].who = std::move(people_[i]);
  std::vector<bool> has_open(made.charts.size());
  for (waiting& each : all_) {
    made.fingerprint = runtime::derive_seed(made.fingerprint, each.one.text);
    for (const std::string& member : each.members)
      if (const auto at = patients_.find(member); at != patients_.end())
        made.groups[each.one.id].push_back(at->second);
    const auto owner = patients_.find(each.one.patient);
    if (owner == patients_.end()) {
      each.one.patient.clear();  // of nobody who was loaded
      made.shared.push_back(std::move(each.one));
      continue;
    }
    const std::size_t number = owner->second;
    loaded_chart& chart = made.charts[number];
    if (each.one.type == type_id::patient) chart.patient = each.one.id;
    if (each.one.type == type_id::encounter && !has_open[number]) {
      chart.encounter = each.one.id;
      has_open[number] = each.open_encounter;
    }
    for (std::string& identifier : each.identifiers) {
      std::vector<std::size_t>& holders = made.holders[std::move(identifier)];
      if (holders.empty() || holders.back() != number) holders.push_back(number);
    }
    made.owners.emplace(fmt::format("{}/{}", fhir::name_of(each.one.type), each.one.id), number);
    chart.resources.push_back(std::move(each.one));
  }
  return made;
}

}  // namespace epicenter::mock::data
