#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

namespace chr = std::chrono;

/// Reads fixed-width digits and separators from the front of a text.
class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }
  bool next_is(char c) const { return !text_.empty() && text_.front() == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::optional<int> digits(std::size_t width) {
    if (text_.size() < width) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return number;
  }
  void skip_digits() {
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') text_.remove_prefix(1);
  }

 private:
  std::string_view text_;
};

std::int64_t seconds_of(chr::sys_days day) {
  return chr::sys_seconds(day).time_since_epoch().count();
}

/// "Z", "+hh:mm", "-hh:mm" or nothing: seconds east of UTC.
std::optional<std::int64_t> parse_zone(reader& in) {
  if (in.done() || in.take('Z')) return 0;
  const bool west = in.next_is('-');
  if (!in.take('-') && !in.take('+')) return std::nullopt;
  const auto hours = in.digits(2);
  if (!hours || !in.take(':')) return std::nullopt;
  const auto minutes = in.digits(2);
  if (!minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * 3600 + *minutes * 60;
  return west ? -offset : offset;
}

std::optional<date_range> parse_time(reader& in, std::int64_t day) {
  const auto hour = in.digits(2);
  if (!hour || *hour > 23 || !in.take(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t width = 60;
  int second = 0;
  if (in.take(':')) {
    const auto seconds = in.digits(2);
    if (!seconds || *seconds > 60) return std::nullopt;
    second = *seconds;
    width = 1;
    if (in.take('.')) in.skip_digits();
  }
  const auto zone = parse_zone(in);
  if (!zone || !in.done()) return std::nullopt;
  const std::int64_t begin = day + *hour * 3600 + *minute * 60 + second - *zone;
  return date_range{begin, begin + width};
}

void put_digits(char* to, std::size_t width, unsigned number) {
  for (std::size_t i = width; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

void put_date(char* to, chr::sys_days day) {
  const chr::year_month_day date{day};
  put_digits(to, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(to + 5, 2, static_cast<unsigned>(date.month()));
  put_digits(to + 8, 2, static_cast<unsigned>(date.day()));
}

}  // namespace

// By hand: a chart writes hundreds of dates, and a formatting library takes most of its time for them.
std::string format_date(wall_time at) {
  std::string made(10, '-');
  put_date(made.data(), chr::floor<chr::days>(at));
  return made;
}

std::string format_instant(wall_time at) {
  const auto day = chr::floor<chr::days>(at);
  const chr::hh_mm_ss time{chr::floor<chr::seconds>(at - day)};
  std::string made = "0000-00-00T00:00:00Z";
  put_date(made.data(), day);
  put_digits(made.data() + 11, 2, static_cast<unsigned>(time.hours().count()));
  put_digits(made.data() + 14, 2, static_cast<unsigned>(time.minutes().count()));
  put_digits(made.data() + 17, 2, static_cast<unsigned>(time.seconds().count()));
  return made;
}

std::optional<date_range> parse_date(std::string_view text) {
  reader in(text);
  const auto year = in.digits(4);
  if (!year) return std::nullopt;
  const chr::year y{*year};
  if (in.done()) return date_range{seconds_of(y / 1 / 1), seconds_of((y + chr::years(1)) / 1 / 1)};
  if (!in.take('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  const chr::year_month ym = y / *month;
  if (in.done()) return date_range{seconds_of(ym / 1), seconds_of((ym + chr::months(1)) / 1)};
  if (!in.take('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!day || !(ym / *day).ok()) return std::nullopt;
  const std::int64_t begin = seconds_of(ym / *day);
  if (in.done()) return date_range{begin, begin + 86'400};
  if (!in.take('T')) return std::nullopt;
  return parse_time(in, begin);
}

}  // namespace epicenter::mock::data
