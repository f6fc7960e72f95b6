// Values of vital signs: units, bounds and conversion.
#pragma once

#include <array>
#include <epicenter/commands/lexicon.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace epicenter::commands {

/// mm[Hg]: systolic 40 to 300, diastolic 20 to 200, systolic above diastolic. Whole numbers.
struct pressure {
  unsigned systolic = 0;
  unsigned diastolic = 0;
  friend bool operator==(const pressure&, const pressure&) = default;
};
/// A decimal by its digits, in the unit that is filed; with what was said where that was another one.
struct measure {
  std::string value;      ///< "72", "98.60": the digits that were said, or of the conversion
  std::string_view unit;  ///< UCUM: "kg", "cm", "Cel", "/min", "%"
  std::string said;       ///< "158 lb", "5 ft 7 in"; empty where nothing was converted
  friend bool operator==(const measure&, const measure&) = default;
};
using vital_value = std::variant<pressure, measure>;

/// A unit that is said, and what makes the filed one of it: value * factor + offset.
struct unit_rule {
  std::string_view phrases;  ///< '|' between them; the first is used to say it
  std::string_view label;    ///< "lb"
  double factor = 1;
  double offset = 0;
};
/// How one vital sign is given. Bounds are in the filed unit, both inclusive.
struct vital_rule {
  std::string_view loinc;
  std::string_view unit;   ///< UCUM, filed
  std::string_view label;  ///< the same for people
  double lowest = 0;
  double highest = 0;
  bool whole = false;                ///< whole numbers only
  int decimals = 0;                  ///< after a conversion
  bool unit_needed = false;          ///< without one it could be either
  std::span<const unit_rule> units;  ///< the first is the filed one
};

/// Nothing for blood pressure, which is two values, and for codes that are no vital sign.
const vital_rule* rule_of(const entry&);

/// A value in two units at once: feet and inches, pounds and ounces.
struct double_unit {
  std::string_view loinc;
  std::string_view phrases;  ///< of the greater unit, with '|' between them; the first is used to say it
  std::string_view label;    ///< "ft"
  std::string_view minor_phrases;
  std::string_view minor_label;      ///< "in"
  unsigned minors = 0;               ///< in one of the greater
  double minor_factor = 0;           ///< a lesser one in the filed unit
  bool minor_may_be_silent = false;  ///< «five foot seven»
};
/// nullptr where the vital sign has none.
const double_unit* double_unit_of(const vital_rule&);

enum class measure_errc { out_of_range, unit_missing, not_whole };
/// From the digits that were said and the unit (nullptr: none was). A temperature without one is taken for
/// the only unit in whose bounds it lies: they do not overlap.
std::variant<measure, measure_errc> measured(const vital_rule&, std::string_view digits, const unit_rule*);
/// "5" and "7" of feet and inches: the greater is whole, the lesser below one of the greater; empty where
/// none was said. measure_errc::not_whole, out_of_range.
std::variant<measure, measure_errc> measured_double(const vital_rule&, const double_unit&,
                                                    std::string_view greater, std::string_view lesser);
std::variant<pressure, measure_errc> pressure_of(std::string_view systolic, std::string_view diastolic);
/// "25 to 45 °C"
std::string bounds_of(const vital_rule&);

}  // namespace epicenter::commands
