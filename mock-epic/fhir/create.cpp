#include "mock-epic/fhir/create.hpp"

#include <algorithm>
#include <epicenter/json/parse.hpp>

#include "mock-epic/data/build.hpp"
#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view ssn_oid = "urn:oid:2.16.840.1.113883.4.1";
constexpr std::string_view ssn_url = "http://hl7.org/fhir/sid/us-ssn";

answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              std::string expression, std::string rule) {
  const issue why{"fatal", code, epic_code, std::move(diagnostics), std::move(expression)};
  return answer_outcome(status, why, std::move(rule));
}

bool is_present(const json::value& leaf) {
  if (const std::string* text = leaf.if_string()) return !text->empty();
  if (const json::array* list = leaf.if_array()) return !list->empty();
  if (const json::object* object = leaf.if_object()) return !object->empty();
  return !leaf.is_null();
}

std::string_view ssn_of(const json::value& patient) {
  std::string_view found;
  walk(patient, "identifier", [&](const json::value& one) {
    const std::string_view system = one.string_at("system");
    if (system == ssn_oid || system == ssn_url) found = one.string_at("value");
    return !found.empty();
  });
  return found;
}

bool is_base64(std::string_view text) {
  const std::size_t data = text.find_last_not_of('=') + 1;
  return text.size() % 4 == 0 && text.size() - data <= 2 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(data), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
                  c == '/';
         });
}

/// Epic makes a problem-list item of whatever category was sent (captured).
void make_problem_list_item(json::object& condition) {
  json::array categories;
  categories.push_back(
      data::concept_of(data::coded{"http://terminology.hl7.org/CodeSystem/condition-category",
                                   "problem-list-item", "Problem List Item"},
                       "Problem List Item"));
  condition.set("category", std::move(categories));
}

}  // namespace

creator::creator(store& s, bool orders, runtime::random_stream ids) : store_(s), orders_(orders), ids_(ids) {}

answer creator::create(const type_rules& rules, std::string_view text, bool representation, wall_time now) {
  if (rules.create == creation::no) {
    answer refused = answer_empty(405, "create_not_offered");
    refused.response.fields.set("Allow", "GET");
    return refused;
  }
  if (rules.create == creation::orders && !orders_) return answer_empty(403, "orders_not_offered");
  auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object())
    return refuse(400, "structure", "59105", "The body is not a JSON object.", "", "create_structure");
  if (parsed->string_at("resourceType") != rules.name())
    return refuse(400, "structure", "59105", "resourceType does not match the URL.", "resourceType",
                  "create_structure");
  if (auto refused = refuse_incomplete(rules, *parsed)) return std::move(*refused);
  if (auto refused = refuse_references(rules, *parsed)) return std::move(*refused);
  if (auto refused = refuse_by_type(rules, *parsed)) return std::move(*refused);
  return file(rules, std::move(*parsed), representation, now);
}

std::optional<answer> creator::refuse_incomplete(const type_rules& rules, const json::value& body) const {
  for (const required_element& element : rules.required) {
    const std::string path(element.path);
    if (!walk(body, path, is_present))
      return refuse(400, "required", "59108", "Required element missing: " + path, path, "create_required");
    if (element.allowed.empty()) continue;
    const bool allowed = walk(body, path, [&](const json::value& leaf) {
      const std::string* text = leaf.if_string();
      return text &&
             std::find(element.allowed.begin(), element.allowed.end(), *text) != element.allowed.end();
    });
    if (!allowed)
      return refuse(400, "value", "59111", "Required element invalid: " + path, path, "create_value");
  }
  return std::nullopt;
}

std::optional<answer> creator::refuse_references(const type_rules& rules, const json::value& body) {
  if (rules.subject.empty()) return std::nullopt;
  const std::string path(rules.subject);
  const std::string patient(id_of_reference(first_string(body, path + ".reference")));
  if (!store_.has_patient(patient))
    return refuse(400, "not-found", "59144", "Invalid subject received", path, "create_subject");
  for (const std::string_view where : {"encounter", "context.encounter"}) {
    const std::string_view reference = first_string(body, std::string(where) + ".reference");
    if (reference.empty()) continue;
    const resource_ptr visit = store_.find(type_id::encounter, id_of_reference(reference));
    if (!visit || visit->patient() != patient)
      return refuse(400, "not-found", "59144", "Valid encounter required", std::string(where),
                    "create_encounter");
  }
  return std::nullopt;
}

std::optional<answer> creator::refuse_by_type(const type_rules& rules, const json::value& body) {
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
      break;
    case type_id::observation:
      for (const resource_ptr& held : store_.of_patient(
               type_id::observation, id_of_reference(first_string(body, "subject.reference")))) {
        if (held->value().string_at("effectiveDateTime") == body.string_at("effectiveDateTime") &&
            first_string(held->value(), "code.coding.code") == first_string(body, "code.coding.code"))
          return refuse(400, "duplicate", "59189", "Reading already exists", "code/instant",
                        "create_reading_exists");
      }
      break;
    case type_id::document_reference:
      if (!is_base64(first_string(body, "content.attachment.data")))
        return refuse(400, "value", "59111", "Required element invalid: content.attachment.data",
                      "content.attachment.data", "create_value");
      break;
    case type_id::patient:
      if (ssn_of(body).empty())
        return refuse(400, "required", "59108", "Required element missing: identifier (ssn)",
                      "identifier (ssn)", "create_required");
      break;
    default:
      break;
  }
  return std::nullopt;
}

resource_ptr creator::matching_patient(const json::value& body) {
  for (const resource_ptr& known : store_.by_identifier(type_id::patient, ssn_of(body)))
    if (ssn_of(known->value()) == ssn_of(body) &&
        known->value().string_at("birthDate") == body.string_at("birthDate"))
      return known;
  return nullptr;
}

answer creator::file(const type_rules& rules, json::value body, bool representation, wall_time now) {
  resource_ptr kept = rules.id == type_id::patient ? matching_patient(body) : nullptr;
  answer made = answer_empty(201, kept ? "patient_matched" : "");
  if (!kept) {
    std::string id = rules.held ? data::make_held_id(ids_) : data::make_id(ids_);
    json::object content;
    content.set("resourceType", rules.name());
    content.set("id", id);
    const auto lost = [&](std::string_view key) {
      return key == "resourceType" || key == "id" || key == "meta" ||
             std::find(rules.not_kept.begin(), rules.not_kept.end(), key) != rules.not_kept.end();
    };
    for (auto& [key, value] : *body.if_object())
      if (!lost(key)) content.set(key, std::move(value));
    if (rules.id == type_id::condition) make_problem_list_item(content);
    std::string patient =
        rules.subject.empty()
            ? id
            : std::string(id_of_reference(first_string(content, std::string(rules.subject) + ".reference")));
    kept = store_.file(rules.id, std::move(id), std::move(patient), std::move(content), !rules.held, now);
    made.filed.push_back({std::string(first_string(kept->value(), "identifier.value")),
                          std::string(rules.name()) + "/" + kept->id(), filed::action::created,
                          kept->version()});
  }
  made.response.fields.set("Location", std::string(rules.name()) + "/" + kept->id());
  if (representation) made.response.body = served_text(*kept, orders_);
  return made;
}

}  // namespace epicenter::mock::fhir
