// A call that a policy refused before a byte was sent.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <string_view>

namespace epicenter::resilience {

enum class rejection_reason : std::uint8_t {
  breaker_open,          ///< the breaker is open and its wait has not passed
  half_open_busy,        ///< every probe slot is taken
  forced_open,           ///< somebody forced the breaker open
  bulkhead_full,         ///< the limit and the queue are full
  deadline_unreachable,  ///< less time is left than such a call usually takes
  queue_shed,            ///< dropped from an overloaded queue after 2 * target
  rate_limited,          ///< the limiter's turn comes after the deadline
  limiter_full,          ///< too many wait for the limiter already
};
std::string_view name_of(rejection_reason);

/// Built without allocation. retry_after is how long the reason is known to hold; 0: unknown.
struct rejection {
  rejection_reason reason = rejection_reason::breaker_open;
  duration retry_after{0};
  friend bool operator==(const rejection&, const rejection&) = default;
};

}  // namespace epicenter::resilience
