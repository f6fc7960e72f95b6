#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <epicenter/commands/vital_value.hpp>
#include <optional>

namespace epicenter::commands {
namespace {

constexpr std::array<unit_rule, 3> weight_units{{
    {"kilograms|kilos|kilo|kilogram|kg|kgs", "kg"},
    {"pounds|pound|lb|lbs", "lb", 0.45359237},
    {"grams|gram|g", "g", 0.001},
}};
constexpr std::array<unit_rule, 3> height_units{{
    {"centimeters|centimetres|centimeter|cm", "cm"},
    {"inches|inch|in", "in", 2.54},
    {"meters|metres|meter|m", "m", 100},
}};
constexpr std::array<unit_rule, 2> temperature_units{{
    {"degrees celsius|celsius|degrees c|c|centigrade|degrees centigrade", "°C"},
    {"degrees fahrenheit|fahrenheit|degrees f|f", "°F", 5.0 / 9.0, -160.0 / 9.0},
}};
constexpr std::array<unit_rule, 1> heart_units{{{"beats per minute|bpm|per minute", "/min"}}};
constexpr std::array<unit_rule, 1> breath_units{{{"breaths per minute|per minute", "/min"}}};
constexpr std::array<unit_rule, 1> percent_units{{{"percent", "%"}}};

constexpr std::array<vital_rule, 6> rules{{
    {"29463-7", "kg", "kg", 0.2, 500, false, 2, true, weight_units},
    {"8302-2", "cm", "cm", 20, 260, false, 1, true, height_units},
    {"8310-5", "Cel", "°C", 25, 45, false, 1, false, temperature_units},
    {"8867-4", "/min", "beats per minute", 20, 300, true, 0, false, heart_units},
    {"9279-1", "/min", "breaths per minute", 4, 80, true, 0, false, breath_units},
    {"59408-5", "%", "%", 50, 100, false, 0, false, percent_units},
}};

constexpr std::array<double_unit, 2> double_units{{
    {"8302-2", "feet|foot|ft", "ft", "inches|inch|in", "in", 12, 2.54, true},
    {"29463-7", "pounds|pound|lb|lbs", "lb", "ounces|ounce|oz", "oz", 16, 0.028349523125, false},
}};

std::optional<double> number_of(std::string_view digits) {
  double value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool is_whole(std::string_view digits) {
  return digits.find('.') == std::string_view::npos;
}

double filed(const unit_rule& unit, double value) {
  return value * unit.factor + unit.offset;
}

bool inside(const vital_rule& rule, double value) {
  return value >= rule.lowest && value <= rule.highest;
}

}  // namespace

const vital_rule* rule_of(const entry& vital) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const vital_rule& rule) { return rule.loinc == vital.code.code; });
  return found == rules.end() ? nullptr : &*found;
}

std::variant<measure, measure_errc> measured(const vital_rule& rule, std::string_view digits,
                                             const unit_rule* unit) {
  const auto value = number_of(digits);
  if (!value) return measure_errc::out_of_range;
  if (rule.whole && !is_whole(digits)) return measure_errc::not_whole;
  if (unit == nullptr && rule.unit_needed) return measure_errc::unit_missing;
  if (unit == nullptr) {
    const auto fits = std::find_if(rule.units.begin(), rule.units.end(),
                                   [&](const unit_rule& u) { return inside(rule, filed(u, *value)); });
    if (fits == rule.units.end()) return measure_errc::out_of_range;
    unit = &*fits;
  }
  if (!inside(rule, filed(*unit, *value))) return measure_errc::out_of_range;
  if (unit == rule.units.data()) return measure{std::string(digits), rule.unit, {}};
  return measure{fmt::format("{:.{}f}", filed(*unit, *value), rule.decimals), rule.unit,
                 fmt::format("{} {}", digits, unit->label)};
}

const double_unit* double_unit_of(const vital_rule& rule) {
  const auto found = std::find_if(double_units.begin(), double_units.end(),
                                  [&](const double_unit& unit) { return unit.loinc == rule.loinc; });
  return found == double_units.end() ? nullptr : &*found;
}

std::variant<measure, measure_errc> measured_double(const vital_rule& rule, const double_unit& unit,
                                                    std::string_view greater, std::string_view lesser) {
  if (!is_whole(greater)) return measure_errc::not_whole;
  const auto most = number_of(greater);
  const auto rest = number_of(lesser.empty() ? "0" : lesser);
  if (!most || !rest || *rest >= unit.minors) return measure_errc::out_of_range;
  const double value = (*most * unit.minors + *rest) * unit.minor_factor;
  if (!inside(rule, value)) return measure_errc::out_of_range;
  std::string said = fmt::format("{} {}", greater, unit.label);
  if (!lesser.empty()) said += fmt::format(" {} {}", lesser, unit.minor_label);
  return measure{fmt::format("{:.{}f}", value, rule.decimals), rule.unit, std::move(said)};
}

std::variant<pressure, measure_errc> pressure_of(std::string_view systolic, std::string_view diastolic) {
  if (!is_whole(systolic) || !is_whole(diastolic)) return measure_errc::not_whole;
  const double upper = number_of(systolic).value_or(0);
  const double lower = number_of(diastolic).value_or(0);
  if (upper < 40 || upper > 300 || lower < 20 || lower > 200 || upper <= lower)
    return measure_errc::out_of_range;
  return pressure{static_cast<unsigned>(upper), static_cast<unsigned>(lower)};
}

std::string bounds_of(const vital_rule& rule) {
  return fmt::format("{} to {} {}", rule.lowest, rule.highest, rule.label);
}

}  // namespace epicenter::commands
