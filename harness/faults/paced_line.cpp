#include "harness/faults/paced_line.hpp"

#include <algorithm>
#include <cmath>

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

namespace {

constexpr std::uint64_t second = 1'000'000'000;

}  // namespace

duration paced_line::time_for(std::size_t bytes) const {
  const auto limit = static_cast<std::uint64_t>(limit_);
  return duration(static_cast<std::int64_t>((bytes * second + limit - 1) / limit));
}

std::size_t paced_line::bytes_in(duration d) const {
  return static_cast<std::size_t>(static_cast<double>(limit_) * static_cast<double>(d.count()) / 1e9);
}

instant paced_line::take(std::size_t bytes, instant arrived) {
  const std::scoped_lock lock(guard_);
  settle(arrived);
  const bool idle = !free_ || arrived - *free_ > lateness;
  const auto start = idle ? arrived : *free_;
  free_ = later(start, time_for(bytes));
  return start;
}

void paced_line::follow(const paced_line& before) {
  std::optional<backlog> left;
  {
    const std::scoped_lock lock(before.guard_);
    if (before.free_) left = backlog{*before.free_, before.limit_};
  }
  const std::scoped_lock lock(guard_);
  if (!std::exchange(followed_, true)) before_ = left;
}

void paced_line::settle(instant now) {
  if (!before_) return;
  const auto left = std::exchange(before_, std::nullopt);
  const double waiting = std::max(0.0, static_cast<double>((left->until - now).count()));
  const double rescaled = waiting * static_cast<double>(left->limit) / static_cast<double>(limit_);
  const auto busy = later(now, duration(std::llround(std::min(rescaled, 9e18))));
  free_ = free_ ? std::max(*free_, busy) : busy;
}

}  // namespace epicenter::faults
