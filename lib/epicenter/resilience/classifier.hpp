// From how an attempt ended to what it means. The only place where that is decided.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/outcome.hpp>
#include <optional>
#include <string_view>

namespace epicenter::resilience {

enum class transport_failure : std::uint8_t {
  none,
  name_resolution,
  connect,
  tls,
  certificate,  ///< the peer's certificate is not acceptable: no repetition helps
  reset,
  protocol,
  truncated_body,
  attempt_timeout,
  /// This side's way out would not let the request through: an egress proxy that wants credentials, or
  /// forbids the server. The server was not asked: neutral for its breaker. An operator has to repair it: no
  /// repetition helps.
  egress_refused,
  /// A good answer of more bytes than this side takes. The server works, and one large chart must not open
  /// the breaker for all: neutral. It would be as large again: no repetition helps.
  too_large,
};

enum class cancellation : std::uint8_t { none, caller, hedge_loser };

/// OperationOutcome.issue.severity; absent: no OperationOutcome.
enum class issue_severity : std::uint8_t { absent, information, warning, error, fatal };

/// A plain description of an attempt's end. Exactly one of these speaks, in this order: not_sent, cancelled,
/// cut_by_caller_deadline, failure, status.
struct attempt_end {
  /// A policy or the token refused the attempt here: nothing was sent.
  bool not_sent = false;
  cancellation cancelled = cancellation::none;
  /// The time-out was the caller's deadline, not the class's; `given` says how long the attempt had.
  bool cut_by_caller_deadline = false;
  duration given{0};
  transport_failure failure = transport_failure::none;
  /// 100..599; 0 when there was no response.
  int status = 0;
  /// Parsed and measured against the response's Date (retry_after.hpp); nullopt: absent or invalid.
  std::optional<duration> retry_after;
  /// The worst issue of an OperationOutcome in the body and its issue.code.
  issue_severity worst_severity = issue_severity::absent;
  std::string_view worst_code;
  /// At least one byte of the request was handed to the connection.
  bool bytes_written = true;
  /// HTTP/2: REFUSED_STREAM, or a GOAWAY below this stream.
  bool refused_unprocessed = false;
  /// Time from dispatch to end, without queue time.
  duration elapsed{0};
};

struct classifier_limits {
  /// Slower than this, strictly, is slow; duration::max(): nothing is.
  duration slow_after = duration::max();
  /// Of the class; an attempt that had less than half of it when the caller's deadline cut it says nothing.
  duration attempt_timeout = 5s;
};

/// Pure. Never throws.
outcome classify(const attempt_end&, const classifier_limits&);

/// True only when the server cannot have acted on the request: not a byte was written, the protocol says so,
/// or the answer was 401, 425 or 429.
bool provably_not_processed(const attempt_end&);

/// What the end means for a repetition; section 3.
enum class repeatability : std::uint8_t {
  done,          ///< success, or a caller who no longer waits: nothing to repeat
  transient,     ///< may go better next time
  throttled,     ///< may go better later
  unauthorized,  ///< 401: once, with a fresh token
  permanent,     ///< will go the same way again
};
repeatability repeatability_of(const attempt_end&, const classifier_limits&);

}  // namespace epicenter::resilience
