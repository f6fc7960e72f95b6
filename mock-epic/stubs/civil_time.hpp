// A moment by its parts on the calendar.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>

namespace epicenter::mock::stubs {

struct civil_time {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  std::int64_t nanosecond = 0;
};

/// Nothing where a part is out of its range, or the year outside 1700 to 2200.
std::optional<wall_time> to_wall(const civil_time&);
civil_time to_civil(wall_time);

}  // namespace epicenter::mock::stubs
