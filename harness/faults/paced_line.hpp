// A line that carries so many bytes a second, one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <mutex>
#include <optional>

namespace epicenter::faults {

/// Gives bytes their times on the line; rounding never makes it faster than its limit. Thread-safe:
/// connections may share it.
class paced_line {
 public:
  /// Bytes that come at most this long after the line became free use the time that was lost: who feeds it is
  /// woken late, and a limit that is asked for would otherwise not be reached. It is the only credit there
  /// is.
  static constexpr duration lateness = std::chrono::milliseconds{10};

  /// From 1.
  explicit paced_line(std::int64_t bytes_a_second) : limit_(bytes_a_second) {}

  /// Takes the line for these bytes (below 4 GB), behind all that were taken before; when their first begins
  /// to travel, at most `lateness` before `arrived`.
  instant take(std::size_t bytes, instant arrived);
  /// How long that many bytes travel.
  duration time_for(std::size_t bytes) const;
  std::size_t bytes_in(duration) const;
  /// This line takes the place of that one: what waits there is still to be carried, at the new limit. Counts
  /// once.
  void follow(const paced_line& before);

 private:
  struct backlog {
    instant until;
    std::int64_t limit = 1;
  };
  void settle(instant now);

  const std::int64_t limit_;
  mutable std::mutex guard_;
  std::optional<instant> free_;  ///< absent: nothing was ever carried
  std::optional<backlog> before_;
  bool followed_ = false;
};

}  // namespace epicenter::faults
