// What one attempt means to the policies. Only the classifier makes these.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <string_view>

namespace epicenter::resilience {

enum class outcome_kind : std::uint8_t { ok, fail, neutral, throttled };
std::string_view name_of(outcome_kind);

enum class failure_kind : std::uint8_t {
  name_resolution,
  connect,
  tls,
  certificate,
  reset,
  protocol,
  truncated_body,
  attempt_timeout,
  server_error,       ///< 500, 502, 503, 504 and unlisted 5xx
  operation_outcome,  ///< 200 whose OperationOutcome says that the server could not
};
std::string_view name_of(failure_kind);

/// local_rejection: nothing reached the server, by a decision on this side.
enum class neutral_kind : std::uint8_t { caller_cancelled, caller_deadline, hedge_loser, local_rejection };
std::string_view name_of(neutral_kind);

/// ok, fail(kind), neutral(kind) or throttled(retry_after), plus whether the attempt was slow. A trivial
/// value.
class outcome {
 public:
  static constexpr outcome ok(bool slow = false) { return outcome(outcome_kind::ok, 0, duration{0}, slow); }
  /// retry_after: what the server asked for along with the failure; 0: nothing.
  static constexpr outcome fail(failure_kind kind, bool slow = false, duration retry_after = duration{0}) {
    return outcome(outcome_kind::fail, static_cast<std::uint8_t>(kind), retry_after, slow);
  }
  static constexpr outcome neutral(neutral_kind kind) {
    return outcome(outcome_kind::neutral, static_cast<std::uint8_t>(kind), duration{0}, false);
  }
  static constexpr outcome throttled(duration retry_after = duration{0}) {
    return outcome(outcome_kind::throttled, 0, retry_after, false);
  }

  constexpr outcome_kind kind() const { return kind_; }
  constexpr bool is_ok() const { return kind_ == outcome_kind::ok; }
  constexpr bool is_fail() const { return kind_ == outcome_kind::fail; }
  constexpr bool is_neutral() const { return kind_ == outcome_kind::neutral; }
  constexpr bool is_throttled() const { return kind_ == outcome_kind::throttled; }
  /// Meaningful for fail only.
  constexpr failure_kind failure() const { return static_cast<failure_kind>(detail_); }
  /// Meaningful for neutral only.
  constexpr neutral_kind neutral_reason() const { return static_cast<neutral_kind>(detail_); }
  /// What the server asked for; 0: nothing, or "at once".
  constexpr duration retry_after() const { return retry_after_; }
  constexpr bool slow() const { return slow_; }
  friend constexpr bool operator==(const outcome&, const outcome&) = default;

 private:
  constexpr outcome(outcome_kind kind, std::uint8_t detail, duration retry_after, bool slow)
      : kind_(kind), detail_(detail), slow_(slow), retry_after_(retry_after) {}

  outcome_kind kind_;
  std::uint8_t detail_;
  bool slow_;
  duration retry_after_;
};

}  // namespace epicenter::resilience
