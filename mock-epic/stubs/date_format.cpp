// The letters of java.text.SimpleDateFormat, read and written.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

#include "mock-epic/stubs/civil_time.hpp"
#include "mock-epic/stubs/date_text.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::size_t longest_pattern = 200;

/// A run of one letter, or (count 0) a literal text.
struct piece {
  char letter = 0;
  std::size_t count = 0;
  std::string literal;
};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<std::vector<piece>> split(std::string_view pattern) {
  if (pattern.size() > longest_pattern) return std::nullopt;
  std::vector<piece> out;
  for (std::size_t i = 0; i < pattern.size();) {
    if (is_letter(pattern[i])) {
      const std::size_t end = std::min(pattern.find_first_not_of(pattern[i], i), pattern.size());
      out.push_back({pattern[i], end - i, {}});
      i = end;
    } else if (pattern[i] == '\'') {
      const std::size_t end = pattern.find('\'', i + 1);
      if (end == std::string_view::npos) return std::nullopt;
      out.push_back({0, 0, end == i + 1 ? "'" : std::string(pattern.substr(i + 1, end - i - 1))});
      i = end + 1;
    } else {
      out.push_back({0, 0, std::string(1, pattern[i++])});
    }
  }
  return out;
}

std::string zone_text(int zone, const piece& p) {
  if (p.letter == 'z') return zone == 0 ? "UTC" : "GMT" + zone_text(zone, {'X', 3, {}});
  if (p.letter == 'X' && zone == 0) return "Z";
  const int size = zone < 0 ? -zone : zone;
  const std::string_view colon = p.letter == 'X' && p.count == 3 ? ":" : "";
  const std::string hours = fmt::format("{}{:02}", zone < 0 ? '-' : '+', size / 3600);
  return p.letter == 'X' && p.count == 1 ? hours : fmt::format("{}{}{:02}", hours, colon, size / 60 % 60);
}

std::optional<std::string> write(const piece& p, const civil_time& c, unsigned weekday, int zone) {
  const auto number = [&p](auto n) { return fmt::format("{:0{}}", n, p.count); };
  switch (p.letter) {
    case 0:
      return p.literal;
    case 'y':
    case 'u':
      return p.count == 2 ? fmt::format("{:02}", c.year % 100) : number(c.year);
    case 'M':
    case 'L':
      if (p.count < 3) return number(c.month);
      return std::string(p.count == 3 ? months[c.month - 1].substr(0, 3) : months[c.month - 1]);
    case 'd':
      return number(c.day);
    case 'H':
      return number(c.hour);
    case 'k':
      return number(c.hour == 0 ? 24U : c.hour);
    case 'K':
      return number(c.hour % 12);
    case 'h':
      return number(c.hour % 12 == 0 ? 12U : c.hour % 12);
    case 'm':
      return number(c.minute);
    case 's':
      return number(c.second);
    case 'S':
      return number(c.nanosecond / 1'000'000);
    case 'a':
      return c.hour < 12 ? "AM" : "PM";
    case 'E':
      return std::string(p.count <= 3 ? weekdays[weekday].substr(0, 3) : weekdays[weekday]);
    case 'X':
    case 'Z':
    case 'z':
      return zone_text(zone, p);
    default:
      return std::nullopt;
  }
}

/// What has been read so far of a date.
struct reading {
  civil_time c;
  int zone = 0;
  bool afternoon = false;
  bool twelve_hours = false;
};

bool read_name(std::string_view& text, std::span<const std::string_view> names, std::size_t& which) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t length = text.starts_with(names[i]) ? names[i].size() : 3;
    if (!text.starts_with(names[i].substr(0, length))) continue;
    text.remove_prefix(length);
    which = i;
    return true;
  }
  return false;
}

bool read_number(std::string_view& text, const piece& p, bool next_is_number, unsigned& into) {
  const std::size_t most = next_is_number ? p.count : 9;
  std::size_t length = 0;
  while (length < text.size() && length < most && text[length] >= '0' && text[length] <= '9') ++length;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + length, into);
  if (wrong != std::errc{} || length == 0) return false;
  text.remove_prefix(length);
  return true;
}

bool read_zone(std::string_view& text, reading& r) {
  std::size_t length = 0;
  while (length < text.size() && (is_letter(text[length]) || text[length] == '+' || text[length] == '-' ||
                                  text[length] == ':' || (text[length] >= '0' && text[length] <= '9')))
    ++length;
  const auto zone = parse_zone(text.substr(0, length));
  if (!zone) return false;
  r.zone = *zone;
  text.remove_prefix(length);
  return true;
}

bool read(std::string_view& text, const piece& p, bool next_is_number, reading& r) {
  std::size_t which = 0;
  unsigned number = 0;
  switch (p.letter) {
    case 0:
      if (!text.starts_with(p.literal)) return false;
      text.remove_prefix(p.literal.size());
      return true;
    case 'E':
      return read_name(text, weekdays, which);
    case 'a':
      if (!text.starts_with("AM") && !text.starts_with("PM")) return false;
      r.afternoon = text[0] == 'P';
      text.remove_prefix(2);
      return true;
    case 'X':
    case 'Z':
    case 'z':
      return read_zone(text, r);
    case 'M':
    case 'L':
      if (p.count < 3) break;
      if (!read_name(text, months, which)) return false;
      r.c.month = static_cast<unsigned>(which) + 1;
      return true;
    default:
      break;
  }
  if (!read_number(text, p, next_is_number, number)) return false;
  switch (p.letter) {
    case 'y':
    case 'u':
      r.c.year =
          number > 9999 ? 9999 : static_cast<int>(p.count == 2 && number < 100 ? number + 2000 : number);
      return true;
    case 'M':
    case 'L':
      r.c.month = number;
      return true;
    case 'd':
      r.c.day = number;
      return true;
    case 'h':
    case 'K':
      r.twelve_hours = true;
      r.c.hour = number % 12;
      return true;
    case 'H':
    case 'k':
      r.c.hour = p.letter == 'k' ? number % 24 : number;
      return true;
    case 'm':
      r.c.minute = number;
      return true;
    case 's':
      r.c.second = number;
      return true;
    case 'S':
      r.c.nanosecond = std::int64_t{number} * 1'000'000;
      return true;
    default:
      return false;
  }
}

std::optional<wall_time> from_count(std::string_view text, duration unit) {
  std::int64_t count = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::int64_t years = 200LL * 365 * 86'400;
  if (wrong != std::errc{} || end != text.data() + text.size() || count > years * (1s / unit) ||
      count < -years * (1s / unit))
    return std::nullopt;
  return wall_time(unit * count);
}

}  // namespace

std::optional<wall_time> parse_date_by(std::string_view text, std::string_view pattern) {
  if (pattern == "epoch") return from_count(text, 1ms);
  if (pattern == "unix") return from_count(text, 1s);
  const auto pieces = split(pattern);
  if (!pieces) return std::nullopt;
  reading r;
  for (std::size_t i = 0; i < pieces->size(); ++i) {
    const bool next_is_number = i + 1 < pieces->size() && (*pieces)[i + 1].letter != 0;
    if (!read(text, (*pieces)[i], next_is_number, r)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  if (r.twelve_hours && r.afternoon) r.c.hour += 12;
  const auto at = to_wall(r.c);
  return at ? std::optional<wall_time>(*at - std::chrono::seconds(r.zone)) : std::nullopt;
}

std::optional<std::string> format_date_by(wall_time at, std::string_view pattern, int zone_seconds) {
  using namespace std::chrono;
  if (pattern == "epoch") return std::to_string(floor<milliseconds>(at.time_since_epoch()).count());
  if (pattern == "unix") return std::to_string(floor<seconds>(at.time_since_epoch()).count());
  const auto pieces = split(pattern);
  if (!pieces) return std::nullopt;
  const wall_time local = at + seconds(zone_seconds);
  const civil_time c = to_civil(local);
  const unsigned weekday_of = weekday(floor<days>(local)).c_encoding();
  std::string out;
  for (const piece& one : *pieces) {
    const auto text = write(one, c, weekday_of, zone_seconds);
    if (!text) return std::nullopt;
    out += *text;
  }
  return out;
}

}  // namespace epicenter::mock::stubs
