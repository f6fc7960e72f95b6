// Vital signs, and what patients say of smoking.
#include <algorithm>
#include <array>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::minutes;

struct vital {
  std::string_view row;  ///< Epic's flowsheet row
  std::string_view loinc, display, text, unit;
  int decimals;
  std::string_view also;  ///< a second LOINC code of the same
};
enum row : std::size_t { pulse, temperature, respiration, saturation, weight, height, bmi, head };
constexpr std::array<vital, 8> vitals{{
    {"8", "8867-4", "Heart rate", "Pulse", "/min", 0, ""},
    {"6", "8310-5", "Body temperature", "Temp", "Cel", 1, ""},
    {"9", "9279-1", "Respiratory rate", "Resp", "/min", 0, ""},
    {"10", "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "SpO2", "%", 0, "2708-6"},
    {"14", "29463-7", "Body weight", "Weight", "kg", 1, ""},
    {"11", "8302-2", "Body height", "Height", "cm", 1, ""},
    {"301070", "39156-5", "Body mass index (BMI) [Ratio]", "BMI (Calculated)", "kg/m2", 1, ""},
    {"15", "9843-4", "Head Occipital-frontal circumference", "Head Circumference", "cm", 1, ""},
}};

/// Height of a boy or girl in mm, roughly the median of the growth charts.
std::int64_t median_height(int age_days, bool female) {
  static constexpr std::array<std::int64_t, 20> by_year{500,   750,   870,   950,   1'020, 1'090, 1'150,
                                                        1'210, 1'270, 1'330, 1'380, 1'440, 1'500, 1'560,
                                                        1'600, 1'630, 1'650, 1'660, 1'665, 1'670};
  const auto year = static_cast<std::size_t>(age_days / 365);
  if (year + 1 >= by_year.size()) return female ? 1'630 : 1'760;
  const std::int64_t part = age_days % 365;
  const std::int64_t base = by_year[year] + (by_year[year + 1] - by_year[year]) * part / 365;
  return year >= 13 && !female ? base + 15 * static_cast<std::int64_t>(year - 12) : base;
}

/// Weight in g for a body mass index in tenths.
std::int64_t weight_of(std::int64_t height_mm, std::int64_t bmi_tenths) {
  return bmi_tenths * height_mm * height_mm / 10'000;
}

void add_quantity(text_writer& out, std::int64_t value, int decimals, std::string_view unit) {
  out.add(R"({"value":)").add_decimal(value, decimals);
  out.add(R"(,"unit":")", unit, R"(","system":")", ucum, R"(","code":")", unit, R"("})");
}

constexpr std::string_view template_id =
    R"(,"extension":[{"valueIdentifier":{"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.707684","value":"31020"},)"
    R"("url":"http://open.epic.com/FHIR/StructureDefinition/extension/template-id"}],"status":"final","category":[)"
    R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs",)"
    R"("display":"Vital Signs"}],"text":"Vital Signs"}],"code":{"coding":[{"system":")";

constexpr std::string_view pressure_codes =
    R"(","code":"5","display":"BP"},)"
    R"({"system":"http://open.epic.com/FHIR/StructureDefinition/observation-flowsheet-id",)"
    R"("code":"tBdNYepLeojPG60x7nUx9kQ0","display":"BP"},{"system":"urn:oid:1.2.246.537.6.96","code":"8462-4"},)"
    R"({"system":"urn:oid:1.2.246.537.6.96","code":"8480-6"},{"system":"http://loinc.org","code":"55284-4",)"
    R"("display":"Blood pressure systolic and diastolic"},{"system":"http://loinc.org","code":"85354-9",)"
    R"("display":"Blood pressure panel with all children optional"},{"system":"http://loinc.org","code":"8716-3",)"
    R"("display":"Vital signs"}],"text":"BP"},"subject":)";

}  // namespace

void chart_writer::write_vitals(const visit& at, int draws_ago) {
  if (at.kind == visit_kind::orders_only) return;
  const wall_time when = at.start + minutes(8);
  const int days_old = static_cast<int>(std::chrono::duration_cast<std::chrono::days>(when - born_).count());
  if (height_ == 0) {
    height_ =
        median_height(days_old, who_.female) * random_.between(std::int64_t{95}, std::int64_t{106}) / 100;
    const bool heavy = has(effect::weight);
    const std::int64_t usual =
        days_old < 18 * 365 ? 155 + days_old / 150 : random_.between(std::int64_t{200}, std::int64_t{292});
    weight_ = weight_of(height_, heavy ? random_.between(std::int64_t{305}, std::int64_t{395}) : usual);
    systolic_ =
        days_old < 18 * 365 ? 85 + days_old / 220 : random_.between(std::int64_t{106}, std::int64_t{128});
    if (has(effect::pressure)) systolic_ = random_.between(std::int64_t{128}, std::int64_t{156});
  }
  const bool child = days_old < 12 * 365;
  const bool fever = at.why && at.why->snomed == "386661006";
  const std::int64_t systolic =
      systolic_ + 3 * draws_ago + random_.between(std::int64_t{-5}, std::int64_t{5});
  if (days_old > 3 * 365)
    write_pressure(at, when, systolic,
                   systolic * 62 / 100 + random_.between(std::int64_t{-3}, std::int64_t{4}));
  const std::int64_t rate = days_old < 365 ? 130 : child ? 110 - days_old / 150 : 72;
  write_vital(pulse, at, when, rate + (fever ? 14 : 0) + random_.between(std::int64_t{-8}, std::int64_t{9}));
  write_vital(temperature, at, when,
              (fever ? 385 : 367) + random_.between(std::int64_t{-4}, std::int64_t{4}));
  write_vital(respiration, at, when,
              (days_old < 365 ? 34
               : child        ? 22
                              : 15) +
                  random_.between(std::int64_t{-2}, std::int64_t{2}));
  write_vital(saturation, at, when,
              (has(effect::oxygen) ? 94 : 98) + random_.between(std::int64_t{-1}, std::int64_t{1}));
  // A child was smaller before; an adult's weight wanders.
  const std::int64_t then = median_height(days_old, who_.female);
  const int days_now =
      static_cast<int>(std::chrono::duration_cast<std::chrono::days>(today_ - born_).count());
  const std::int64_t now = std::max<std::int64_t>(1, median_height(days_now, who_.female));
  const std::int64_t tall = height_ * then / now;
  const std::int64_t heavy = weight_ * then / now * then / now +
                             random_.between(std::int64_t{-6}, std::int64_t{6}) * weight_ / 1'000;
  write_vital(weight, at, when, heavy / 100);
  if (draws_ago == 0 || days_old < 18 * 365) {
    write_vital(height, at, when, tall);
    write_vital(bmi, at, when, heavy * 10'000 / (tall * tall));
  }
  if (days_old < 2 * 365) write_vital(head, at, when, 340 + days_old / 6);
}

void chart_writer::write_pressure(const visit& at, wall_time when, std::int64_t systolic,
                                  std::int64_t diastolic) {
  start(type_id::observation);
  const bool high = systolic >= 140 || diastolic >= 90;
  out().add(template_id, flowsheet_system, pressure_codes, subject_, R"(,"encounter":)", at.reference,
            R"(,"effectiveDateTime":")", format_instant(when), R"(","issued":")",
            format_instant(when + minutes(1)), R"(","performer":[{)", shared_.nurse().reference, "}]");
  if (high)
    out().add(R"(,"interpretation":[{"coding":[{"system":)",
              R"("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"A",)",
              R"("display":"Abnormal"}]}])");
  out().add(R"(,"component":[{"code":)");
  add_concept(loinc, "8480-6", "Systolic blood pressure", "Systolic blood pressure");
  out().add(R"(,"valueQuantity":)");
  add_quantity(out(), systolic, 0, "mm[Hg]");
  out().add(R"(},{"code":)");
  add_concept(loinc, "8462-4", "Diastolic blood pressure", "Diastolic blood pressure");
  out().add(R"(,"valueQuantity":)");
  add_quantity(out(), diastolic, 0, "mm[Hg]");
  out().add("}]");
  finish();
}

void chart_writer::write_vital(std::size_t which, const visit& at, wall_time when, std::int64_t value) {
  const vital& one = vitals[which];
  start(type_id::observation);
  out().add(template_id, flowsheet_system, R"(","code":")", one.row, R"(","display":")", one.text,
            R"("},{"system":")", loinc, R"(","code":")", one.loinc, R"(","display":")", one.display, R"("})");
  if (!one.also.empty()) out().add(R"(,{"system":")", loinc, R"(","code":")", one.also, R"("})");
  out().add(R"(,{"system":")", loinc, R"(","code":"8716-3","display":"Vital signs"}],"text":")", one.text,
            R"("},"subject":)", subject_, R"(,"encounter":)", at.reference, R"(,"effectiveDateTime":")",
            format_instant(when), R"(","issued":")", format_instant(when + minutes(1)), R"(","performer":[{)",
            shared_.nurse().reference, R"(}],"valueQuantity":)");
  add_quantity(out(), value, one.decimals, one.unit);
  finish();
}

void chart_writer::write_many_vitals(std::size_t count, const visit& at) {
  // Readings twice a day, all before the captured ones: paging is real, and its first page the captured one.
  const std::int64_t usual = 128;
  for (std::size_t i = 0; i < count; ++i) {
    const wall_time when =
        at.start + std::chrono::days(580) - std::chrono::hours(12) * static_cast<int>(i / 3);
    const std::int64_t swing = random_.between(std::int64_t{-9}, std::int64_t{12});
    if (i % 3 == 0) write_pressure(at, when, usual + swing, 80 + swing / 2);
    if (i % 3 == 1) write_vital(pulse, at, when, 72 + swing);
    if (i % 3 == 2) write_vital(saturation, at, when, 97 + swing / 6);
  }
}

void chart_writer::write_smoking(const visit& at) {
  if (age_ < 12) return;
  struct habit {
    std::string_view code, display, text;
  };
  static constexpr std::array<habit, 3> habits{{
      {"266919005", "Never smoked tobacco", "Never"},
      {"8517006", "Ex-smoker", "Former"},
      {"449868002", "Smokes tobacco daily", "Every Day"},
  }};
  const std::uint64_t drawn = random_.below(10);
  const habit& one = habits[age_ < 18 || drawn < 6 ? 0 : drawn < 9 ? 1 : 2];
  start(type_id::observation);
  out().add(R"(,"status":"final","category":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/observation-category", "social-history",
              "Social History", "Social History");
  out().add(R"(],"code":)");
  add_concept(loinc, "72166-2", "Tobacco smoking status", "Tobacco smoking status");
  out().add(R"(,"subject":)", subject_, R"(,"encounter":)", at.reference, R"(,"effectiveDateTime":")",
            format_instant(at.start + minutes(9)), R"(","issued":")", format_instant(at.start + minutes(9)),
            R"(","performer":[{)", shared_.nurse().reference, R"(}],"valueCodeableConcept":)");
  add_concept(snomed, one.code, one.display, one.text);
  finish();
}

}  // namespace epicenter::mock::data
