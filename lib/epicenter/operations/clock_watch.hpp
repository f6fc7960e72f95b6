// Tells when the wall clock was set.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>

namespace epicenter::operations {

/// Compares how far two clocks went since they were compared last: the boot clock, which only goes, and the
/// wall clock, which people and time servers set. Slewing (at most 500 ppm, adjtimex(2)) is no step. No clock
/// of its own: both times are arguments. One object for one pair of clocks.
class clock_watch {
 public:
  /// A smaller step is not told. Above 0.
  explicit clock_watch(duration least = 1s) : least_(least) {}

  /// The size of the step since the last comparison, negative where the wall clock went back; nothing where
  /// there was none, or at the first.
  std::optional<duration> compare(instant boot, wall_time wall);

 private:
  struct reading {
    instant boot;
    wall_time wall;
  };
  duration least_;
  std::optional<reading> last_;
};

}  // namespace epicenter::operations
