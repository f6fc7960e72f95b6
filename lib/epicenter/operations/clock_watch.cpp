#include <epicenter/operations/clock_watch.hpp>

namespace epicenter::operations {
namespace {

// Twice what the kernel slews at most.
constexpr std::int64_t slew_divisor = 1000;

}  // namespace

std::optional<duration> clock_watch::compare(instant boot, wall_time wall) {
  if (!last_) {
    last_ = reading{boot, wall};
    return std::nullopt;
  }
  const duration gone = boot - last_->boot;
  const duration step = (wall - last_->wall) - gone;
  const duration allowed = least_ + gone / slew_divisor;
  last_ = reading{boot, wall};
  const duration size = step < duration{} ? -step : step;
  if (size < allowed) return std::nullopt;
  return step;
}

}  // namespace epicenter::operations
