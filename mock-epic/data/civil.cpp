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

// By hand: each resource served shows a time, and formatting by pattern takes five times as long.
void append_digits(std::string& out, int number, std::size_t width) {
  const std::size_t begin = out.size();
  out.append(width, '0');
  for (std::size_t at = begin + width; at > begin && number > 0; number /= 10)
    out[--at] = static_cast<char>('0' + number % 10);
}

void append_date(std::string& out, chr::sys_days day) {
  const chr::year_month_day date{day};
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  append_digits(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

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

}  // namespace

std::string format_date(wall_time at) {
  std::string out;
  append_date(out, chr::floor<chr::days>(at));
  return out;
}

std::string format_instant(wall_time at) {
  const auto day = chr::floor<chr::days>(at);
  const chr::hh_mm_ss time{chr::floor<chr::seconds>(at - day)};
  std::string out;
  append_date(out, day);
  char separator = 'T';
  for (const auto part : {time.hours().count(), time.minutes().count(), time.seconds().count()}) {
    out += separator;
    append_digits(out, static_cast<int>(part), 2);
    separator = ':';
  }
  out += 'Z';
  return out;
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
