// Values with an order: dates, numbers and quantities, and their prefixes
// (hl7.org/fhir/R4/search.html#prefix).
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "mock-epic/fhir/search_text.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t far_off = std::numeric_limits<std::int64_t>::max();

comparison take_prefix(std::string_view& text) {
  static constexpr std::array<std::pair<std::string_view, comparison>, 9> prefixes{{{"eq", comparison::eq},
                                                                                    {"ne", comparison::ne},
                                                                                    {"lt", comparison::lt},
                                                                                    {"le", comparison::le},
                                                                                    {"gt", comparison::gt},
                                                                                    {"ge", comparison::ge},
                                                                                    {"sa", comparison::sa},
                                                                                    {"eb", comparison::eb},
                                                                                    {"ap", comparison::ap}}};
  for (const auto& [prefix, compare] : prefixes) {
    if (!text.starts_with(prefix)) continue;
    text.remove_prefix(prefix.size());
    return compare;
  }
  return comparison::eq;
}

/// Whether a held range [low, high) compares to a wanted one, as R4 has it for ranges.
template <class T>
bool compares(comparison how, T low, T high, T wanted_low, T wanted_high) {
  const bool inside = low >= wanted_low && high <= wanted_high;
  switch (how) {
    case comparison::eq:
      return inside;
    case comparison::ne:
      return !inside;
    case comparison::lt:
      return low < wanted_low;
    case comparison::le:
      return low < wanted_low || inside;
    case comparison::gt:
      return high > wanted_high;
    case comparison::ge:
      return high > wanted_high || inside;
    case comparison::sa:
      return low >= wanted_high;
    case comparison::eb:
      return high <= wanted_low;
    case comparison::ap:
      return low < wanted_high && high > wanted_low;
  }
  return false;
}

void widen(std::optional<data::date_range>& all, const std::optional<data::date_range>& one) {
  if (!one) return;
  all = all ? data::date_range{std::min(all->begin, one->begin), std::max(all->end, one->end)} : *one;
}

std::optional<data::date_range> range_of_period(const json::value& period) {
  const json::value* start = period.find("start");
  const json::value* end = period.find("end");
  if (!start && !end) return std::nullopt;
  const auto from = start ? range_of(*start) : std::nullopt;
  const auto to = end ? range_of(*end) : std::nullopt;
  return data::date_range{from ? from->begin : long_ago, to ? to->end : far_off};
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> number_at(const json::value& from, std::string_view path) {
  const json::value* found = from.at_path(path);
  const auto number = found ? found->if_number() : nullptr;
  return number ? to_number(number->text) : std::nullopt;
}

/// Half a unit of the last digit: 0.05 of "5.4", 0.5 of "100", 0.5e2 of "1e2".
double half_unit(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t dot = mantissa.find('.');
  double exponent = dot == std::string_view::npos ? 0 : -static_cast<double>(mantissa.size() - dot - 1);
  if (e != std::string_view::npos) exponent += to_number(text.substr(e + 1)).value_or(0);
  return 0.5 * std::pow(10.0, exponent);
}

struct extent {
  double low, high;
};

std::optional<extent> extent_of(const json::value& leaf) {
  constexpr double endless = std::numeric_limits<double>::infinity();
  if (const auto number = leaf.if_number()) {
    const auto value = to_number(number->text);
    return value ? std::optional(extent{*value, *value}) : std::nullopt;
  }
  if (leaf.find("low") || leaf.find("high"))
    return extent{number_at(leaf, "low.value").value_or(-endless),
                  number_at(leaf, "high.value").value_or(endless)};
  const auto value = number_at(leaf, "value");
  if (!value) return std::nullopt;
  const std::string_view comparator = leaf.string_at("comparator");
  return extent{comparator.starts_with('<') ? -endless : *value,
                comparator.starts_with('>') ? endless : *value};
}

}  // namespace

std::optional<data::date_range> range_of(const json::value& leaf) {
  if (const auto text = leaf.if_string()) return data::parse_date(*text);
  if (!leaf.if_object()) return std::nullopt;
  if (!leaf.find("event") && !leaf.find("repeat")) return range_of_period(leaf);
  std::optional<data::date_range> all;
  walk(leaf, "event", [&](const json::value& event) {
    widen(all, range_of(event));
    return false;
  });
  if (const json::value* bounds = leaf.at_path("repeat.boundsPeriod")) widen(all, range_of_period(*bounds));
  return all;
}

std::optional<date_value> date_value::read(std::string_view text, wall_time now) {
  date_value made;
  made.compare = take_prefix(text);
  const auto range = data::parse_date(text);
  if (!range) return std::nullopt;
  made.range = *range;
  if (made.compare == comparison::ap) {
    // R4 recommends a tenth of the time between then and now.
    const std::int64_t today = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const std::int64_t slack = std::abs(today - made.range.begin) / 10;
    made.range = {made.range.begin - slack, made.range.end + slack};
  }
  return made;
}

bool date_value::matches(const data::date_range& held) const {
  return compares(compare, held.begin, held.end, range.begin, range.end);
}

bool date_value::matches(const json::value& leaf) const {
  const auto held = range_of(leaf);
  return held && matches(*held);
}

std::optional<quantity_value> quantity_value::read_number(std::string_view text) {
  quantity_value made;
  made.compare = take_prefix(text);
  const auto value = to_number(text);
  if (!value) return std::nullopt;
  made.value = *value;
  made.half = half_unit(text);
  if (!std::isfinite(made.half)) return std::nullopt;
  return made;
}

std::optional<quantity_value> quantity_value::read(std::string_view escaped) {
  const auto parts = split_value(escaped, '|');
  if (parts.size() != 1 && parts.size() != 3) return std::nullopt;
  auto made = read_number(parts[0]);
  if (!made || parts.size() == 1) return made;
  if (!parts[1].empty()) made->system = unescape_value(parts[1]);
  made->code = unescape_value(parts[2]);
  return made;
}

bool quantity_value::matches(const json::value& leaf) const {
  const auto held = extent_of(leaf);
  if (!held) return false;
  if (!code.empty() || system) {
    const json::value& unit = leaf.find("low")    ? *leaf.find("low")
                              : leaf.find("high") ? *leaf.find("high")
                                                  : leaf;
    const bool money = unit.find("currency") != nullptr;
    const std::string_view own = unit.string_at(money ? "currency" : "code");
    const bool named = own == code || (!system && unit.string_at("unit") == code);
    if (!code.empty() && !named) return false;
    if (system && unit.string_at("system", money ? "urn:iso:std:iso:4217" : "") != *system) return false;
  }
  // Binary fractions do not hit decimal bounds; a millionth of the last digit is far below what a digit can
  // say.
  const double tolerance = half * 1e-6;
  const double spread = compare == comparison::ap ? std::max(std::abs(value) * 0.1, half) : half;
  const bool inside = held->low >= value - spread - tolerance && held->high < value + spread - tolerance;
  switch (compare) {
    case comparison::eq:
      return inside;
    case comparison::ne:
      return !inside;
    case comparison::ap:
      return held->low <= value + spread + tolerance && held->high >= value - spread - tolerance;
    case comparison::lt:
    case comparison::eb:
      return compare == comparison::lt ? held->low < value : held->high < value;
    case comparison::le:
      return held->low <= value;
    case comparison::gt:
    case comparison::sa:
      return compare == comparison::gt ? held->high > value : held->low > value;
    case comparison::ge:
      return held->high >= value;
  }
  return false;
}

}  // namespace epicenter::mock::fhir
