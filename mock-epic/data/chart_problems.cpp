// Problems, diagnoses, allergies, and what runs in the family.
#include <algorithm>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::days;

/// {"coding":[{…"version":"4.0.0"…}],"text":…}, as Epic writes statuses.
void add_status(text_writer& out, std::string_view member, std::string_view system, std::string_view code,
                std::string_view display) {
  out.add(R"(,")", member, R"(":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/)", system,
          R"(","version":"4.0.0","code":")", code, R"(","display":")", display, R"("}],"text":")", display,
          R"("})");
}

void add_codes(text_writer& out, std::string_view snomed_code, std::string_view display,
               std::string_view icd10_code, std::string_view icd10_display, std::string_view icd9_code,
               std::string_view text) {
  out.add(R"(,"code":{"coding":[{"system":")", icd10, R"(","code":")", icd10_code, R"(","display":")",
          icd10_display, R"("},{"system":")", snomed, R"(","code":")", snomed_code, R"(","display":")",
          display, R"("})");
  if (!icd9_code.empty())
    out.add(R"(,{"system":")", icd9, R"(","code":")", icd9_code, R"(","display":")", text, R"("})");
  out.add(R"(],"text":")", text, R"("})");
}

}  // namespace

void chart_writer::plan_problems() {
  std::vector<const problem*> fitting;
  for (const problem& one : problems()) {
    const bool sex_fits = one.of == sex::any || (one.of == sex::female) == who_.female;
    if (sex_fits && age_ >= one.least_age && age_ <= one.most_age) fitting.push_back(&one);
  }
  const std::uint64_t most = age_ < 18   ? random_.below(2)
                             : age_ < 45 ? random_.below(3)
                                         : 2 + random_.below(4);
  for (const std::size_t i : pick(static_cast<std::size_t>(most), fitting.size())) {
    const problem& one = *fitting[i];
    const wall_time youngest = born_ + days(one.least_age * 365 + 1);
    const wall_time earliest = std::max(youngest, today_ - days(4'000));
    const auto room = std::chrono::duration_cast<days>(today_ - days(20) - earliest).count();
    wall_time onset =
        room > 0 ? earliest + days(random_.between(std::int64_t{0}, std::int64_t{room})) : earliest;
    onset = since_birth(std::min(onset, today_ - days(1)));
    problems_.push_back({&one, source_.people->ids->encode({who_.index, next_ordinal_++}), onset});
  }
  std::sort(problems_.begin(), problems_.end(),
            [](const known_problem& a, const known_problem& b) { return a.onset > b.onset; });
}

void chart_writer::write_problems() {
  for (const known_problem& one : problems_) write_problem(one);
  for (const visit& one : visits_)
    if (one.kind != visit_kind::orders_only) write_diagnosis(one);
}

void chart_writer::write_problem(const known_problem& one) {
  start(type_id::condition, one.id);
  add_status(out(), "clinicalStatus", "condition-clinical", "active", "Active");
  add_status(out(), "verificationStatus", "condition-ver-status", "confirmed", "Confirmed");
  out().add(R"(,"category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item",
              "Problem List Item", "Problem List Item");
  out().add(']');
  add_codes(out(), one.what->snomed, one.what->display, one.what->icd10, one.what->icd10_display,
            one.what->icd9, one.what->text);
  const std::string onset = format_date(one.onset);
  out().add(R"(,"subject":)", subject_, R"(,"onsetDateTime":")", onset, R"(","recordedDate":")", onset,
            R"(","recorder":{)", visits_.back().doctor->reference, '}');
  finish();
}

void chart_writer::write_diagnosis(const visit& one) {
  start(type_id::condition);
  add_status(out(), "clinicalStatus", "condition-clinical", "active", "Active");
  add_status(out(), "verificationStatus", "condition-ver-status", "confirmed", "Confirmed");
  out().add(R"(,"category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis",
              "Encounter Diagnosis", "Encounter Diagnosis");
  out().add(',');
  add_concept("http://open.epic.com/FHIR/StructureDefinition/condition-category", "visit-diagnosis",
              "Visit Diagnosis", "Visit Diagnosis");
  out().add(']');
  const known_problem* followed = nullptr;
  for (const known_problem& known : problems_)
    if (!one.why && !followed && known.onset <= one.start) followed = &known;
  if (one.why)
    add_codes(out(), one.why->snomed, one.why->display, one.why->icd10, one.why->icd10_display, {},
              one.why->text);
  else if (followed)
    add_codes(out(), followed->what->snomed, followed->what->display, followed->what->icd10,
              followed->what->icd10_display, followed->what->icd9, followed->what->text);
  else
    add_codes(out(), "268565007", "Adult health examination", age_ < 18 ? "Z00.129" : "Z00.00",
              age_ < 18 ? "Encounter for routine child health examination without abnormal findings"
                        : "Encounter for general adult medical examination without abnormal findings",
              {}, "Wellness examination");
  const std::string day = format_date(one.start);
  out().add(R"(,"subject":)", subject_, R"(,"encounter":)", one.reference, R"(,"onsetDateTime":")", day,
            R"(","recordedDate":")", day, '"');
  if (followed)
    out().add(R"(,"evidence":[{"detail":[{"reference":"Condition/)", followed->id, R"(","display":")",
              followed->what->text, R"("}]}])");
  finish();
}

void chart_writer::write_allergies() {
  // Every tenth patient was asked and has none: that is an entry too, and not the same as no entry.
  if (random_.below(10) == 0) {
    write_allergy(nullptr, {});
    return;
  }
  std::vector<wall_time> since;
  const std::vector<std::size_t> which = pick(1 + random_.below(2), allergens().size());
  for (std::size_t i = 0; i < which.size(); ++i)
    since.push_back(since_birth(today_ - days(random_.between(std::int64_t{30}, std::int64_t{3'000}))));
  std::sort(since.rbegin(), since.rend());
  for (std::size_t i = 0; i < which.size(); ++i) write_allergy(&allergens()[which[i]], since[i]);
}

void chart_writer::write_allergy(const allergen* to, wall_time since) {
  start(type_id::allergy_intolerance);
  add_status(out(), "clinicalStatus", "allergyintolerance-clinical", "active", "Active");
  add_status(out(), "verificationStatus", "allergyintolerance-verification", "confirmed", "Confirmed");
  if (!to) {
    out().add(R"(,"code":)");
    add_concept(snomed, "716186003", "No known allergy", "No Known Allergies");
    out().add(R"(,"patient":)", subject_);
    finish();
    return;
  }
  const coded& reaction = reactions()[random_.below(reactions().size())];
  const bool grave = reaction.code == "39579001";
  out().add(R"(,"type":"allergy","category":[")", to->category, R"("],"criticality":")",
            grave ? "high" : "low", R"(","code":)");
  add_concept(to->code.system, to->code.code, to->code.display, to->text);
  out().add(R"(,"patient":)", subject_, R"(,"onsetDateTime":")", format_date(since), R"(","recordedDate":")",
            format_instant(since), R"(","reaction":[{"manifestation":[)");
  add_concept(reaction.system, reaction.code, reaction.display, reaction.display);
  out().add(R"(],"description":")", reaction.display, R"(","severity":")", grave ? "severe" : "mild",
            R"("}])");
  finish();
}

void chart_writer::write_family() {
  struct relative {
    std::string_view code, display, sex;
  };
  static constexpr relative relatives[] = {{"MTH", "mother", "female"}, {"FTH", "father", "male"}};
  for (const relative& one : relatives) {
    const problem& what = problems()[random_.below(8)];
    start(type_id::family_member_history);
    out().add(R"(,"status":"completed","patient":)", subject_, R"(,"date":")",
              format_date(visits_.back().start), R"(","relationship":)");
    add_concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", one.code, one.display, one.display);
    out().add(R"(,"sex":)");
    add_concept("http://hl7.org/fhir/administrative-gender", one.sex, one.sex == "male" ? "Male" : "Female",
                one.sex);
    out().add(R"(,"condition":[{"code":)");
    add_concept(snomed, what.snomed, what.display, what.text);
    out().add("}]");
    finish();
  }
}

}  // namespace epicenter::mock::data
