// The clock that goes on while the machine is suspended, as Asio wants a clock.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <epicenter/base/time.hpp>

namespace epicenter::runtime {

/// CLOCK_BOOTTIME.
struct boot_clock {
  using duration = epicenter::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
  static time_point now();
};

/// Asio's own waits stop during suspend; waking once a second bounds how late a timer notices the resume.
struct boot_wait_traits {
  static boot_clock::duration to_wait_duration(const boot_clock::duration& left) {
    constexpr boot_clock::duration longest = std::chrono::seconds(1);
    return left < longest ? left : longest;
  }
  static boot_clock::duration to_wait_duration(const boot_clock::time_point& due) {
    const boot_clock::time_point now = boot_clock::now();
    return due <= now ? boot_clock::duration{0} : to_wait_duration(due - now);
  }
};

using boot_timer =
    boost::asio::basic_waitable_timer<boot_clock, boot_wait_traits, boost::asio::io_context::executor_type>;

}  // namespace epicenter::runtime
