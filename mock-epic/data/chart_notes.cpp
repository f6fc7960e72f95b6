// Clinical notes: prose about the patient's own problems, as HTML and RTF.
#include <fmt/format.h>

#include <array>

#include "mock-epic/data/base64.hpp"
#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::minutes;

struct note_kind {
  std::string_view code;  ///< Epic's
  std::string_view text;
  std::string_view loinc, display;
};
enum kind : std::size_t { progress, consult, history, discharge, emergency };
constexpr std::array<note_kind, 5> kinds{{
    {"1", "Progress Notes", "11506-3", "Progress note"},
    {"2", "Consults", "11488-4", "Consult note"},
    {"4", "H&P", "34117-2", "History and physical note"},
    {"5", "Discharge Summary", "18842-5", "Discharge summary"},
    {"6", "ED Provider Notes", "34111-5", "Emergency department Note"},
}};

struct markup {
  std::string_view content_type, begin, paragraph, end_paragraph, end;
};
constexpr markup html{"text/html", "<div style=\"font-family:Arial\">", "<p>", "</p>", "</div>"};
constexpr markup rtf{"text/rtf", "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs20 ", "", "\\par\n",
                     "}"};

}  // namespace

void chart_writer::write_notes() {
  for (std::size_t i = 0; i < visits_.size() && i < 4; ++i) {
    const visit& at = visits_[i];
    switch (at.kind) {
      case visit_kind::orders_only:
        break;
      case visit_kind::emergency:
        write_note(at, emergency);
        break;
      case visit_kind::inpatient:
        if (!at.open) write_note(at, discharge);
        write_note(at, history);
        break;
      case visit_kind::office:
        write_note(at, i == 1 && random_.below(3) == 0 ? consult : progress);
        break;
    }
  }
}

std::vector<std::string> chart_writer::note_paragraphs(const visit& at, std::size_t which) const {
  const std::string_view name = who_.who.given;
  const std::string_view he = who_.female ? "She" : "He";
  const std::string_view person =
      age_ < 18 ? (who_.female ? "girl" : "boy") : (who_.female ? "woman" : "man");
  const int years = who_.age_on(std::chrono::floor<std::chrono::days>(at.start));
  const std::string age = years > 0 ? fmt::format("{}-year-old", years)
                                    : fmt::format("{}-month-old", (at.start - born_) / std::chrono::days(31));
  std::vector<std::string> made;
  made.push_back(fmt::format("{}, {}",
                             kinds[which].text == "H&P" ? "History and physical" : kinds[which].text,
                             format_date(at.start)));
  std::string story =
      fmt::format("{} {} is a {} {} seen at {}", name, who_.who.family, age, person, at.place->display);
  story += at.why ? fmt::format(" because of {}.", at.why->story) : " for a check of the known problems.";
  made.push_back(std::move(story));
  for (const known_problem& one : problems_)
    if (one.onset <= at.start)
      made.push_back(fmt::format("{} (since {}): {}", one.what->text, format_date(one.onset).substr(0, 4),
                                 one.what->plan));
  std::string drugs;
  for (const given_drug& one : drugs_)
    if (one.since <= at.start)
      drugs += (drugs.empty() ? "" : "; ") + std::string(medications()[one.number].text);
  made.push_back(drugs.empty() ? fmt::format("{} takes no medication.", he) : "Medications: " + drugs + ".");
  if (systolic_ != 0 && years > 3)
    made.push_back(
        fmt::format("Exam: alert, in no distress. Blood pressure around {} systolic. Heart and lungs "
                    "without findings.",
                    systolic_));
  else
    made.push_back("Exam: alert, in no distress. Heart and lungs without findings.");
  if (which == discharge)
    made.push_back(fmt::format("{} recovered well and was discharged home in stable condition.", name));
  made.push_back(fmt::format("Plan: {} Return at once if symptoms get worse.",
                             at.why ? fmt::format("{} is treated as written in the orders.", at.why->text)
                                    : "treatment goes on as above."));
  made.push_back(fmt::format("Signed by {}", at.doctor->display));
  return made;
}

std::string chart_writer::write_binary(std::string_view content_type, std::string_view content) {
  std::string id = start(type_id::binary);
  out().add(R"(,"contentType":")", content_type, R"(","data":")", base64(content), '"');
  finish();
  return id;
}

void chart_writer::write_note(const visit& at, std::size_t which) {
  const note_kind& row = kinds[which];
  const std::vector<std::string> paragraphs = note_paragraphs(at, which);
  std::array<std::string, 2> binaries;
  for (std::size_t i = 0; i < binaries.size(); ++i) {
    const markup& as = i == 0 ? html : rtf;
    std::string content(as.begin);
    for (const std::string& one : paragraphs) {
      content += as.paragraph;
      content += one;
      content += as.end_paragraph;
    }
    content += as.end;
    binaries[i] = write_binary(as.content_type, content);
  }
  const std::string note = number(first_note);
  const wall_time written = at.start + minutes(45);
  const std::string id = start(type_id::document_reference);
  if (newest_note_.empty()) newest_note_ = id;
  out().add(R"(,"identifier":[{"system":")", note_system, R"(","value":")", note,
            R"("},{"system":"urn:oid:1.2.840.114350.1.72.3.15","value":"1.2.840.114350.1.13.0.1.7.2.727879_)",
            note, R"("}],"status":"current","docStatus":"final","type":{"coding":[)",
            R"({"system":"urn:oid:1.2.840.114350.1.13.0.1.7.4.737880.5010","code":")", row.code,
            R"(","display":")", row.text, R"("},{"system":"urn:oid:1.2.840.114350.1.72.727879.69848980",)",
            R"("code":")", row.code, R"(","display":")", row.text, R"("},{"system":")", loinc,
            R"(","code":")", row.loinc, R"(","display":")", row.display,
            R"(","userSelected":true}],"text":")", row.text, R"("},"category":[)");
  add_concept("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note",
              "Clinical Note", "Clinical Note");
  out().add(R"(],"subject":)", subject_, R"(,"date":")", format_instant(written), R"(","author":[{)",
            at.doctor->reference, R"(}],"authenticator":{)", at.doctor->reference, R"(},"custodian":{)",
            shared_.hospital().reference, R"(},"content":[)");
  for (std::size_t i = 0; i < binaries.size(); ++i)
    out().add(i == 0 ? "" : ",", R"({"attachment":{"contentType":")",
              i == 0 ? html.content_type : rtf.content_type, R"(","url":"Binary/)", binaries[i],
              R"("},"format":{"system":"http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem",)",
              R"("code":"urn:ihe:iti:xds:2017:mimeTypeSufficient","display":"mimeType Sufficient"}})");
  out().add(R"(],"context":{"encounter":[)", at.reference, R"(],"period":{"start":")",
            format_instant(at.start), R"("}})");
  finish();
}

}  // namespace epicenter::mock::data
