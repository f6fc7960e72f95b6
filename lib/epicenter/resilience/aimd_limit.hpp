// How many calls at a time a server bears, learned from how they end.
#pragma once

#include <cstddef>
#include <epicenter/resilience/outcome.hpp>

namespace epicenter::resilience {

/// Additive increase, multiplicative decrease: times 0.9 on a time-out or a throttled answer, one more after
/// as many successes as the limit is, and only while at least half of it is in use. Feeds
/// bulkhead::set_limit. Starts at the most, stays within [1, most]. Not thread-safe.
class aimd_limit {
 public:
  explicit aimd_limit(std::size_t most);

  /// True when the limit changed. `running`: calls under way, the one that ended among them.
  bool on_result(const outcome&, std::size_t running);
  std::size_t limit() const { return limit_; }

 private:
  std::size_t most_;
  std::size_t limit_;
  std::size_t successes_ = 0;
};

}  // namespace epicenter::resilience
