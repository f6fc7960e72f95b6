#include <algorithm>
#include <array>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/write_match.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::epic {
namespace {

constexpr duration max_apart = 2min;

bool same_reference(const json::value& sent, const json::value& found, std::string_view path) {
  const auto one = fhir::reference_at(sent, path);
  const auto other = fhir::reference_at(found, path);
  return one && other && one->type == other->type && one->id == other->id;
}

// One of the codes that were sent is there: Epic adds its own beside them.
bool same_concept(const json::value& sent, const json::value& found, std::string_view path) {
  const json::value* const concept_sent = sent.at_path(path);
  const json::value* const codings = concept_sent == nullptr ? nullptr : concept_sent->find("coding");
  const json::array* const all = codings == nullptr ? nullptr : codings->if_array();
  return all != nullptr && std::any_of(all->begin(), all->end(), [&](const json::value& one) {
           return fhir::has_coding(found, path, one.string_at("system"), one.string_at("code"));
         });
}

bool same_text(const json::value& sent, const json::value& found, std::string_view path) {
  return sent.string_at(path) == found.string_at(path);
}

bool same_time(const json::value& sent, const json::value& found, std::string_view path, duration apart) {
  const auto one = parse_fhir_time(sent.string_at(path));
  const auto other = parse_fhir_time(found.string_at(path));
  return one && other && (*one > *other ? *one - *other : *other - *one) <= apart;
}

bool same_number(const json::value& sent, const json::value& found, std::string_view path) {
  const json::value* const one = sent.at_path(path);
  const json::value* const other = found.at_path(path);
  if (one == nullptr || other == nullptr) return false;
  const auto a = one->to_double();
  const auto b = other->to_double();
  return a && b && !(*a < *b) && !(*b < *a);
}

// Each component that was sent is there with its value, wherever it stands.
bool same_components(const json::value& sent, const json::value& found) {
  const json::value* const mine = sent.find("component");
  const json::value* const theirs = found.find("component");
  const json::array* const all = mine == nullptr ? nullptr : mine->if_array();
  const json::array* const filed = theirs == nullptr ? nullptr : theirs->if_array();
  if (all == nullptr || filed == nullptr) return false;
  return std::all_of(all->begin(), all->end(), [&](const json::value& one) {
    return std::any_of(filed->begin(), filed->end(), [&](const json::value& other) {
      return same_concept(one, other, "code") && same_number(one, other, "valueQuantity.value");
    });
  });
}

enum class compared_as { reference, coded, text, time, number, components };
struct element {
  std::string_view path;
  compared_as how;
};
// Of all types: what is not sent is not compared. Left out: texts of codes, categories, and who recorded it,
// which Epic writes as it likes.
constexpr std::array<element, 22> elements{{
    {"subject", compared_as::reference},
    {"patient", compared_as::reference},
    {"encounter", compared_as::reference},
    {"context.encounter.0", compared_as::reference},
    {"requester", compared_as::reference},
    {"code", compared_as::coded},
    {"medicationCodeableConcept", compared_as::coded},
    {"type", compared_as::coded},
    {"clinicalStatus", compared_as::coded},
    {"verificationStatus", compared_as::coded},
    {"reaction.0.manifestation.0", compared_as::coded},
    {"reaction.0.severity", compared_as::text},
    {"status", compared_as::text},
    {"docStatus", compared_as::text},
    {"intent", compared_as::text},
    {"priority", compared_as::text},
    {"dosageInstruction.0.text", compared_as::text},
    {"note.0.text", compared_as::text},
    {"effectiveDateTime", compared_as::time},
    {"valueQuantity.value", compared_as::number},
    {"valueQuantity.code", compared_as::text},
    {"component", compared_as::components},
}};

bool is_same(const element& what, const json::value& sent, const json::value& found) {
  switch (what.how) {
    case compared_as::reference:
      return same_reference(sent, found, what.path);
    case compared_as::coded:
      return same_concept(sent, found, what.path);
    case compared_as::text:
      return same_text(sent, found, what.path);
    case compared_as::time:
      return same_time(sent, found, what.path, 1s);
    case compared_as::number:
      return same_number(sent, found, what.path);
    case compared_as::components:
      break;
  }
  return same_components(sent, found);
}

bool is_void(const json::value& found) {
  const std::string_view status = found.string_at("status");
  if (status == "entered-in-error" || status == "revoked" || status == "cancelled") return true;
  const std::string_view certainty = found.string_at("verificationStatus.coding.0.code");
  return certainty == "entered-in-error" || certainty == "refuted";
}

bool same_order(const json::value& sent, const json::value& found, std::string_view code) {
  return same_concept(sent, found, code) && same_time(sent, found, "authoredOn", max_apart) &&
         same_reference(sent, found, "requester");
}

bool same_reading(const json::value& sent, const json::value& found) {
  const bool value = sent.find("component") != nullptr ? same_components(sent, found)
                                                       : same_number(sent, found, "valueQuantity.value");
  return value && same_concept(sent, found, "code") && same_time(sent, found, "effectiveDateTime", max_apart);
}

}  // namespace

bool has_fingerprint(std::string_view type) {
  return type == "ServiceRequest" || type == "MedicationRequest" || type == "Observation";
}

bool has_likeness(std::string_view type) {
  return type != "DocumentReference";
}

bool looks_like(const json::value& sent, const json::value& found) {
  const std::string_view type = fhir::type_of(sent);
  if (fhir::type_of(found) != type || is_void(found)) return false;
  if (type == "AllergyIntolerance")
    return same_reference(sent, found, "patient") && same_concept(sent, found, "code");
  if (!same_reference(sent, found, "subject")) return false;
  if (type == "Condition") return same_concept(sent, found, "code");
  if (type == "ServiceRequest") return same_order(sent, found, "code");
  if (type == "MedicationRequest") return same_order(sent, found, "medicationCodeableConcept");
  return type == "Observation" && same_reading(sent, found);
}

std::vector<std::string> altered_elements(const json::value& sent, const json::value& filed) {
  std::vector<std::string> altered;
  for (const auto& one : elements) {
    if (sent.at_path(one.path) == nullptr) continue;
    if (!is_same(one, sent, filed)) altered.emplace_back(one.path);
  }
  return altered;
}

}  // namespace epicenter::epic
