#include <algorithm>
#include <epicenter/epic/error.hpp>
#include <epicenter/epic/site_zone.hpp>

namespace epicenter::epic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::chrono::year year_of(wall_time at) {
  return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(at)).year();
}

}  // namespace

/// Reads the rule from its start; nothing of a function's value counts once `good` is false.
class zone_reader {
 public:
  explicit zone_reader(std::string_view text) : rest_(text) {}

  site_zone posix() {
    site_zone zone;
    name();
    zone.standard_ = -offset();  // POSIX counts westwards
    if (rest_.empty()) return zone;
    site_zone::daylight summer;
    name();
    summer.offset = zone.standard_ + hours(1);
    if (!rest_.empty() && rest_.front() != ',') summer.offset = -offset();
    summer.begins = change();
    summer.ends = change();
    zone.summer_ = summer;
    return zone;
  }
  site_zone fixed() {
    site_zone zone;
    zone.standard_ = offset();
    return zone;
  }
  bool done() const { return good_ && rest_.empty(); }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = take(c) && good_; }
  void name() {
    std::size_t length = 0;
    const bool quoted = take('<');
    while (length < rest_.size() && (is_letter(rest_[length]) || (quoted && rest_[length] != '>'))) ++length;
    good_ = good_ && length >= 3;
    rest_.remove_prefix(length);
    if (quoted) expect('>');
  }
  unsigned number(unsigned most) {
    unsigned value = 0;
    std::size_t digits = 0;
    for (; digits < 3 && !rest_.empty() && is_digit(rest_.front()); ++digits) {
      value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    good_ = good_ && digits > 0 && value <= most;
    return std::min(value, most);
  }
  duration time(unsigned most_hours) {
    duration read = hours(number(most_hours));
    if (take(':')) read += minutes(number(59));
    if (take(':')) read += seconds(number(59));
    return read;
  }
  duration offset() {
    const bool minus = take('-');
    if (!minus) take('+');
    const duration read = time(24);
    return minus ? -read : read;
  }
  site_zone::change change() {
    site_zone::change read;
    expect(',');
    expect('M');
    read.month = number(12);
    expect('.');
    read.week = number(5);
    expect('.');
    read.weekday = number(6);
    good_ = good_ && read.month > 0 && read.week > 0;
    if (take('/')) read.at = time(24);
    return read;
  }

  std::string_view rest_;
  bool good_ = true;
};

result<site_zone> site_zone::parse(std::string_view text) {
  const bool numeric = !text.empty() && (text.front() == '+' || text.front() == '-');
  if (text == "UTC" || text == "Z") return site_zone();
  zone_reader from(text);
  site_zone zone = numeric ? from.fixed() : from.posix();
  const duration moved = zone.summer_ ? zone.summer_->offset - zone.standard_ : duration{};
  const bool sane = std::chrono::abs(zone.standard_) <= hours(15) && std::chrono::abs(moved) <= hours(3);
  if (from.done() && sane) return zone;
  return fail(errc::invalid_argument,
              "the time zone is not UTC, +hh:mm, or like CST6CDT,M3.2.0,M11.1.0 (POSIX TZ with the M rule)");
}

// In the clock's time before the change; `standing` is that clock's offset.
wall_time site_zone::moment_of(const change& when, std::chrono::year year, duration standing) {
  const std::chrono::weekday day(when.weekday);
  const auto in_month = year / std::chrono::month(when.month);
  const std::chrono::sys_days date = when.week == 5 ? std::chrono::sys_days(in_month / day[std::chrono::last])
                                                    : std::chrono::sys_days(in_month / day[when.week]);
  return wall_time(date) + when.at - standing;
}

duration site_zone::offset_at(wall_time at) const {
  if (!summer_) return standard_;
  const auto year = year_of(at + standard_);
  const wall_time begins = moment_of(summer_->begins, year, standard_);
  const wall_time ends = moment_of(summer_->ends, year, summer_->offset);
  // South of the equator summer spans the new year.
  const bool summer = begins < ends ? at >= begins && at < ends : at >= begins || at < ends;
  return summer ? summer_->offset : standard_;
}

wall_time site_zone::from_local(wall_time shown) const {
  if (!summer_) return shown - standard_;
  const wall_time early = shown - std::max(standard_, summer_->offset);
  if (early + offset_at(early) == shown) return early;
  const wall_time late = shown - std::min(standard_, summer_->offset);
  return late;
}

wall_time site_zone::next_midnight(wall_time after) const {
  const auto today = std::chrono::floor<std::chrono::days>(after + offset_at(after));
  const wall_time shown(today + std::chrono::days(1));
  const wall_time first = from_local(shown);
  if (first > after) return first;
  // Clocks set back over midnight show it twice, and the first time has gone by.
  return shown - std::min(standard_, summer_ ? summer_->offset : standard_);
}

}  // namespace epicenter::epic
