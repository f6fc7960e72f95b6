#include <charconv>
#include <epicenter/fhir/moment.hpp>

namespace epicenter::fhir {
namespace {

// Digits where the pattern has a 0, itself elsewhere.
bool has_form(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i != pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
  }
  return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + at + count, number);
  return number;
}

std::optional<duration> parse_zone(std::string_view text) {
  if (text == "Z") return duration{};
  const bool east = has_form(text, "+00:00");
  if (text.size() != 6 || (!east && !has_form(text, "-00:00"))) return std::nullopt;
  const duration offset =
      std::chrono::hours(number_at(text, 1, 2)) + std::chrono::minutes(number_at(text, 4, 2));
  return east ? offset : -offset;
}

}  // namespace

std::optional<wall_time> parse_moment(std::string_view text) {
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  if (!has_form(text, pattern)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(number_at(text, 0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number_at(text, 5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number_at(text, 8, 2)))};
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  const int year = static_cast<int>(date.year());
  if (!date.ok() || year < 1700 || year > 2200 || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  duration time = std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  text.remove_prefix(pattern.size());
  if (text.starts_with('.')) {
    const auto end = text.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    std::int64_t unit = 100'000'000;
    for (const char c : text.substr(1, end - 1)) {
      time += duration((c - '0') * unit);
      unit /= 10;
    }
    text.remove_prefix(end);
  }
  const auto zone = parse_zone(text);
  if (!zone) return std::nullopt;
  return wall_time(std::chrono::sys_days(date)) + time - *zone;
}

}  // namespace epicenter::fhir
