#include <epicenter/resilience/breaker_event.hpp>

namespace epicenter::resilience {

bool is_legal_transition(breaker_state from, breaker_state to, transition_cause cause) {
  using enum breaker_state;
  switch (cause) {
    case transition_cause::failure_rate:
    case transition_cause::slow_rate:
    case transition_cause::consecutive:
      return from == closed && to == open;
    case transition_cause::wait_elapsed:
      return from == open && to == half_open;
    case transition_cause::probe_ok:
      return from == half_open && to == closed;
    case transition_cause::probe_failed:
      return from == half_open && to == open;
    case transition_cause::probe_lost:
      return from == half_open && (to == open || to == half_open);
    case transition_cause::manual:
      return from != to && to != open;
    case transition_cause::ttl_expired:
      if (from == forced_open) return to == half_open;
      return (from == forced_closed || from == metrics_only) && to == closed;
  }
  return false;
}

}  // namespace epicenter::resilience
