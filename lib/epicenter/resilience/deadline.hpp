// The moment by which an operation must have ended.
#pragma once

#include <algorithm>
#include <epicenter/base/time.hpp>

namespace epicenter::resilience {

/// Which limit an attempt ran into.
enum class timeout_kind { attempt_timeout, total_timeout };

/// How long one attempt may take, and what to call it when it takes longer.
struct attempt_limit {
  duration timeout{0};
  timeout_kind on_expiry = timeout_kind::attempt_timeout;
};

/// Absolute; set once; only shrinks. Handed to the queue, the token wait, the backoff and the cache fill
/// alike.
class deadline {
 public:
  explicit constexpr deadline(instant at) : at_(at) {}
  /// Saturates at the end of time.
  static constexpr deadline after(instant now, duration length) {
    return deadline(length > instant::max() - now ? instant::max() : now + length);
  }

  constexpr instant at() const { return at_; }
  constexpr void shrink_to(instant at) { at_ = std::min(at_, at); }
  constexpr bool expired(instant now) const { return now >= at_; }
  /// Never negative.
  constexpr duration remaining(instant now) const { return expired(now) ? duration{0} : at_ - now; }
  /// min(class timeout, remaining).
  constexpr attempt_limit attempt(instant now, duration class_timeout) const {
    const duration left = remaining(now);
    if (left < class_timeout) return attempt_limit{left, timeout_kind::total_timeout};
    return attempt_limit{class_timeout, timeout_kind::attempt_timeout};
  }

 private:
  instant at_;
};

}  // namespace epicenter::resilience
