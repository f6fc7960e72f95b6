#include <algorithm>
#include <array>

#include "mock-epic/fhir/compartment.hpp"
#include "mock-epic/fhir/people.hpp"
#include "mock-epic/fhir/search_task.hpp"

namespace epicenter::mock::fhir {
namespace {

std::optional<hits> candidates_for(const search_task& a, const search_target& target) {
  hits made;
  const auto add = [&](const resource_ptr& one) {
    if (one && !one->deleted() && std::find(made.begin(), made.end(), one) == made.end()) made.push_back(one);
  };
  for (const criterion& one : target.criteria) {
    if (one.ids().empty()) continue;
    for (const std::string& id : one.ids()) add(a.world.records.find(target.type, id));
    return made;
  }
  std::vector<std::string_view> patients;
  if (a.c.asked.compartment == type_id::patient) patients.emplace_back(a.c.asked.compartment_id);
  if (a.c.asked.compartment == type_id::encounter) {
    const resource_ptr encounter = a.world.records.find(type_id::encounter, a.c.asked.compartment_id);
    if (!encounter || encounter->deleted()) return made;
    patients.emplace_back(encounter->patient());
  }
  for (const criterion& one : target.criteria) {
    if (!patients.empty()) break;
    for (const std::string& id : one.patients()) {
      if (!a.world.records.has_patient(id)) continue;
      patients.push_back(id);
    }
    if (!one.patients().empty() && one.name() == "patient" && patients.empty())
      return made;  // nobody of these ids
  }
  if (patients.empty() && a.c.allowed && is_of_patients(target.type) && !a.c.allowed->patient().empty())
    patients.push_back(a.c.allowed->patient());
  if (!patients.empty()) {
    std::sort(patients.begin(), patients.end());
    patients.erase(std::unique(patients.begin(), patients.end()), patients.end());
    for (const std::string_view id : patients) {
      const hits some = a.world.records.of_patient(target.type, id);
      made.insert(made.end(), some.begin(), some.end());
    }
    return made;
  }
  for (const criterion& one : target.criteria) {
    const auto values = one.identifiers();
    if (values.empty()) continue;
    for (const std::string_view value : values)
      for (const resource_ptr& holder : a.world.records.by_identifier(target.type, value)) add(holder);
    return made;
  }
  // What belongs to nobody lies beside the charts; only documents lie in them.
  if (!is_of_patients(target.type) && target.type != type_id::binary) {
    for (const std::size_t part : {std::size_t{0}, a.world.records.parts() - 1})
      for (const resource_ptr& one : a.world.records.part(part))
        if (one->type() == target.type) made.push_back(one);
    return made;
  }
  if (a.world.orders) return people_for(a, target);
  if (target.type == type_id::patient) {
    // A name or a birth date alone finds nobody: no enumeration.
    const search_query& query = a.query;
    const bool named = query.is_given("family") || query.is_given("name");
    const bool enough = (query.is_given("birthdate") && named) ||
                        (query.is_given("family") && query.is_given("given") && query.is_given("telecom"));
    return enough ? people_for(a, target) : made;
  }
  return std::nullopt;
}

}  // namespace

bool is_permitted(const call& c, const resource& r, interaction what) {
  if (!c.allowed) return true;
  const std::string_view only = c.allowed->patient();
  if (!only.empty() && is_of_patients(r.type()) && r.patient() != only) return false;
  return c.allowed->permits(r.type(), what, &r.value());
}

std::optional<hits> candidates_of(const search_task& a) {
  hits all;
  for (const search_target& target : a.query.targets) {
    auto some = candidates_for(a, target);
    if (!some) return std::nullopt;
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

hits matches_among(const search_task& a, const hits& candidates) {
  std::array<const search_target*, type_count> targets{};
  for (const search_target& one : a.query.targets) targets[static_cast<std::size_t>(one.type)] = &one;
  const bool of_encounter = a.c.asked.compartment == type_id::encounter;
  const reference_value encounter{"Encounter", a.c.asked.compartment_id, {}};
  const auto is_of_encounter = [&](const resource& r) {
    if (r.type() == type_id::encounter) return r.id() == a.c.asked.compartment_id;
    const search_param* by = find_param(r.type(), "encounter", true);
    if (!by) by = find_param(r.type(), "context", true);
    return by && selection(by->path).any_in(
                     r, [&](const json::value& leaf) { return encounter.matches(leaf, a.world.base); });
  };
  hits found;
  for (const resource_ptr& one : candidates) {
    const search_target* target = targets[static_cast<std::size_t>(one->type())];
    if (!target || !one->searchable()) continue;
    const bool all = std::all_of(target->criteria.begin(), target->criteria.end(),
                                 [&](const criterion& c) { return c.matches(*one, a.world); });
    if (all && (!of_encounter || is_of_encounter(*one)) && is_permitted(a.c, *one, interaction::search))
      found.push_back(one);
  }
  return found;
}

}  // namespace epicenter::mock::fhir
