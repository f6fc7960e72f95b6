#include "mock-epic/fhir/primitive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace epicenter::mock::fhir {
namespace {

constexpr auto names = std::to_array<std::string_view>(
    {"",        "base64Binary", "boolean",     "canonical", "code",     "date", "dateTime",
     "decimal", "id",           "instant",     "integer",   "markdown", "oid",  "positiveInt",
     "string",  "time",         "unsignedInt", "uri",       "url",      "uuid", "xhtml"});

constexpr std::size_t max_id = 255;
constexpr std::size_t max_string = std::size_t{1} << 20;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Takes exactly so many digits off the front; -1 where there are not.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
    return -1;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return number;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// hh:mm:ss with any fraction; 60 is a leap second.
bool take_time(std::string_view& text) {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take_char(text, ':')) return false;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take_char(text, ':')) return false;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 60) return false;
  if (!take_char(text, '.')) return true;
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

bool take_zone(std::string_view& text) {
  if (take_char(text, 'Z')) return true;
  if (!take_char(text, '+') && !take_char(text, '-')) return false;
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 14 || !take_char(text, ':')) return false;
  const int minute = take_digits(text, 2);
  return minute >= 0 && minute <= 59;
}

/// How much of a date the text had: 1 a year, 2 a month, 3 a day; 0 where it is none.
int take_date(std::string_view& text) {
  const int year = take_digits(text, 4);
  if (year < 1) return 0;
  if (!take_char(text, '-')) return 1;
  const int month = take_digits(text, 2);
  if (month < 1 || month > 12) return 0;
  if (!take_char(text, '-')) return 2;
  const int day = take_digits(text, 2);
  const std::chrono::year_month_day whole{std::chrono::year(year),
                                          std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(std::max(day, 0)))};
  return whole.ok() ? 3 : 0;
}

bool is_date(std::string_view text) {
  return take_date(text) > 0 && text.empty();
}

bool is_instant(std::string_view text) {
  return take_date(text) == 3 && take_char(text, 'T') && take_time(text) && take_zone(text) && text.empty();
}

bool is_time(std::string_view text) {
  return take_time(text) && text.empty();
}

bool is_text(std::string_view text) {
  const bool clean = std::none_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_space(c); });
  return clean && !text.empty() && text.size() <= max_string;
}

/// No spaces at the ends, and no two together.
bool is_code(std::string_view text) {
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20) return false;
    if (i > 0 && text[i] == ' ' && text[i - 1] == ' ') return false;
  }
  return true;
}

bool is_uri(std::string_view text) {
  return is_text(text) && std::none_of(text.begin(), text.end(), is_space);
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
  });
}

bool is_oid(std::string_view text) {
  constexpr std::string_view prefix = "urn:oid:";
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  if (text.empty() || text.front() < '0' || text.front() > '2') return false;
  text.remove_prefix(1);
  while (!text.empty()) {
    if (!take_char(text, '.')) return false;
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0 || (end > 1 && text.front() == '0')) return false;
    text.remove_prefix(end);
  }
  return true;
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view prefix = "urn:uuid:";
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (!text.starts_with(prefix) || text.size() != prefix.size() + shape.size()) return false;
  text.remove_prefix(prefix.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char c = text[i];
    const bool fits =
        shape[i] == '-' ? c == '-' : is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!fits) return false;
  }
  return true;
}

bool is_base64(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    if (c == '=') {
      ++padding;
    } else if (padding > 0 || !(is_letter(c) || is_digit(c) || c == '+' || c == '/')) {
      return false;
    }
    ++symbols;
  }
  return symbols > 0 && symbols % 4 == 0 && padding <= 2;
}

bool is_integer(std::string_view digits, std::int32_t least) {
  std::int32_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, why] = std::from_chars(digits.data(), end, number);
  return why == std::errc() && stopped == end && number >= least;
}

}  // namespace

primitive primitive_named(std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? primitive::none : static_cast<primitive>(at - names.begin());
}

std::string_view name_of(primitive of) {
  return names[static_cast<std::size_t>(of)];
}

bool is_number(primitive of) {
  return of == primitive::decimal || of == primitive::integer || of == primitive::positive_int ||
         of == primitive::unsigned_int;
}

bool is_valid(primitive of, const json::value& v) {
  if (of == primitive::boolean) return v.is_bool();
  if (is_number(of)) {
    const auto number = v.if_number();
    if (!number) return false;
    if (of == primitive::integer) return is_integer(number->text, std::numeric_limits<std::int32_t>::min());
    if (of == primitive::decimal) return true;
    return is_integer(number->text, of == primitive::positive_int ? 1 : 0);
  }
  const auto text = v.if_string();
  if (!text) return false;
  switch (of) {
    case primitive::base64_binary:
      return is_base64(*text);
    case primitive::code:
      return is_code(*text);
    case primitive::date:
      return is_date(*text);
    case primitive::date_time:
      return is_date(*text) || is_instant(*text);
    case primitive::id:
      return is_id(*text);
    case primitive::instant:
      return is_instant(*text);
    case primitive::oid:
      return is_oid(*text);
    case primitive::time:
      return is_time(*text);
    case primitive::uri:
    case primitive::url:
    case primitive::canonical:
      return is_uri(*text);
    case primitive::uuid:
      return is_uuid(*text);
    default:
      return is_text(*text);
  }
}

}  // namespace epicenter::mock::fhir
