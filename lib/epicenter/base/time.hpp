// The project's types for time. Nothing here reads a clock: time comes from a runtime, or as an argument.
#pragma once

#include <chrono>

namespace epicenter {

using namespace std::chrono_literals;

/// The one unit of time: nanoseconds, signed. 292 years fit.
using duration = std::chrono::nanoseconds;

/// Tag of the monotonic clock of a run. It has no now(): only a runtime knows what time it is.
struct run_clock {
  using duration = epicenter::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<run_clock>;
  static constexpr bool is_steady = true;
};

/// A moment on the monotonic clock of one runtime, counted from that runtime's epoch.
using instant = run_clock::time_point;

/// A moment on the calendar (Unix time). Used for JWT claims, HTTP dates and FHIR instants, never to measure.
using wall_time = std::chrono::sys_time<duration>;

}  // namespace epicenter
