#include "mock-epic/fhir/epic_rules.hpp"

#include <algorithm>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/primitive.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

bool is_present(const json::value& leaf) {
  if (const auto text = leaf.if_string()) return !text->empty();
  if (const json::array* list = leaf.if_array()) return !list->empty();
  if (const json::object* object = leaf.if_object()) return !object->empty();
  return !leaf.is_null();
}

bool has_code(const json::value& of, std::string_view loinc) {
  return walk(of, "code.coding.code",
              [&](const json::value& code) { return code.if_string() && *code.if_string() == loinc; });
}

bool is_same_moment(std::string_view a, std::string_view b) {
  const auto left = data::parse_date(a);
  const auto right = data::parse_date(b);
  return left && right && left->begin == right->begin;
}

bool is_over(const resource& encounter) {
  const std::string_view status = encounter.value().string_at("status");
  return status == "finished" || status == "cancelled" || status == "entered-in-error";
}

/// Vital signs go into a flowsheet: its rows, its notes of at most 254 characters, each reading once.
std::optional<answer> refuse_vital(const json::value& body, store& in, bool again) {
  std::string_view loinc;
  walk(body, "code.coding.code", [&](const json::value& code) {
    if (const auto text = code.if_string(); text && is_vital_sign(*text)) loinc = *text;
    return !loinc.empty();
  });
  if (loinc.empty())
    return refuse(400, "business-rule", "59188", "No single vitals row for the codes", "code",
                  "create_vital");
  if (loinc == "85354-9" || loinc == "55284-4") {
    for (const std::string_view part : {"8480-6", "8462-4"}) {
      const bool there = walk(body, "component", [&](const json::value& one) { return has_code(one, part); });
      if (!there)
        return refuse(400, "required", "59108", "Required element missing: component " + std::string(part),
                      "component", "create_required");
    }
  }
  const bool too_long = walk(body, "note.text", [](const json::value& text) {
    return text.if_string() && text.if_string()->size() > 254;
  });
  if (too_long)
    return refuse(400, "value", "59111", "A note has at most 254 characters.", "note", "create_note");
  const resource_ptr visit =
      in.find(type_id::encounter, id_of_reference(first_string(body, "encounter.reference")));
  if (visit && is_over(*visit))
    return refuse(400, "not-found", "59144", "Valid encounter required", "encounter", "create_encounter");
  const std::string patient(id_of_reference(first_string(body, "subject.reference")));
  if (again) return std::nullopt;
  for (const resource_ptr& held : in.of_patient(type_id::observation, patient))
    if (has_code(held->value(), loinc) &&
        is_same_moment(held->value().string_at("effectiveDateTime"), body.string_at("effectiveDateTime")))
      return refuse(400, "duplicate", "59189", "Reading already exists", "code/instant",
                    "create_reading_exists");
  return std::nullopt;
}

}  // namespace

std::optional<answer> refuse_incomplete(const type_rules& rules, const json::value& body, bool orders) {
  if (orders && rules.create != creation::orders) return std::nullopt;
  for (const required_element& element : rules.required) {
    const std::string path(element.path);
    if (!walk(body, path, is_present))
      return refuse(400, "required", "59108", "Required element missing: " + path, path, "create_required");
    if (element.allowed.empty() || orders) continue;
    const bool allowed = walk(body, path, [&](const json::value& leaf) {
      const auto text = leaf.if_string();
      if (!text) return false;
      // "text/plain; charset=utf-8" is text/plain (captured).
      const std::string_view bare = std::string_view(*text).substr(0, text->find(';'));
      return std::find(element.allowed.begin(), element.allowed.end(), bare) != element.allowed.end();
    });
    if (!allowed)
      return refuse(400, "value", "59111", "Required element invalid: " + path, path, "create_value");
  }
  return std::nullopt;
}

std::optional<answer> refuse_strangers(const type_rules& rules, const json::value& body, store& in,
                                       bool orders) {
  if (rules.subject.empty()) return std::nullopt;
  const std::string path(rules.subject);
  const std::string patient(id_of_reference(first_string(body, path + ".reference")));
  if (!orders && !in.has_patient(patient))
    return refuse(400, "not-found", "59144", "Invalid subject received", path, "create_subject");
  for (const std::string_view where : {"encounter", "context.encounter"}) {
    const std::string_view reference = first_string(body, std::string(where) + ".reference");
    if (reference.empty()) continue;
    const resource_ptr visit = in.find(type_id::encounter, id_of_reference(reference));
    if (orders && !visit) continue;
    if (!visit || visit->patient() != patient)
      return refuse(400, "not-found", "59144", "Valid encounter required", std::string(where),
                    "create_encounter");
  }
  return std::nullopt;
}

std::optional<answer> refuse_by_type(const type_rules& rules, const json::value& body, store& in,
                                     bool again) {
  const std::string_view verification = first_string(body, "verificationStatus.coding.code");
  switch (rules.id) {
    case type_id::allergy_intolerance: {
      if (!verification.empty() && verification != "unconfirmed")
        return refuse(422, "not-supported", "59012",
                      "Only a verificationStatus of 'unconfirmed' is supported.", "verificationStatus",
                      "create_verification");
      const bool several = walk(body, "reaction", [](const json::value& reaction) {
        const json::value* list = reaction.find("manifestation");
        return list && list->if_array() && list->if_array()->size() > 1;
      });
      if (several)
        return refuse(400, "value", "59111", "One manifestation per reaction.", "reaction/manifestation",
                      "create_manifestation");
      break;
    }
    case type_id::condition:
      if (!verification.empty() && verification != "provisional")
        return refuse(422, "not-supported", "59012",
                      "Only a verificationStatus of 'provisional' is supported.", "verificationStatus",
                      "create_verification");
      if (first_string(body, "code.text").empty() && first_string(body, "code.coding.display").empty())
        return refuse(400, "required", "59108", "Required element missing: code.text", "code",
                      "create_required");
      if (walk(body, "note.text",
               [](const json::value& text) { return text.if_string() && text.if_string()->size() > 450; }))
        return refuse(400, "value", "59111", "A note has at most 450 characters.", "note", "create_note");
      break;
    case type_id::observation:
      return refuse_vital(body, in, again);
    case type_id::document_reference:
      if (!is_valid(primitive::base64_binary, first_string(body, "content.attachment.data")))
        return refuse(400, "value", "59111", "Required element invalid: content.attachment.data",
                      "content.attachment.data", "create_value");
      break;
    case type_id::patient:
      if (social_security_number(body).empty())
        return refuse(400, "required", "59108", "Required element missing: identifier (ssn)",
                      "identifier (ssn)", "create_required");
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
