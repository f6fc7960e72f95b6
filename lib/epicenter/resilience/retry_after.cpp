#include <algorithm>
#include <array>
#include <cstdint>
#include <epicenter/resilience/retry_after.hpp>

namespace epicenter::resilience {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Reads a date from left to right; after the first mismatch everything fails.
class cursor {
 public:
  explicit cursor(std::string_view text) : rest_(text) {}

  bool accept(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void expect(std::string_view expected) { good_ = accept(expected) && good_; }

  int number(std::size_t digits) {
    if (rest_.size() < digits) return flunk();
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return flunk();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  unsigned month() {
    for (unsigned i = 0; i < months.size(); ++i) {
      if (accept(months[i])) return i + 1;
    }
    return static_cast<unsigned>(flunk());
  }

  bool good_to_the_end() const { return good_ && rest_.empty(); }

 private:
  int flunk() {
    good_ = false;
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

struct parts {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void read_clock(cursor& in, parts& p) {
  p.hour = in.number(2);
  in.expect(":");
  p.minute = in.number(2);
  in.expect(":");
  p.second = in.number(2);
}

std::optional<wall_time> join(const parts& p) {
  // 60: a leap second, counted as the first of the next minute.
  if (p.hour > 23 || p.minute > 59 || p.second > 60) return std::nullopt;
  const year_month_day date(year(p.year), month(p.month), day(static_cast<unsigned>(p.day)));
  if (!date.ok()) return std::nullopt;
  if (p.year > 2261) return wall_time::max();
  if (p.year < 1678) return wall_time::min();
  return wall_time(sys_days(date)) + hours(p.hour) + minutes(p.minute) + seconds(p.second);
}

std::optional<parts> read_fixdate(std::string_view text) {
  cursor in(text);
  parts p;
  p.day = in.number(2);
  in.expect(" ");
  p.month = in.month();
  in.expect(" ");
  p.year = in.number(4);
  in.expect(" ");
  read_clock(in, p);
  in.expect(" GMT");
  if (!in.good_to_the_end()) return std::nullopt;
  return p;
}

std::optional<parts> read_rfc850(std::string_view text, wall_time about) {
  cursor in(text);
  parts p;
  p.day = in.number(2);
  in.expect("-");
  p.month = in.month();
  in.expect("-");
  p.year = in.number(2);
  in.expect(" ");
  read_clock(in, p);
  in.expect(" GMT");
  if (!in.good_to_the_end()) return std::nullopt;
  const int here = static_cast<int>(year_month_day(floor<std::chrono::days>(about)).year());
  p.year += here - here % 100;
  if (p.year > here + 50) p.year -= 100;
  if (p.year <= here - 50) p.year += 100;
  return p;
}

std::optional<parts> read_asctime(std::string_view text) {
  cursor in(text);
  parts p;
  p.month = in.month();
  in.expect(" ");
  p.day = in.accept(" ") ? in.number(1) : in.number(2);
  in.expect(" ");
  read_clock(in, p);
  in.expect(" ");
  p.year = in.number(4);
  if (!in.good_to_the_end()) return std::nullopt;
  return p;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

duration saturated(std::int64_t whole_seconds) {
  constexpr std::int64_t most = duration::max().count() / 1'000'000'000;
  return whole_seconds > most ? duration::max() : duration(seconds(whole_seconds));
}

}  // namespace

std::optional<wall_time> parse_http_date(std::string_view text, wall_time about) {
  text = trimmed(text);
  for (const std::string_view day : days) {
    const std::string_view brief = day.substr(0, 3);
    if (!text.starts_with(brief)) continue;
    std::optional<parts> read;
    if (text.starts_with(day) && text.substr(day.size()).starts_with(", ")) {
      read = read_rfc850(text.substr(day.size() + 2), about);
    } else if (text.substr(brief.size()).starts_with(", ")) {
      read = read_fixdate(text.substr(brief.size() + 2));
    } else if (text.substr(brief.size()).starts_with(" ")) {
      read = read_asctime(text.substr(brief.size() + 1));
    }
    if (!read) return std::nullopt;
    return join(*read);
  }
  return std::nullopt;
}

std::optional<duration> parse_retry_after(std::string_view value, std::string_view response_date,
                                          wall_time local_now) {
  value = trimmed(value);
  const bool negative = value.starts_with("-");
  if (negative) value.remove_prefix(1);
  if (all_digits(value)) {
    if (negative) return duration{0};
    std::int64_t whole = 0;
    constexpr std::int64_t plenty = 100'000'000'000;
    for (const char c : value) whole = std::min(plenty, whole * 10 + (c - '0'));
    return saturated(whole);
  }
  if (negative) return std::nullopt;
  const wall_time from = parse_http_date(response_date, local_now).value_or(local_now);
  const auto until = parse_http_date(value, from);
  if (!until) return std::nullopt;
  if (*until <= from) return duration{0};
  if (until->time_since_epoch() > 0ns && from.time_since_epoch() >= 0ns) return *until - from;
  const std::int64_t apart =
      floor<seconds>(*until).time_since_epoch().count() - floor<seconds>(from).time_since_epoch().count();
  return saturated(apart);
}

}  // namespace epicenter::resilience
