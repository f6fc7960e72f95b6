// Allergies, problems and notes. Allergies and problems carry no encounter: Epic files them on the chart and
// drops it. They wait in the holding tank for a clinician.
#include <algorithm>
#include <array>
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/write_content.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_note_bytes = 1024 * 1024;
constexpr std::size_t max_problem_note = 450;

json::value status_of(std::string_view code_system, std::string_view code) {
  return concept_of("http://terminology.hl7.org/CodeSystem/" + std::string(code_system), code, {});
}

result<> check_reaction(const allergy& what) {
  constexpr std::array<std::string_view, 3> severities{"mild", "moderate", "severe"};
  if (what.reaction.empty()) {
    if (what.severity.empty()) return {};
    return fail(errc::invalid_argument, "a severity is of a reaction, and there is none");
  }
  const bool known = what.severity.empty() ||
                     std::find(severities.begin(), severities.end(), what.severity) != severities.end();
  if (!known) return fail(errc::invalid_argument, "the severity is not mild, moderate or severe");
  return check_coded(what.reaction, {snomed_system}, "the reaction");
}

}  // namespace

result<write_content> content_of(const allergy& what, const content_rules& rules) {
  const auto& who = what.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  const auto& substance = what.substance;
  if (auto checked = check_coded(substance, {rxnorm_system, snomed_system}, "the substance"); !checked)
    return fail(std::move(checked.error()));
  if (auto checked = check_reaction(what); !checked) return fail(std::move(checked.error()));
  json::object made{
      {"resourceType", "AllergyIntolerance"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"clinicalStatus", status_of("allergyintolerance-clinical", "active")},
      {"verificationStatus", status_of("allergyintolerance-verification", "unconfirmed")},
      {"code", concept_of(substance.system, substance.code, substance.display)},
      {"patient", reference_to("Patient", who.patient)},
      {"recorder", user_of(who)},
  };
  if (!what.reaction.empty()) {
    // Epic takes one manifestation a reaction.
    json::object reaction{{"manifestation", list_of(concept_of(what.reaction.system, what.reaction.code,
                                                               what.reaction.display))}};
    if (!what.severity.empty()) reaction.set("severity", what.severity);
    made.set("reaction", list_of(std::move(reaction)));
  }
  return write_content{
      operation_kind::add_allergy, json::value(std::move(made)),
      hash_of({"add_allergy", who.patient, who.encounter, who.user, substance.system, substance.code,
               substance.display, what.reaction.code, what.reaction.display, what.severity})};
}

result<write_content> content_of(const problem& what, const content_rules& rules) {
  const auto& who = what.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  const auto& condition = what.condition;
  if (auto checked = check_coded(condition, {snomed_system, icd10cm_system}, "the condition"); !checked)
    return fail(std::move(checked.error()));
  if (auto checked = check_text(what.note, max_problem_note, "the problem's note"); !checked)
    return fail(std::move(checked.error()));
  json::object made{
      {"resourceType", "Condition"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"clinicalStatus", status_of("condition-clinical", "active")},
      {"verificationStatus", status_of("condition-ver-status", "provisional")},
      {"category", list_of(status_of("condition-category", "problem-list-item"))},
      {"code", concept_of(condition.system, condition.code, condition.display)},
      {"subject", reference_to("Patient", who.patient)},
      {"recorder", user_of(who)},
  };
  if (!what.note.empty()) made.set("note", list_of(text_of(what.note)));
  return write_content{operation_kind::add_problem, json::value(std::move(made)),
                       hash_of({"add_problem", who.patient, who.encounter, who.user, condition.system,
                                condition.code, condition.display, what.note})};
}

result<write_content> content_of(const note& what, const content_rules& rules) {
  const auto& who = what.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  if (!is_loinc(what.loinc)) return fail(errc::invalid_argument, "the note's type is no LOINC code");
  if (what.text.empty() || what.text.size() > max_note_bytes) {
    return fail(errc::invalid_argument, "the note has no text, or more than 1 MiB");
  }
  json::object attachment{{"contentType", "text/plain"}, {"data", base64(what.text)}};
  json::object context{{"encounter", list_of(reference_to("Encounter", who.encounter))}};
  json::object made{
      {"resourceType", "DocumentReference"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"status", "current"},
      {"docStatus", "preliminary"},
      {"type", concept_of(loinc_system, what.loinc, {})},
      {"category",
       list_of(concept_of("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                          "clinical-note", {}))},
      {"subject", reference_to("Patient", who.patient)},
      {"date", format_fhir_time(rules.now, rules.zone)},
      {"author", list_of(user_of(who))},
      {"content", list_of(json::object{{"attachment", std::move(attachment)}})},
      {"context", std::move(context)},
  };
  return write_content{operation_kind::file_note, json::value(std::move(made)),
                       hash_of({"file_note", who.patient, who.encounter, who.user, what.loinc, what.text})};
}

}  // namespace epicenter::epic
