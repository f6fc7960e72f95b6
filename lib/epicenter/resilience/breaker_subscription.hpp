// A reader of a breaker's events that goes at its own pace.
#pragma once

#include <cstdint>
#include <epicenter/resilience/breaker.hpp>

namespace epicenter::resilience {

/// Sees the state as it stands first, then every event after it, in order; whatever it is more than
/// `capacity` behind is dropped, oldest first, and counted. Costs the breaker nothing: it reads the breaker's
/// own ring. Used by one thread at a time, any; must not outlive the breaker.
class breaker_subscription {
 public:
  /// A capacity beyond the breaker's event_capacity is no use. At least 1.
  explicit breaker_subscription(const breaker&, std::uint64_t capacity = 64);

  /// What came since the last call. The first call gives `standing` too.
  event_batch take();
  /// Of all batches so far.
  std::uint64_t dropped() const { return dropped_; }

 private:
  const breaker& from_;
  std::uint64_t capacity_;
  std::uint64_t next_ = 0;  // 0: nothing taken yet
  std::uint64_t dropped_ = 0;
};

}  // namespace epicenter::resilience
