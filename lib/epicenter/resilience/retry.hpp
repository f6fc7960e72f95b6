// Whether, when and at what price an attempt is repeated.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/classifier.hpp>
#include <epicenter/resilience/random_source.hpp>
#include <epicenter/resilience/retry_budget.hpp>
#include <epicenter/resilience/retry_class.hpp>
#include <optional>
#include <string_view>

namespace epicenter::resilience {

/// What makes a write of class B repeatable, because its second answer must be read accordingly.
enum class repeat_guard : std::uint8_t { none, if_match, deletion };

enum class backoff_shape : std::uint8_t { full_jitter, decorrelated };

struct retry_options {
  /// Attempts in all, the first included; non_idempotent ones only where provably not processed.
  std::uint32_t attempts_safe = 3;
  std::uint32_t attempts_idempotent = 2;
  std::uint32_t attempts_non_idempotent = 2;
  /// However safe the call: what cannot be read twice is not read a third time (reference: epic, row 23).
  std::uint32_t attempts_unreadable = 2;
  backoff_shape shape = backoff_shape::full_jitter;
  duration base = 100ms;
  duration cap = 5s;
  duration throttled_base = 1s;
  duration throttled_cap = 20s;
  duration floor = 10ms;
  /// A server that asks for more ends the operation at once.
  duration max_retry_after = 60s;
  /// No attempt is started with less time than max(this, p50 of the class) left after the backoff.
  duration min_attempt = 50ms;
};

struct retry_input {
  retry_class cls = retry_class::non_idempotent;
  repeat_guard guard = repeat_guard::none;
  /// The attempt that just ended: 1 is the first. The repetition after a 401 counts as none.
  std::uint32_t attempt = 1;
  attempt_end end;
  classifier_limits limits;
  /// Time left to the operation's deadline.
  duration remaining{0};
  /// Median service time of the class; 0: unknown.
  duration p50{0};
  /// The delay before the attempt that just ended; for the decorrelated shape.
  duration previous_delay{0};
  /// The one repetition after a 401 has been used.
  bool token_renewed = false;
  /// breaker.peek rejects.
  bool breaker_open = false;
  /// Somebody above retries already.
  bool no_retry = false;
};

enum class retry_action : std::uint8_t {
  stop,
  retry,              ///< after `delay`
  retry_fresh_token,  ///< at once, with another token; costs neither an attempt nor budget
};

enum class stop_reason : std::uint8_t {
  none,
  finished,            ///< success, or nobody waits any more
  permanent,           ///< will go the same way again
  outcome_unknown,     ///< the server may have acted, and a repetition might make it act twice
  resolve_by_reading,  ///< the repetition of a B write met its own first effect: read the version
  attempts_exhausted,
  breaker_open,
  budget_exhausted,
  deadline,           ///< no time for the delay and an attempt
  retry_after_limit,  ///< the server asked for more than max_retry_after
  auth_denied,        ///< 401 with a fresh token
  nested,             ///< no_retry
};
std::string_view name_of(stop_reason);

struct retry_decision {
  retry_action action = retry_action::stop;
  stop_reason reason = stop_reason::none;
  duration delay{0};
  /// Reduced cost in the budget.
  bool throttled = false;
  /// The server may have acted on the request although the operation ends as an error: for a class C write
  /// that is not `finished` the caller must report outcome_unknown, whatever the reason.
  bool maybe_processed = false;
  /// What the server asked for: raise the host's not_before gate by it, attach it to the error.
  std::optional<duration> retry_after;
};

/// Everything but the budget. Pure but for the random source, of which it takes at most two numbers.
retry_decision decide_retry(const retry_options&, const retry_input&, const random_source&);

struct planned_retry {
  retry_decision decision;
  /// Held during the backoff; spend() when the repetition is sent. Empty unless decision.action is retry.
  budget_token token;
};
/// decide_retry, and the budget's token for it; without one the decision becomes stop(budget_exhausted).
planned_retry plan_retry(const retry_options&, const retry_input&, const random_source&, retry_budget&,
                         instant now);

}  // namespace epicenter::resilience
