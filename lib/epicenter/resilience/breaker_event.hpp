// What a breaker tells about itself.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::resilience {

enum class breaker_state : std::uint8_t { closed, open, half_open, forced_open, forced_closed, metrics_only };
/// "closed", "open", "half_open", "forced_open", "forced_closed", "metrics_only".
std::string_view name_of(breaker_state);

enum class transition_cause : std::uint8_t {
  failure_rate,
  slow_rate,
  consecutive,
  wait_elapsed,
  probe_ok,
  probe_failed,
  probe_lost,
  manual,
  ttl_expired,
};
std::string_view name_of(transition_cause);

/// The calendar's time is added by whoever writes an event down: a breaker knows none.
/// A transition, or (from == to == half_open, cause probe_lost) the loss of one probe, which changes no
/// state.
struct breaker_event {
  /// 1, 2, 3, … without a gap.
  std::uint64_t seq = 0;
  instant at{};
  /// The breaker's name and class, as in its options.
  std::string breaker;
  endpoint_class cls = endpoint_class::read;
  breaker_state from = breaker_state::closed;
  breaker_state to = breaker_state::closed;
  transition_cause cause = transition_cause::manual;
  /// The window that decided; for half-open verdicts the probes since half-open.
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;
  std::uint64_t slow = 0;
  /// Open and forced states: how long the new state lasts at least; 0 otherwise, or without end.
  duration wait{0};
  /// The wait was raised to what the server asked for.
  bool wait_from_server = false;
  /// Of the state entered.
  std::uint64_t generation = 0;
  /// Who and why, for manual transitions.
  std::string actor;
  std::string reason;

  bool is_transition() const { return from != to; }
};

/// Whether the state machine has an edge for this: used by the invariant legal_circuit_transitions.
bool is_legal_transition(breaker_state from, breaker_state to, transition_cause);

/// Events from a cursor on. A cursor is the seq of the next event to read; the first is 1.
struct event_batch {
  std::vector<breaker_event> events;
  std::uint64_t next = 1;
  /// Of the first batch of a subscription only: the state it starts from (from == to), with the cause, time
  /// and actor by which that state was entered, and the seq of the last event before `events`.
  std::optional<breaker_event> standing;
  /// Events between the cursor and the first one given that the reader was too slow for.
  std::uint64_t dropped = 0;
};

}  // namespace epicenter::resilience
