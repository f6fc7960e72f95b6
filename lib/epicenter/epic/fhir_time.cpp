#include <fmt/format.h>

#include <array>
#include <epicenter/epic/fhir_time.hpp>

namespace epicenter::epic {
namespace {

/// Reads a text from its start, and remembers when it was not as expected.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}
  int digits(std::size_t count) {
    if (rest_.size() < count) return spoil();
    int number = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return spoil();
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) good_ = false;
  }
  std::int64_t fraction() {
    std::int64_t ns = 0;
    std::int64_t unit = 100'000'000;
    const std::size_t before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      ns += (rest_.front() - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
    }
    if (rest_.size() == before) good_ = false;
    return ns;
  }
  bool done() const { return rest_.empty(); }
  bool good() const { return good_; }

 private:
  int spoil() {
    good_ = false;
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

// Nothing where none is written.
std::optional<duration> read_zone(reader& from) {
  if (from.done()) return std::nullopt;
  if (from.take('Z')) return duration{};
  const bool west = from.take('-');
  if (!west) from.expect('+');
  const int hours = from.digits(2);
  from.expect(':');
  const int minutes = from.digits(2);
  const duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

struct time_of_day {
  duration time{};
  std::optional<duration> zone;
};

std::optional<time_of_day> read_time_of_day(reader& from) {
  const int hour = from.digits(2);
  from.expect(':');
  const int minute = from.digits(2);
  from.expect(':');
  const int second = from.digits(2);
  time_of_day read;
  read.time = std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  if (from.take('.')) read.time += duration(from.fraction());
  read.zone = read_zone(from);
  if (hour > 24 || minute > 59 || second > 60) return std::nullopt;
  return read;
}

}  // namespace

std::optional<wall_time> parse_fhir_time(std::string_view text, const site_zone& zone) {
  reader from(text);
  const int year = from.digits(4);
  unsigned month = 1;
  unsigned day = 1;
  time_of_day time;
  if (from.good() && from.take('-')) {
    month = static_cast<unsigned>(from.digits(2));
    if (from.good() && from.take('-')) {
      day = static_cast<unsigned>(from.digits(2));
      if (from.good() && from.take('T')) {
        const auto read = read_time_of_day(from);
        if (!read) return std::nullopt;
        time = *read;
      }
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!from.good() || !from.done() || !date.ok() || year < 1678 || year > 2261) return std::nullopt;
  const wall_time shown = wall_time(std::chrono::sys_days(date)) + time.time;
  return time.zone ? shown - *time.zone : zone.from_local(shown);
}

std::string format_fhir_time(wall_time when, const site_zone& zone) {
  const auto offset = std::chrono::floor<std::chrono::minutes>(zone.offset_at(when));
  const wall_time at = when + offset;
  const auto days = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - days));
  const auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                time.hours().count(), time.minutes().count(), time.seconds().count());
  if (offset.count() == 0) return text + 'Z';
  const auto away = offset.count() < 0 ? -offset.count() : offset.count();
  return text + fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', away / 60, away % 60);
}

std::optional<wall_time> time_of(const json::value& observation, const site_zone& zone) {
  constexpr std::array<std::string_view, 4> places{"effectiveDateTime", "effectiveInstant",
                                                   "effectivePeriod.start", "issued"};
  for (const auto place : places) {
    if (const auto when = parse_fhir_time(observation.string_at(place), zone)) return when;
  }
  return std::nullopt;
}

}  // namespace epicenter::epic
