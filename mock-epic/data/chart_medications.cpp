// Orders of drugs, what the pharmacy dispensed and the ward gave.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::days;
using std::chrono::hours;

constexpr std::array<std::string_view, 4> how_often{"1 (one) time each day", "2 (two) times a day",
                                                    "3 (three) times a day", "every 6 (six) hours as needed"};
constexpr std::array<std::array<std::string_view, 4>, 4> clock_times{
    {{"09:00:00", "", "", ""},
     {"09:00:00", "21:00:00", "", ""},
     {"09:00:00", "15:00:00", "21:00:00", ""},
     {}}};

struct route {
  std::string_view code, display, text, words;
};
route route_of(const medication& drug) {
  if (drug.verb == "Inhale")
    return {"447694001", "Respiratory tract route (qualifier value)", "Inhalation", "into the lungs"};
  if (drug.verb == "Apply") return {"6064005", "Topical route (qualifier value)", "Topical", "to the skin"};
  return {"260548002", "Oral (qualifier value)", "Oral", "by mouth"};
}

/// "Mon 4/29/2019"
std::string spoken_day(wall_time at) {
  static constexpr std::array<std::string_view, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date{day};
  return fmt::format("{} {}/{}/{}", names[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     static_cast<int>(date.year()));
}

void add_quantity(text_writer& out, std::int64_t thousandths, std::string_view unit, std::string_view code) {
  out.add(R"({"value":)");
  if (thousandths % 1'000 == 0)
    out.add(thousandths / 1'000);
  else
    out.add_decimal(thousandths / 100, 1);
  out.add(R"(,"unit":")", unit, R"(","system":")", ucum, R"(","code":")", code, R"("})");
}

void add_dose(text_writer& out, std::string_view type, std::int64_t thousandths, std::string_view unit,
              std::string_view code, bool first) {
  out.add(first ? "" : ",",
          R"({"type":{"coding":[{"system":"http://epic.com/CodeSystem/dose-rate-type","code":")", type,
          R"(","display":")", type, R"("}],"text":")", type, R"("},"doseQuantity":)");
  add_quantity(out, thousandths, unit, code);
  out.add('}');
}

}  // namespace

void chart_writer::write_medications() {
  std::vector<std::pair<std::size_t, std::size_t>> wanted;  // drug, visit
  const std::span<const medication> all = medications();
  for (const known_problem& one : problems_) {
    std::size_t of = visits_.size() - 1;
    while (of > 0 && visits_[of].start < one.onset) --of;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].treats == one.what->snomed && all[i].least_age <= age_) {
        wanted.emplace_back(i, of);
        if (random_.below(3) != 0) break;
      }
  }
  // Something short for a complaint of one of the visits.
  std::vector<std::size_t> brief;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!all[i].lasting && all[i].least_age <= age_) brief.push_back(i);
  for (std::size_t of = 0; of < visits_.size() && of < 2; ++of)
    if (of == 0 || visits_[of].why) wanted.emplace_back(brief[random_.below(brief.size())], of);
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [drug, of] : wanted) write_order(drug, visits_[of]);
  for (const given_drug& one : drugs_)
    if (one.since < today_ - days(2)) write_dispense(one);
  write_administrations();
}

void chart_writer::write_order(std::size_t which, const visit& of) {
  const medication& drug = medications()[which];
  const route way = route_of(drug);
  const int supply = drug.lasting ? 90 : 7;
  const bool over = !drug.lasting && of.start < today_ - days(supply);
  const bool ward = of.kind == visit_kind::inpatient && of.open;
  const std::string id = start(type_id::medication_request);
  drugs_.push_back({id, which, of.start});
  const std::string_view category = ward ? "inpatient" : "community";
  const std::string_view category_text = ward ? "Inpatient" : "Community";
  const std::string day = format_date(of.start);
  const std::string patient_words =
      fmt::format("{} {} {}{} {} {}.", drug.verb, drug.amount, drug.form, drug.amount > 1 ? "s" : "",
                  way.words, how_often[static_cast<std::size_t>(drug.daily - 1)]);
  out().add(R"(,"identifier":[{"use":"usual","system":")", order_system, R"(","value":")",
            number(first_order), R"("}],"status":")", over ? "completed" : "active",
            R"(","intent":"order","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/medicationrequest-category", category, category_text,
              category_text);
  out().add(R"(],"medicationReference":{"reference":"Medication/)", shared_.drug(which).id,
            R"(","display":")", drug.text, R"("},"subject":)", subject_, R"(,"encounter":)", of.reference,
            R"(,"authoredOn":")", day, R"(","requester":{)", of.doctor->reference, R"(},"recorder":{)",
            of.doctor->reference, R"(},"courseOfTherapyType":)");
  add_concept("http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
              drug.lasting ? "continuous" : "acute",
              drug.lasting ? "Continuous long term therapy" : "Short course (acute) therapy",
              drug.lasting ? "Continuous long term therapy" : "Short course (acute) therapy");
  out().add(R"(,"dosageInstruction":[{"text":")", patient_words, ", Starting ", spoken_day(of.start));
  if (!drug.lasting) out().add(", Until ", spoken_day(of.start + days(supply)));
  out().add(R"(, Normal","patientInstruction":")", patient_words,
            R"(","timing":{"repeat":{"boundsPeriod":{"start":")", day, '"');
  if (!drug.lasting) out().add(R"(,"end":")", format_instant(of.start + days(supply)), '"');
  out().add(R"(},"count":)", supply * drug.daily);
  const auto& times = clock_times[static_cast<std::size_t>(drug.daily - 1)];
  if (!times[0].empty()) {
    out().add(R"(,"timeOfDay":[)");
    for (std::size_t i = 0; i < times.size() && !times[i].empty(); ++i)
      out().add(i == 0 ? "" : ",", '"', times[i], '"');
    out().add(']');
  }
  out().add(R"(},"code":{"text":")", how_often[static_cast<std::size_t>(drug.daily - 1)],
            R"("}},"asNeededBoolean":)", drug.daily == 4 ? "true" : "false", R"(,"route":)");
  add_concept(snomed, way.code, way.display, way.text);
  out().add(R"(,"method":{"text":")", drug.verb, R"("},"doseAndRate":[)");
  add_dose(out(), "calculated", drug.dose, drug.dose_unit, drug.dose_unit, true);
  add_dose(out(), "admin-amount", drug.amount * 1'000, drug.form, drug.form_code, false);
  add_dose(out(), "ordered", drug.dose, drug.dose_unit, drug.dose_unit, false);
  out().add(R"(]}],"dispenseRequest":{"validityPeriod":{"start":")", day, R"("},"numberOfRepeatsAllowed":)",
            drug.lasting ? 3 : 0, R"(,"quantity":{"value":)", supply * drug.daily * drug.amount,
            R"(,"unit":")", drug.form, R"("},"expectedSupplyDuration":{"value":)", supply,
            R"(,"unit":"Day","system":")", ucum, R"(","code":"d"}})");
  finish();
}

void chart_writer::write_dispense(const given_drug& order) {
  const medication& drug = medications()[order.number];
  const int supply = drug.lasting ? 90 : 7;
  const wall_time handed = order.since + hours(26);
  start(type_id::medication_dispense);
  out().add(
      R"(,"identifier":[{"use":"usual","system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.798268","value":")",
      number(first_order), R"("}],"status":"completed","category":)");
  add_concept("http://terminology.hl7.org/CodeSystem/medicationdispense-category", "community", "Community",
              "Community");
  out().add(R"(,"medicationReference":{"reference":"Medication/)", shared_.drug(order.number).id,
            R"(","display":")", drug.text, R"("},"subject":)", subject_, R"(,"performer":[{"actor":{)",
            shared_.pharmacist().reference,
            R"(}}],"authorizingPrescription":[{"reference":"MedicationRequest/)", order.id,
            R"(","display":")", drug.text, R"("}],"type":)");
  add_concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "FF", "First Fill", "First Fill");
  out().add(R"(,"quantity":{"value":)", supply * drug.daily * drug.amount, R"(,"unit":")", drug.form,
            R"("},"daysSupply":{"value":)", supply, R"(,"unit":"Day","system":")", ucum,
            R"(","code":"d"},"whenPrepared":")", format_instant(handed - hours(1)), R"(","whenHandedOver":")",
            format_instant(handed), '"');
  finish();
}

void chart_writer::write_administrations() {
  const visit& now = visits_.front();
  if (now.kind != visit_kind::inpatient || !now.open) return;
  std::size_t written = 0;
  for (const given_drug& order : drugs_) {
    const medication& drug = medications()[order.number];
    if (drug.daily == 4) continue;
    if (++written > 3) break;
    const wall_time given = now.start + std::chrono::minutes(45);
    start(type_id::medication_administration);
    out().add(R"(,"status":"completed","category":)");
    add_concept("http://terminology.hl7.org/CodeSystem/medication-admin-category", "inpatient", "Inpatient",
                "Inpatient");
    out().add(R"(,"medicationReference":{"reference":"Medication/)", shared_.drug(order.number).id,
              R"(","display":")", drug.text, R"("},"subject":)", subject_, R"(,"context":)", now.reference,
              R"(,"effectiveDateTime":")", format_instant(given), R"(","performer":[{"actor":{)",
              shared_.nurse().reference, R"(}}],"request":{"reference":"MedicationRequest/)", order.id,
              R"(","display":")", drug.text, R"("},"dosage":{"text":")", drug.amount, ' ', drug.form,
              R"(","dose":)");
    add_quantity(out(), drug.dose, drug.dose_unit, drug.dose_unit);
    out().add('}');
    finish();
  }
}

}  // namespace epicenter::mock::data
