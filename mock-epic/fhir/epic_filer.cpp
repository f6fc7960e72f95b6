#include "mock-epic/fhir/epic_filer.hpp"

#include "mock-epic/data/build.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view ssn_oid = "urn:oid:2.16.840.1.113883.4.1";
constexpr std::string_view ssn_url = "http://hl7.org/fhir/sid/us-ssn";

/// "not-yet-known" as Epic shows it: "Not Yet Known".
std::string title_of(std::string_view code) {
  std::string made(code);
  bool start = true;
  for (char& c : made) {
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-') c = ' ';
    start = c == ' ';
  }
  return made;
}

json::value status_of(std::string_view system, std::string_view code) {
  const std::string title = title_of(code);
  return json::object{
      {"coding", json::array{json::object{
                     {"system", system}, {"version", "4.0.0"}, {"code", code}, {"display", title}}}},
      {"text", title}};
}

/// Status elements have version, display and text, whatever was sent (captured).
void rewrite_status(json::object& content, std::string_view key, std::string_view system) {
  json::value* const status = content.find(key);
  if (!status) return;
  const std::string code(first_string(*status, "coding.code"));
  if (!code.empty()) *status = status_of(system, code);
}

/// The text is Epic's own afterwards; where there are codes it is left out (captured).
void drop_text(json::object& content, std::string_view key) {
  json::value* const code = content.find(key);
  if (code && code->find("coding")) code->if_object()->erase("text");
}

void set_known(json::object& to, const json::object& from, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const json::value* member = from.find(key)) to.set(std::string(key), *member);
}

}  // namespace

std::string_view social_security_number(const json::value& patient) {
  std::string_view found;
  walk(patient, "identifier", [&](const json::value& one) {
    const std::string_view system = one.string_at("system");
    if (system == ssn_oid || system == ssn_url) found = one.string_at("value");
    return !found.empty();
  });
  return found;
}

resource_ptr epic_filer::matching_patient(const json::value& body) {
  const std::string_view number = social_security_number(body);
  hits known = store_.by_identifier(type_id::patient, number);
  if (const auto at = by_security_number_.find(number); at != by_security_number_.end())
    for (const std::string& id : at->second)
      if (resource_ptr one = store_.find(type_id::patient, id)) known.push_back(std::move(one));
  for (const resource_ptr& one : known)
    if (one->value().string_at("birthDate") == body.string_at("birthDate")) return one;
  return nullptr;
}

json::value epic_filer::subject_of(const json::object& content, std::string_view key) {
  const json::value* given = content.find(key);
  if (!given) return nullptr;
  const std::string id(id_of_reference(given->string_at("reference")));
  const resource_ptr patient = store_.find(type_id::patient, id);
  if (!patient || patient->deleted()) return *given;
  const json::value& who = patient->value();
  const std::string name =
      std::string(first_string(who, "name.family")) + ", " + std::string(first_string(who, "name.given"));
  return data::reference("Patient", id, name);
}

json::value epic_filer::encounter_of(std::string_view reference) {
  const std::string id(id_of_reference(reference));
  const resource_ptr visit = store_.find(type_id::encounter, id);
  json::object made{{"reference", "Encounter/" + id}};
  if (!visit || visit->deleted()) return made;
  made.set("identifier", json::object{{"use", "usual"},
                                      {"system", data::csn_system},
                                      {"value", first_string(visit->value(), "identifier.value")}});
  const std::string_view kind = first_string(visit->value(), "type.text");
  made.set("display", kind.empty() ? std::string_view("Office Visit") : kind);
  return made;
}

json::object epic_filer::file(const type_rules& rules, json::object content, runtime::random_stream& ids,
                              wall_time now) {
  switch (rules.id) {
    case type_id::condition:
      return file_problem(std::move(content));
    case type_id::allergy_intolerance:
      return file_allergy(std::move(content));
    case type_id::observation:
      return file_vital(std::move(content), now);
    case type_id::document_reference:
      return file_note(std::move(content), ids, now);
    case type_id::patient:
      return file_patient(std::move(content), ids, now);
    default:
      break;
  }
  if (!rules.subject.empty() && content.find(rules.subject))
    content.set(std::string(rules.subject), subject_of(content, rules.subject));
  return content;
}

json::object epic_filer::file_problem(json::object content) {
  constexpr std::string_view systems = "http://terminology.hl7.org/CodeSystem/condition-";
  rewrite_status(content, "clinicalStatus", std::string(systems) + "clinical");
  rewrite_status(content, "verificationStatus", std::string(systems) + "ver-status");
  // Whatever category was sent: it is filed as a problem.
  const data::coded problem{"http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item",
                            "Problem List Item"};
  content.set("category", json::array{data::concept_of(problem, problem.display)});
  drop_text(content, "code");
  content.set("subject", subject_of(content, "subject"));
  json::object made;
  set_known(made, content,
            {"resourceType", "id", "identifier", "clinicalStatus", "verificationStatus", "category",
             "severity", "code", "bodySite", "subject", "note"});
  return made;
}

json::object epic_filer::file_allergy(json::object content) {
  constexpr std::string_view systems = "http://terminology.hl7.org/CodeSystem/allergyintolerance-";
  rewrite_status(content, "clinicalStatus", std::string(systems) + "clinical");
  rewrite_status(content, "verificationStatus", std::string(systems) + "verification");
  drop_text(content, "code");
  content.set("patient", subject_of(content, "patient"));
  return content;
}

}  // namespace epicenter::mock::fhir
