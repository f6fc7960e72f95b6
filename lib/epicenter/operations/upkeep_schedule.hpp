// When a job that repeats is due. No clock: times are arguments.
#pragma once

#include <algorithm>
#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::operations {

/// The last moment of the calendar, in UTC, at which a period began: `at` after midnight, and whole periods
/// from there (counted from 1970). `every` above 0.
inline wall_time period_begin(wall_time now, duration every, duration at) {
  duration gone = (now.time_since_epoch() - at) % every;
  if (gone < duration{}) gone += every;
  return now - gone;
}

/// How long to leave a job alone that has failed so many times in a row, from 1: doubled each time.
inline duration growing_pause(std::uint32_t failures, duration first, duration most) {
  duration pause = std::min(first, most);
  for (std::uint32_t i = 1; i < failures && pause < most; ++i) pause = std::min(2 * pause, most);
  return pause;
}

}  // namespace epicenter::operations
