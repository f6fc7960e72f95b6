// Who cares for the patient, and to what end.
#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::days;

}  // namespace

void chart_writer::write_goals() {
  std::size_t written = 0;
  const auto write = [&](std::string_view text, std::string_view code, std::string_view display, int high,
                         std::string_view unit) {
    if (++written > 2) return;
    start(type_id::goal);
    out().add(R"(,"lifecycleStatus":"active","category":[{"text":"Patient Goal"}],"description":{"text":")",
              text, R"("},"subject":)", subject_, R"(,"startDate":")", format_date(visits_.back().start),
              R"(","target":[{"measure":)");
    add_concept(loinc, code, display, display);
    out().add(R"(,"detailQuantity":{"value":)", high, R"(,"comparator":"<","unit":")", unit,
              R"(","system":")", ucum, R"(","code":")", unit, R"("},"dueDate":")",
              format_date(today_ + days(180)), R"("}],"expressedBy":)", subject_);
    finish();
  };
  if (has(effect::pressure))
    write("Blood pressure below 130/80", "8480-6", "Systolic blood pressure", 130, "mm[Hg]");
  if (has(effect::glucose))
    write("Hemoglobin A1c below 7 %", "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", 7, "%");
  if (has(effect::weight))
    write("Lose five kilograms", "29463-7", "Body weight", static_cast<int>(weight_ / 1'000 - 4), "kg");
  if (written == 0) write("Stay active: resting pulse below 80", "8867-4", "Heart rate", 80, "/min");
}

void chart_writer::write_care() {
  write_goals();
  const std::string team = start(type_id::care_team);
  out().add(R"(,"status":"active","category":[)");
  add_concept(loinc, "LA28865-6", "Longitudinal care-coordination focused care team", "Longitudinal");
  out().add(R"(],"name":"Primary care team","subject":)", subject_, R"(,"period":{"start":")",
            format_date(visits_.back().start), R"("},"participant":[{"role":[)");
  add_concept("http://nucc.org/provider-taxonomy", "207Q00000X", "Family Medicine Physician",
              "PCP - General");
  out().add(R"(],"member":{)", visits_.back().doctor->reference, R"(}},{"role":[)");
  add_concept("http://nucc.org/provider-taxonomy", "163W00000X", "Registered Nurse", "Care Manager");
  out().add(R"(],"member":{)", shared_.nurse().reference, R"(}}],"managingOrganization":[{)",
            shared_.hospital().reference, "}]");
  finish();

  start(type_id::care_plan);
  out().add(R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>)",
            problems_.empty() ? "Health maintenance" : "Long term care plan", "</p>");
  for (const known_problem& one : problems_) out().add("<p>", one.what->text, ": ", one.what->plan, "</p>");
  out().add(R"(</div>"},"status":"active","intent":"plan","category":[)");
  add_concept("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan",
              "Assessment and Plan of Treatment", "Assessment and Plan of Treatment");
  out().add(',');
  add_concept(snomed, "734163000", "Care plan", "Longitudinal Care Plan");
  out().add(R"(],"title":"Longitudinal care plan","subject":)", subject_, R"(,"period":{"start":")",
            format_date(visits_.back().start), R"("},"author":{)", visits_.back().doctor->reference,
            R"(},"careTeam":[{"reference":"CareTeam/)", team, R"(","display":"Primary care team"}])");
  if (!problems_.empty()) {
    out().add(R"(,"addresses":[)");
    for (const known_problem& one : problems_)
      out().add(&one == &problems_.front() ? "" : ",", R"({"reference":"Condition/)", one.id,
                R"(","display":")", one.what->text, R"("})");
    out().add(']');
  }
  finish();
  write_flag();
}

void chart_writer::write_flag() {
  const bool falls = age_ >= 70;
  if (!falls && random_.below(6) != 0) return;
  start(type_id::flag);
  out().add(R"(,"status":"active","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/flag-category", falls ? "safety" : "admin",
              falls ? "Safety" : "Administrative", falls ? "Safety" : "Administrative");
  out().add(R"(],"code":)");
  if (falls)
    add_concept(snomed, "129839007", "At risk for falls", "Fall Risk");
  else
    out().add(R"({"text":"Interpreter or large print on request"})");
  out().add(R"(,"subject":)", subject_, R"(,"period":{"start":")", format_date(visits_.back().start),
            R"("},"author":{)", shared_.nurse().reference, '}');
  finish();
}

}  // namespace epicenter::mock::data
