// "Not before": the moment a server asked everybody to wait for.
#pragma once

#include <atomic>
#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::resilience {

/// One per host and class, shared by all calls. Only moves forward. Thread-safe.
class not_before {
 public:
  void raise(instant until) {
    const std::int64_t wanted = until.time_since_epoch().count();
    std::int64_t seen = at_.load(std::memory_order_relaxed);
    while (seen < wanted && !at_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed)) {
    }
  }
  /// How long a call must still wait; 0: it may go.
  duration remaining(instant now) const {
    const std::int64_t at = at_.load(std::memory_order_relaxed);
    const std::int64_t here = now.time_since_epoch().count();
    return duration(at > here ? at - here : 0);
  }

 private:
  std::atomic<std::int64_t> at_{0};
};

}  // namespace epicenter::resilience
