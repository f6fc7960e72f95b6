// What surrounds care: consents, questionnaires, tasks, where things came from.
#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::minutes;

}  // namespace

void chart_writer::write_papers() {
  const visit& now = visits_.front();
  start(type_id::consent);
  out().add(R"(,"status":"active","scope":)");
  add_concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent",
              "Privacy Consent");
  out().add(R"(,"category":[)");
  add_concept(loinc, "59284-0", "Consent Document", "HIPAA Notice of Privacy");
  out().add(R"(],"patient":)", subject_, R"(,"dateTime":")", format_instant(visits_.back().start),
            R"(","organization":[{)", shared_.hospital().reference, R"(}],"policyRule":)");
  add_concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN", "opt-in", "Opt In");
  finish();

  if (age_ >= 12) write_questionnaire(now);

  start(type_id::task);
  out().add(R"(,"status":"requested","intent":"order","priority":"routine","code":)");
  add_concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill", "Fulfill the focal request",
              "Call the patient with results");
  out().add(R"(,"description":"Call the patient with the results of the last visit","for":)", subject_,
            R"(,"encounter":)", now.reference, R"(,"authoredOn":")", format_instant(now.start + minutes(50)),
            R"(","lastModified":")", format_instant(now.start + minutes(50)), R"(","requester":{)",
            now.doctor->reference, R"(},"owner":{)", shared_.nurse().reference, '}');
  finish();

  start(type_id::communication);
  out().add(R"(,"status":"completed","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/communication-category", "notification", "Notification",
              "Notification");
  out().add(
      R"(],"subject":)", subject_, R"(,"encounter":)", now.reference, R"(,"sent":")",
      format_instant(now.start + minutes(55)), R"(","recipient":[)", subject_, R"(],"sender":{)",
      now.doctor->reference,
      R"(},"payload":[{"contentString":"Your visit summary is ready. Please call us with any question."}])");
  finish();

  write_provenance(type_id::patient, who_.id, visits_.back(), visits_.back().start);
  if (!newest_note_.empty())
    write_provenance(type_id::document_reference, newest_note_, now, now.start + minutes(46));
}

void chart_writer::write_questionnaire(const visit& at) {
  const auto first = static_cast<std::int64_t>(random_.below(has(effect::none) ? 3 : 2));
  const auto second = static_cast<std::int64_t>(random_.below(2));
  const std::string response = start(type_id::questionnaire_response);
  out().add(
      R"(,"questionnaire":"https://epic.example/Questionnaire/phq-2","status":"completed","subject":)",
      subject_, R"(,"encounter":)", at.reference, R"(,"authored":")", format_instant(at.start + minutes(4)),
      R"(","source":)", subject_, R"(,"item":[)",
      R"({"linkId":"/44250-9","text":"Little interest or pleasure in doing things","answer":[{"valueInteger":)",
      first, R"(}]},{"linkId":"/44255-8","text":"Feeling down, depressed, or hopeless","answer":[{)",
      R"("valueInteger":)", second, R"(}]},{"linkId":"/55758-7","text":"Total score","answer":[{)",
      R"("valueInteger":)", first + second, "}]}]");
  finish();
  start(type_id::observation);
  out().add(R"(,"status":"final","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey", "Survey");
  out().add(R"(],"code":)");
  add_concept(loinc, "55758-7", "Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]",
              "PHQ-2 total score");
  out().add(R"(,"subject":)", subject_, R"(,"encounter":)", at.reference, R"(,"effectiveDateTime":")",
            format_instant(at.start + minutes(4)), R"(","issued":")", format_instant(at.start + minutes(5)),
            R"(","performer":[)", subject_, R"(],"valueQuantity":{"value":)", first + second,
            R"(,"unit":"{score}","system":")", ucum,
            R"(","code":"{score}"},"derivedFrom":[{"reference":"QuestionnaireResponse/)", response,
            R"(","display":"PHQ-2"}])");
  finish();
}

void chart_writer::write_provenance(type_id type, const std::string& target, const visit& at,
                                    wall_time recorded) {
  start(type_id::provenance);
  out().add(R"(,"target":[{"reference":")", fhir::name_of(type), '/', target, R"("}],"recorded":")",
            format_instant(recorded), R"(","agent":[{"type":)");
  add_concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author", "Author",
              "Author");
  out().add(R"(,"who":{)", at.doctor->reference, R"(},"onBehalfOf":{)", shared_.hospital().reference,
            R"(}},{"type":)");
  add_concept("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type", "transmitter",
              "Transmitter", "Transmitter");
  out().add(R"(,"who":{)", shared_.hospital().reference, "}}]");
  finish();
}

}  // namespace epicenter::mock::data
