// A sliding window over time, in slices: what is older than the window falls out a slice at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::epic {

/// `Counts` has clear(). Covers between window and window - window / slices, never more than the window. Time
/// is an argument, of one monotonic clock. Not thread-safe.
template <class Counts, std::size_t Slices = 12>
class recent_slices {
 public:
  /// Window: at least one nanosecond a slice.
  explicit recent_slices(duration window)
      : length_(std::max<duration>(window / static_cast<std::int64_t>(Slices), duration{1})) {}

  /// Where to count what happened at this time; nullptr where that is longer ago than the window.
  Counts* at(instant when) {
    const std::int64_t number = number_of(when);
    slice& target = slices_.at(static_cast<std::size_t>(number) % Slices);
    if (target.number > number) return nullptr;
    if (target.number < number) {
      target.counts.clear();
      target.number = number;
    }
    return &target.counts;
  }

  /// Calls see(counts) for each slice that is within the window.
  template <class See>
  void for_each(instant now, See see) const {
    const std::int64_t number = number_of(now);
    for (const slice& one : slices_) {
      const std::int64_t age = number - one.number;
      if (one.number >= 0 && age >= 0 && age < static_cast<std::int64_t>(Slices)) see(one.counts);
    }
  }

 private:
  struct slice {
    std::int64_t number = -1;
    Counts counts;
  };
  std::int64_t number_of(instant when) const {
    return std::max<std::int64_t>(when.time_since_epoch().count(), 0) / length_.count();
  }

  duration length_;
  std::array<slice, Slices> slices_;
};

}  // namespace epicenter::epic
