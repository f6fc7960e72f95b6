#include <epicenter/base/units.hpp>

#include <array>
#include <limits>
#include <numeric>
#include <optional>

namespace epicenter {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<units_errc>(value)) {
    case units_errc::missing_unit:
      return "a unit is missing";
    case units_errc::unknown_unit:
      return "the unit is not known";
    case units_errc::malformed:
      return "the text is not a number with a unit";
    case units_errc::out_of_range:
      return "the value is out of range";
    case units_errc::percent_or_share:
      return "a share is at most 1, or carries a percent sign";
  }
  return "unknown units error";
}

struct unit {
  std::string_view name;
  std::int64_t size;
};

// Descending, because 1m30s is written from the largest unit to the smallest.
constexpr std::array<unit, 6> time_units{{{"h", 3'600'000'000'000},
                                          {"m", 60'000'000'000},
                                          {"s", 1'000'000'000},
                                          {"ms", 1'000'000},
                                          {"us", 1'000},
                                          {"ns", 1}}};

constexpr std::array<unit, 7> size_units{{{"B", 1},
                                          {"kB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"KiB", 1'024},
                                          {"MiB", 1'048'576},
                                          {"GiB", 1'073'741'824}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits before and after the point, still as text, so that nothing is rounded.
struct decimal {
  std::string_view whole;
  std::string_view fraction;
};

/// Takes "12" or "12.5" from the front. No sign, no exponent, no leading zero (014 is octal to some readers).
std::optional<decimal> take_decimal(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0 || (end > 1 && text[0] == '0')) return std::nullopt;
  decimal number{text.substr(0, end), {}};
  text.remove_prefix(end);
  if (text.empty() || text[0] != '.') return number;
  end = 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 1) return std::nullopt;
  number.fraction = text.substr(1, end - 1);
  text.remove_prefix(end);
  return number;
}

std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !is_digit(text[end]) && text[end] != '.') ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

/// number * unit exactly, or why not: a fraction of the smallest step is malformed, too much is out_of_range.
result<std::int64_t> scaled(const decimal& number, std::int64_t unit_size, std::string_view text) {
  std::int64_t total = 0;
  for (const char digit : number.whole) {
    if (__builtin_mul_overflow(total, 10, &total) || __builtin_add_overflow(total, digit - '0', &total))
      return fail(units_errc::out_of_range, std::string(text));
  }
  if (__builtin_mul_overflow(total, unit_size, &total))
    return fail(units_errc::out_of_range, std::string(text));
  const std::string_view fraction = number.fraction.substr(0, number.fraction.find_last_not_of('0') + 1);
  if (fraction.size() > 18) return fail(units_errc::malformed, std::string(text) + " is too precise");
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  for (const char digit : fraction) {
    numerator = numerator * 10 + (digit - '0');
    denominator *= 10;
  }
  const std::int64_t common = std::gcd(unit_size, denominator);
  const std::int64_t parts = denominator / common;
  if (numerator % parts != 0) return fail(units_errc::malformed, std::string(text) + " is too precise");
  if (__builtin_add_overflow(total, numerator / parts * (unit_size / common), &total))
    return fail(units_errc::out_of_range, std::string(text));
  return total;
}

template <std::size_t N>
const unit* find_unit(const std::array<unit, N>& units, std::string_view name) {
  for (const unit& candidate : units)
    if (candidate.name == name) return &candidate;
  return nullptr;
}

/// 1.5 from 1500 thousandths: value in steps of which `one` make a unit, without trailing zeros.
std::string decimal_text(std::int64_t value, std::int64_t one) {
  std::string text = std::to_string(value / one);
  std::int64_t rest = value % one;
  if (rest == 0) return text;
  text += '.';
  for (std::int64_t step = one / 10; rest != 0; step /= 10) {
    text += static_cast<char>('0' + rest / step);
    rest %= step;
  }
  return text;
}

}  // namespace

std::error_code make_error_code(units_errc code) {
  static const error_sentences category{"units", sentence_of};
  return {static_cast<int>(code), category};
}

result<duration> parse_duration(std::string_view text) {
  if (text == "0") return duration::zero();
  if (!text.empty() && text[0] == '-')
    return fail(units_errc::out_of_range, std::string(text) + " is negative");
  std::string_view rest = text;
  std::int64_t total = 0;
  std::int64_t previous = std::numeric_limits<std::int64_t>::max();
  do {
    const auto number = take_decimal(rest);
    if (!number) return fail(units_errc::malformed, std::string(text));
    const std::string_view name = take_word(rest);
    if (name.empty())
      return fail(units_errc::missing_unit,
                  "write " + std::string(text) + "ms or " + std::string(text) + "s");
    const unit* found = find_unit(time_units, name);
    if (!found) return fail(units_errc::unknown_unit, std::string(name) + "; known are h, m, s, ms, us, ns");
    if (found->size >= previous)
      return fail(units_errc::malformed, std::string(text) + ": write from the largest unit to the smallest");
    previous = found->size;
    const auto part = scaled(*number, found->size, text);
    if (!part) return fail(part.error());
    if (__builtin_add_overflow(total, *part, &total))
      return fail(units_errc::out_of_range, std::string(text));
  } while (!rest.empty());
  return duration{total};
}

result<std::uint64_t> parse_size(std::string_view text) {
  if (text == "0") return std::uint64_t{0};
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) return fail(units_errc::malformed, std::string(text));
  if (rest.empty())
    return fail(units_errc::missing_unit, "write " + std::string(text) + "B or " + std::string(text) + "kB");
  const unit* found = find_unit(size_units, rest);
  if (!found)
    return fail(units_errc::unknown_unit, std::string(rest) + "; known are B, kB, MB, GB, KiB, MiB, GiB");
  const auto bytes = scaled(*number, found->size, text);
  if (!bytes) return fail(bytes.error());
  return static_cast<std::uint64_t>(*bytes);
}

result<rate> parse_rate(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) return fail(units_errc::malformed, std::string(text) + "; write it as 50/s, 600/m or 10/h");
  if (!number->fraction.empty())
    return fail(units_errc::malformed,
                std::string(text) + ": whole events only, such as 30/m for one in two seconds");
  const auto events = scaled(*number, 1, text);
  if (!events) return fail(events.error());
  if (rest.empty())
    return fail(units_errc::missing_unit, "write " + std::string(text) + "/s or " + std::string(text) + "/m");
  if (rest == "/s") return rate{*events, 1s};
  if (rest == "/m") return rate{*events, 1min};
  if (rest == "/h") return rate{*events, 1h};
  return fail(units_errc::unknown_unit, std::string(rest) + "; known are /s, /m, /h");
}

result<share> parse_share(std::string_view text) {
  constexpr std::int64_t one = 1'000'000;
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number || (!rest.empty() && rest != "%"))
    return fail(units_errc::malformed, std::string(text) + "; write it as 30% or 0.3");
  const bool percent = rest == "%";
  const auto ppm = scaled(*number, percent ? one / 100 : one, text);
  if (!ppm) return fail(ppm.error());
  if (*ppm <= one) return share{*ppm};
  if (percent) return fail(units_errc::out_of_range, std::string(text) + " is more than 100%");
  if (*ppm > 100 * one) return fail(units_errc::out_of_range, std::string(text) + " is more than 1");
  return fail(units_errc::percent_or_share,
              "did you mean " + std::string(text) + "% or " + decimal_text(*ppm / 100, one) + "?");
}

std::string format_duration(duration value) {
  std::int64_t left = value.count();
  if (left == 0) return "0s";
  if (left == std::numeric_limits<std::int64_t>::min()) return "-" + format_duration(duration::max());
  if (left < 0) return "-" + format_duration(-value);
  std::string text;
  for (const unit& part : time_units) {
    if (left < part.size) continue;
    if (part.size <= 1'000'000'000) return text + decimal_text(left, part.size) + std::string(part.name);
    text += std::to_string(left / part.size) + std::string(part.name);
    left %= part.size;
    if (left == 0) break;
  }
  return text;
}

std::string format_rate(const rate& value) {
  std::string text = std::to_string(value.events) + "/";
  if (value.period == 1s) return text + "s";
  if (value.period == 1min) return text + "m";
  if (value.period == 1h) return text + "h";
  return text + format_duration(value.period);
}

std::string format_share(share value) {
  if (value.ppm < 0) return "-" + format_share(share{-value.ppm});
  return decimal_text(value.ppm, 10'000) + "%";
}

}  // namespace epicenter
