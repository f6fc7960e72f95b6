#include <algorithm>
#include <array>
#include <epicenter/fhir/moment.hpp>
#include <epicenter/fhir/read_back.hpp>
#include <epicenter/fhir/reference.hpp>
#include <set>

namespace epicenter::fhir {
namespace {

struct relevant {
  std::string_view type;
  std::vector<std::string_view> elements;
};

const std::vector<relevant>& table() {
  static const std::vector<relevant> all{
      {"AllergyIntolerance",
       {"clinicalStatus", "code", "criticality", "patient", "reaction", "verificationStatus"}},
      {"Condition",
       {"abatementDateTime", "bodySite", "category", "clinicalStatus", "code", "encounter", "note",
        "onsetDateTime", "severity", "subject", "verificationStatus"}},
      {"DocumentReference", {"context.encounter", "docStatus", "status", "subject", "type"}},
      {"MedicationRequest",
       {"dispenseRequest", "doNotPerform", "dosageInstruction", "encounter", "intent",
        "medicationCodeableConcept", "medicationReference", "note", "priority", "requester", "status",
        "subject", "substitution"}},
      {"Observation",
       {"bodySite", "category", "code", "component", "dataAbsentReason", "effectiveDateTime",
        "effectiveInstant", "effectivePeriod", "encounter", "interpretation", "note", "status", "subject",
        "valueBoolean", "valueCodeableConcept", "valueInteger", "valueQuantity", "valueString"}},
      {"ServiceRequest",
       {"asNeededBoolean", "asNeededCodeableConcept", "bodySite", "code", "doNotPerform", "encounter",
        "intent", "note", "occurrenceDateTime", "occurrencePeriod", "orderDetail", "priority",
        "quantityQuantity", "reasonCode", "requester", "specimen", "status", "subject"}},
  };
  return all;
}

constexpr std::array<std::string_view, 9> housekeeping{"contained",  "extension",     "id",
                                                       "identifier", "implicitRules", "language",
                                                       "meta",       "resourceType",  "text"};
// Within an element: what says nothing that its neighbours do not say.
constexpr std::array<std::string_view, 5> decoration{"display", "extension", "id", "userSelected", "version"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool same(const json::value& a, const json::value& b);

bool same_list(const json::array& a, const json::array& b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> used(b.size());
  return std::all_of(a.begin(), a.end(), [&](const json::value& one) {
    for (std::size_t i = 0; i != b.size(); ++i) {
      if (used[i] || !same(one, b[i])) continue;
      used[i] = true;
      return true;
    }
    return false;
  });
}

const json::array* codings_of(const json::value& v) {
  const json::value* const found = v.find("coding");
  const json::array* const list = found == nullptr ? nullptr : found->if_array();
  return list == nullptr || list->empty() ? nullptr : list;
}

// Of two concepts with codings one that both have decides; else their texts.
bool same_concept(const json::value& a, const json::value& b) {
  const json::array* const ours = codings_of(a);
  const json::array* const theirs = codings_of(b);
  if (ours == nullptr || theirs == nullptr) return a.string_at("text") == b.string_at("text");
  return std::any_of(ours->begin(), ours->end(), [theirs](const json::value& one) {
    return std::any_of(theirs->begin(), theirs->end(), [&one](const json::value& other) {
      return !one.string_at("code").empty() && one.string_at("code") == other.string_at("code") &&
             one.string_at("system") == other.string_at("system");
    });
  });
}

bool same_reference(const json::value& a, const json::value& b) {
  auto ours = reference_at(a, "");
  auto theirs = reference_at(b, "");
  if (!ours || !theirs) return a.string_at("reference") == b.string_at("reference");
  return ours->type == theirs->type && ours->id == theirs->id;
}

bool covers(const json::object& a, const json::object& b) {
  return std::all_of(a.begin(), a.end(), [&b](const json::object::member& m) {
    if (is_among(decoration, m.first)) return true;
    const json::value* const other = b.find(m.first);
    return other != nullptr && same(m.second, *other);
  });
}

bool same_quantity(const json::value& a, const json::value& b) {
  const bool coded = a.find("code") != nullptr && b.find("code") != nullptr;
  const std::string_view unit = coded ? "code" : "unit";
  return same(*a.find("value"), *b.find("value")) && a.string_at(unit) == b.string_at(unit) &&
         a.string_at("comparator") == b.string_at("comparator");
}

bool both_have(const json::value& a, const json::value& b, std::string_view key) {
  return a.find(key) != nullptr && b.find(key) != nullptr;
}

bool same_object(const json::value& a, const json::value& b) {
  const bool quantity = both_have(a, b, "value") && a.find("value")->is_number();
  if (quantity) return same_quantity(a, b);
  if (both_have(a, b, "reference")) return same_reference(a, b);
  const bool may_be_concept = a.find("coding") != nullptr || b.find("coding") != nullptr ||
                              (both_have(a, b, "text") && a.if_object()->size() == 1);
  if (may_be_concept) return same_concept(a, b);
  return covers(*a.if_object(), *b.if_object()) && covers(*b.if_object(), *a.if_object());
}

bool same_text(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto moment = parse_moment(a);
  return moment && moment == parse_moment(b);
}

bool same(const json::value& a, const json::value& b) {
  if (a.if_object() != nullptr && b.if_object() != nullptr) return same_object(a, b);
  if (a.if_array() != nullptr && b.if_array() != nullptr) return same_list(*a.if_array(), *b.if_array());
  if (a.if_string() != nullptr && b.if_string() != nullptr) return same_text(*a.if_string(), *b.if_string());
  if (a.is_number() && b.is_number()) return a == b || a.to_double().value_or(0) == b.to_double().value_or(1);
  return a == b;
}

}  // namespace

std::vector<std::string> relevant_elements(const json::value& resource) {
  for (const relevant& one : table())
    if (one.type == type_of(resource)) return {one.elements.begin(), one.elements.end()};
  std::set<std::string> names;
  if (const json::object* const members = resource.if_object())
    for (const auto& [name, content] : *members)
      if (!is_among(housekeeping, name)) names.insert(name);
  return {names.begin(), names.end()};
}

std::vector<std::string> changed_elements(const json::value& meant, const json::value& stored) {
  std::set<std::string> names;
  for (auto& name : relevant_elements(meant)) names.insert(std::move(name));
  for (auto& name : relevant_elements(stored)) names.insert(std::move(name));
  std::vector<std::string> changed;
  for (const auto& name : names) {
    const json::value* const ours = meant.at_path(name);
    const json::value* const theirs = stored.at_path(name);
    if (ours == nullptr && theirs == nullptr) continue;
    if (ours == nullptr || theirs == nullptr || !same(*ours, *theirs)) changed.push_back(name);
  }
  return changed;
}

}  // namespace epicenter::fhir
