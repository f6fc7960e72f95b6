// Vital signs: an Observation that Epic maps to a row of a flowsheet.
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/write_content.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_note = 254;
constexpr std::string_view pressure_panel = "85354-9";
constexpr unsigned max_pressure = 400;
// Clocks of two machines differ.
constexpr duration max_ahead = 2min;

result<> check_measured(const vital_sign& sign) {
  const bool panel = sign.loinc == pressure_panel;
  if (const auto* one = std::get_if<quantity>(&sign.measured)) {
    if (panel) return fail(errc::invalid_argument, "a blood pressure has two values");
    if (!is_decimal(one->value)) return fail(errc::invalid_argument, "the value is no decimal");
    if (one->unit.empty() || one->unit.size() > 32)
      return fail(errc::invalid_argument, "the value has no unit");
    return {};
  }
  const auto& pressure = std::get<blood_pressure>(sign.measured);
  if (!panel) return fail(errc::invalid_argument, "a blood pressure has the code 85354-9");
  if (pressure.diastolic == 0 || pressure.systolic <= pressure.diastolic ||
      pressure.systolic > max_pressure) {
    return fail(errc::invalid_argument, "the two values are no blood pressure");
  }
  return {};
}

json::value measured_quantity(std::string_view value, std::string_view unit) {
  return json::object{
      {"value", json::number{std::string(value)}}, {"unit", unit}, {"system", ucum_system}, {"code", unit}};
}

json::value component(std::string_view loinc, std::string_view display, unsigned value) {
  return json::object{{"code", concept_of(loinc_system, loinc, display)},
                      {"valueQuantity", measured_quantity(std::to_string(value), "mm[Hg]")}};
}

void set_measured(json::object& into, const vital_sign& sign) {
  if (const auto* one = std::get_if<quantity>(&sign.measured)) {
    into.set("valueQuantity", measured_quantity(one->value, one->unit));
    return;
  }
  const auto& pressure = std::get<blood_pressure>(sign.measured);
  json::array both;
  both.push_back(component("8480-6", "Systolic blood pressure", pressure.systolic));
  both.push_back(component("8462-4", "Diastolic blood pressure", pressure.diastolic));
  into.set("component", std::move(both));
}

std::string words_of(const vital_sign& sign) {
  if (const auto* one = std::get_if<quantity>(&sign.measured)) return one->value + ' ' + one->unit;
  const auto& pressure = std::get<blood_pressure>(sign.measured);
  return std::to_string(pressure.systolic) + '/' + std::to_string(pressure.diastolic);
}

}  // namespace

result<write_content> content_of(const vital_sign& sign, const content_rules& rules) {
  const auto& who = sign.who;
  if (auto checked = check_who(who); !checked) return fail(std::move(checked.error()));
  if (!is_loinc(sign.loinc)) return fail(errc::invalid_argument, "the vital sign has no LOINC code");
  if (auto checked = check_measured(sign); !checked) return fail(std::move(checked.error()));
  if (auto checked = check_text(sign.display, max_note, "the display"); !checked)
    return fail(std::move(checked.error()));
  if (auto checked = check_text(sign.note, max_note, "the reading's note"); !checked)
    return fail(std::move(checked.error()));
  const wall_time taken = sign.taken_at.value_or(rules.now);
  if (taken > rules.now + max_ahead) return fail(errc::invalid_argument, "the reading lies in the future");
  const std::string when = format_fhir_time(taken, rules.zone);
  json::object made{
      {"resourceType", "Observation"},
      {"identifier", identifiers_of(rules.identifier_system, who)},
      {"status", "final"},
      {"category", list_of(concept_of("http://terminology.hl7.org/CodeSystem/observation-category",
                                      "vital-signs", "Vital Signs"))},
      {"code", concept_of(loinc_system, sign.loinc, sign.display)},
      {"subject", reference_to("Patient", who.patient)},
      {"encounter", reference_to("Encounter", who.encounter)},
      {"effectiveDateTime", when},
      {"performer", list_of(user_of(who))},
  };
  set_measured(made, sign);
  if (!sign.note.empty()) made.set("note", list_of(text_of(sign.note)));
  // A time that was given is part of what was asked for; one that was not differs from call to call.
  const std::string asked_time = sign.taken_at ? when : std::string();
  return write_content{operation_kind::record_vitals, json::value(std::move(made)),
                       hash_of({"record_vitals", who.patient, who.encounter, who.user, sign.loinc,
                                sign.display, words_of(sign), asked_time, sign.note})};
}

}  // namespace epicenter::epic
