#include "mock-epic/stubs/civil_time.hpp"

namespace epicenter::mock::stubs {

std::optional<wall_time> to_wall(const civil_time& c) {
  using namespace std::chrono;
  if (c.year < 1700 || c.year > 2200 || c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  const year_month_day date{year{c.year}, month{c.month}, day{c.day}};
  if (!date.ok() || c.nanosecond < 0 || c.nanosecond > 999'999'999) return std::nullopt;
  return wall_time(sys_days{date}) + hours(c.hour) + minutes(c.minute) + seconds(c.second) +
         nanoseconds(c.nanosecond);
}

civil_time to_civil(wall_time at) {
  using namespace std::chrono;
  const auto day_of = floor<days>(at);
  const year_month_day date{day_of};
  const hh_mm_ss<nanoseconds> time{at - day_of};
  civil_time c;
  c.year = int{date.year()};
  c.month = unsigned{date.month()};
  c.day = unsigned{date.day()};
  c.hour = static_cast<unsigned>(time.hours().count());
  c.minute = static_cast<unsigned>(time.minutes().count());
  c.second = static_cast<unsigned>(time.seconds().count());
  c.nanosecond = time.subseconds().count();
  return c;
}

}  // namespace epicenter::mock::stubs
