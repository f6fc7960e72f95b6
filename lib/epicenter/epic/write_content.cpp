#include <algorithm>
#include <array>
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/write_content.hpp>
#include <epicenter/fhir/reference.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_note_bytes = 1024 * 1024;
constexpr std::size_t max_display_bytes = 256;
constexpr std::string_view loinc_system = "http://loinc.org";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "58410-2": digits, a hyphen, a check digit.
bool is_loinc(std::string_view code) {
  if (code.size() < 3 || code.size() > 9 || code[code.size() - 2] != '-' || !is_digit(code.back()))
    return false;
  return std::all_of(code.begin(), code.end() - 2, is_digit);
}

result<> check_who(const write_request& who, bool encounter_needed) {
  if (!is_operation_id(who.operation)) return fail(errc::invalid_argument, "the operation id");
  if (!fhir::is_id(who.patient)) return fail(errc::invalid_argument, "the patient is no FHIR id");
  const bool no_encounter = who.encounter.empty() && !encounter_needed;
  if (!no_encounter && !fhir::is_id(who.encounter)) {
    return fail(errc::invalid_argument, "the encounter is no FHIR id");
  }
  return {};
}

json::value concept_of(std::string_view system, std::string_view code, std::string_view display) {
  json::object coding{{"system", system}, {"code", code}};
  if (!display.empty()) coding.set("display", display);
  json::array codings;
  codings.emplace_back(std::move(coding));
  json::object made{{"coding", std::move(codings)}};
  if (!display.empty()) made.set("text", display);
  return json::value(std::move(made));
}

json::value list_of(json::value one) {
  json::array list;
  list.push_back(std::move(one));
  return json::value(std::move(list));
}

json::value identifiers_of(const std::string& system, const write_request& who) {
  return list_of(json::object{{"system", system}, {"value", who.operation}});
}

json::value reference_to(std::string_view type, const std::string& id) {
  return fhir::make_reference(fhir::reference{std::string(type), id, {}});
}

// The asking user as a Practitioner; nothing where the name is no FHIR id (a log-in name, say).
std::optional<json::value> requester_of(const std::string& user) {
  if (const auto whole = fhir::parse_reference(user)) return fhir::make_reference(*whole);
  if (fhir::is_id(user)) return reference_to("Practitioner", user);
  return std::nullopt;
}

std::string hash_of(std::initializer_list<std::string_view> words) {
  json::array list;
  for (const auto word : words) list.emplace_back(word);
  return sha256_hex(json::write(json::value(std::move(list))));
}

}  // namespace

bool is_operation_id(std::string_view id) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), fits);
}

result<write_content> content_of(const lab_order& order, const std::string& identifier_system,
                                 wall_time now) {
  constexpr std::array<std::string_view, 4> priorities{"routine", "urgent", "asap", "stat"};
  if (auto checked = check_who(order.who, false); !checked) return fail(std::move(checked.error()));
  if (!is_loinc(order.loinc)) return fail(errc::invalid_argument, "the order has no LOINC code");
  if (order.display.size() > max_display_bytes)
    return fail(errc::invalid_argument, "the display is too long");
  if (std::find(priorities.begin(), priorities.end(), order.priority) == priorities.end()) {
    return fail(errc::invalid_argument, "the priority is not routine, urgent, asap or stat");
  }
  json::object made{
      {"resourceType", "ServiceRequest"},
      {"identifier", identifiers_of(identifier_system, order.who)},
      {"status", "active"},
      {"intent", "order"},
      {"priority", order.priority},
      {"category", list_of(concept_of("http://snomed.info/sct", "108252007", "Laboratory procedure"))},
      {"code", concept_of(loinc_system, order.loinc, order.display)},
      {"subject", reference_to("Patient", order.who.patient)},
  };
  if (!order.who.encounter.empty()) made.set("encounter", reference_to("Encounter", order.who.encounter));
  made.set("authoredOn", format_fhir_time(now));
  if (auto requester = requester_of(order.who.user)) made.set("requester", std::move(*requester));
  const auto& who = order.who;
  return write_content{"order_lab", "ServiceRequest", json::value(std::move(made)),
                       hash_of({"order_lab", who.patient, who.encounter, who.user, order.loinc, order.display,
                                order.priority})};
}

result<write_content> content_of(const note& what, const std::string& identifier_system, wall_time now) {
  if (auto checked = check_who(what.who, true); !checked) return fail(std::move(checked.error()));
  if (!is_loinc(what.loinc)) return fail(errc::invalid_argument, "the note's type is no LOINC code");
  if (what.text.empty() || what.text.size() > max_note_bytes) {
    return fail(errc::invalid_argument, "the note has no text, or more than 1 MiB");
  }
  json::object attachment{{"contentType", "text/plain"}, {"data", base64(what.text)}};
  json::object context{{"encounter", list_of(reference_to("Encounter", what.who.encounter))}};
  json::object made{
      {"resourceType", "DocumentReference"},
      {"identifier", identifiers_of(identifier_system, what.who)},
      {"status", "current"},
      {"docStatus", "preliminary"},
      {"type", concept_of(loinc_system, what.loinc, {})},
      {"category",
       list_of(concept_of("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                          "clinical-note", {}))},
      {"subject", reference_to("Patient", what.who.patient)},
      {"date", format_fhir_time(now)},
      {"content", list_of(json::object{{"attachment", std::move(attachment)}})},
      {"context", std::move(context)},
  };
  const auto& who = what.who;
  return write_content{"file_note", "DocumentReference", json::value(std::move(made)),
                       hash_of({"file_note", who.patient, who.encounter, who.user, what.loinc, what.text})};
}

}  // namespace epicenter::epic
