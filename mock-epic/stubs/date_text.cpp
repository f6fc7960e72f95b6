#include "mock-epic/stubs/date_text.hpp"

#include <fmt/format.h>

#include <charconv>

#include "mock-epic/stubs/civil_time.hpp"

namespace epicenter::mock::stubs {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "09:30", "09:30:00", "09:30:00.25", with "Z", "+01:00" or nothing after it.
std::optional<wall_time> with_time(std::string_view text, std::string_view date) {
  const std::size_t zone_at = text.find_first_of("Z+-");
  const std::string_view clock = text.substr(0, zone_at);
  const auto zone =
      zone_at == std::string_view::npos ? std::optional<int>(0) : parse_zone(text.substr(zone_at));
  const auto at =
      clock.size() == 5 ? parse_date_by(std::string(date) + " " + std::string(clock), "yyyy-MM-dd HH:mm")
      : clock.size() >= 8
          ? parse_date_by(std::string(date) + " " + std::string(clock.substr(0, 8)), "yyyy-MM-dd HH:mm:ss")
          : std::nullopt;
  if (!zone || !at) return std::nullopt;
  duration fraction{};
  if (clock.size() > 8) {
    if (clock[8] != '.' || clock.size() == 9 || clock.size() > 18) return std::nullopt;
    auto digits = std::string(clock.substr(9));
    digits.resize(9, '0');
    const auto nanoseconds =
        digits.find_first_not_of("0123456789") == std::string::npos ? whole_number(digits) : std::nullopt;
    if (!nanoseconds) return std::nullopt;
    fraction = std::chrono::nanoseconds(*nanoseconds);
  }
  return *at + fraction - std::chrono::seconds(*zone);
}

}  // namespace

std::optional<wall_time> parse_date_text(std::string_view text) {
  if (text.size() == 10) return parse_date_by(text, "yyyy-MM-dd");
  if (text.size() > 11 && (text[10] == 'T' || text[10] == ' '))
    return with_time(text.substr(11), text.substr(0, 10));
  return parse_date_by(text, "EEE, dd MMM yyyy HH:mm:ss zzz");
}

std::optional<int> parse_zone(std::string_view text) {
  if (text == "Z" || text == "UTC" || text == "GMT" || text == "Etc/UTC") return 0;
  if (text.starts_with("GMT") || text.starts_with("UTC")) text.remove_prefix(3);
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string digits;
  for (const char c : text)
    if (c != ':') digits += c;
  if (digits.size() > 4 || digits.find_first_not_of("0123456789") != std::string::npos || digits.empty())
    return std::nullopt;
  if (digits.size() <= 2) digits += "00";
  if (digits.size() == 3) digits.insert(0, 1, '0');
  const int hours = (digits[0] - '0') * 10 + (digits[1] - '0');
  const int minutes = (digits[2] - '0') * 10 + (digits[3] - '0');
  if (hours > 18 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

std::string format_iso(wall_time at) {
  const civil_time c = to_civil(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute,
                     c.second);
}

std::string format_iso_millis(wall_time at) {
  std::string text = format_iso(at);
  text.insert(text.size() - 1, fmt::format(".{:03}", to_civil(at).nanosecond / 1'000'000));
  return text;
}

std::optional<wall_time> add_offset(wall_time at, std::int64_t amount, std::string_view unit) {
  using namespace std::chrono;
  if (amount < -1'000'000'000 || amount > 1'000'000'000) return std::nullopt;
  if (unit.ends_with('s')) unit.remove_suffix(1);
  constexpr std::int64_t most_days = 100'000;
  const auto within = [amount](std::int64_t seconds_of_one) {
    return amount * seconds_of_one <= most_days * 86'400 && amount * seconds_of_one >= -most_days * 86'400;
  };
  if (unit == "second" && within(1)) return at + seconds(amount);
  if (unit == "minute" && within(60)) return at + minutes(amount);
  if (unit == "hour" && within(3600)) return at + hours(amount);
  if (unit == "day" && within(86'400)) return at + days(amount);
  if (unit == "week" && within(604'800)) return at + days(amount * 7);
  if (unit != "month" && unit != "year") return std::nullopt;
  if (amount < -5'000 || amount > 5'000) return std::nullopt;
  civil_time c = to_civil(at);
  const std::int64_t month = std::int64_t{c.year} * 12 + c.month - 1 + amount * (unit == "year" ? 12 : 1);
  if (month < 0) return std::nullopt;
  c.year = static_cast<int>(month / 12);
  c.month = static_cast<unsigned>(month % 12) + 1;
  const year_month_day_last last{year{c.year}, month_day_last{std::chrono::month{c.month}}};
  c.day = std::min(c.day, unsigned{last.day()});
  return to_wall(c);
}

std::optional<wall_time> add_offset(wall_time at, std::string_view offset) {
  while (offset.starts_with(' ')) offset.remove_prefix(1);
  if (offset.starts_with('+')) offset.remove_prefix(1);
  while (offset.starts_with(' ')) offset.remove_prefix(1);
  const std::size_t space = offset.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto amount = whole_number(offset.substr(0, space));
  if (!amount) return std::nullopt;
  return add_offset(at, *amount, offset.substr(offset.find_first_not_of(' ', space)));
}

std::optional<wall_time> truncate_date(wall_time at, std::string_view how) {
  civil_time c = to_civil(at);
  c.nanosecond = 0;
  c.second = 0;
  if (how == "first second of minute") return to_wall(c);
  c.minute = 0;
  if (how == "first minute of hour") return to_wall(c);
  c.hour = 0;
  if (how == "first hour of day") return to_wall(c);
  const unsigned month = c.month;
  c.day = 1;
  const auto month_on = [&c](std::int64_t by) {
    const auto first = to_wall(c);
    return first ? add_offset(*first, by, "month") : std::nullopt;
  };
  if (how == "first day of month") return to_wall(c);
  if (how == "first day of next month") return month_on(1);
  if (how == "last day of month") {
    const auto next = month_on(1);
    return next ? add_offset(*next, -1, "day") : std::nullopt;
  }
  if (how == "first day of year") return month_on(-static_cast<std::int64_t>(month - 1));
  if (how == "first day of next year") return month_on(13 - static_cast<std::int64_t>(month));
  if (how == "last day of year") {
    const auto next = month_on(13 - static_cast<std::int64_t>(month));
    return next ? add_offset(*next, -1, "day") : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace epicenter::mock::stubs
