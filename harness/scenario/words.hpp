// The closed vocabularies of the scenario format: phases, levels, metrics, invariants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace epicenter::scenario {

enum class phase { baseline, during, recovery };
enum class level { healthy, warning, critical };
enum class circuit_state { closed, half_open, open };

/// The metrics of the format's section 5.
enum class metric_id {
  success_rate,
  write_success,
  avg_latency,
  p50_latency,
  p95_latency,
  p99_latency,
  max_latency,
  error_rate,
  circuit_state,
  token_refreshes,
  client_401s,
  retries,
  retry_amplification,
  duplicate_writes,
  lost_writes,
  stale_served,
  degraded_time,
  dropped_arrivals,
  in_flight,
};

/// What the integer of a bound counts. Bounds are integers so that a comparison never rounds.
enum class metric_unit {
  ppm,          ///< a share of operations, in parts per million: ok * 1'000'000 > ppm * total
  nanoseconds,  ///< a time
  count,        ///< a whole number
  millionths,   ///< a ratio that may exceed 1 (retry_amplification), in millionths
  state,        ///< circuit_state: has no numeric bound
};

struct metric_facts {
  metric_id id;
  std::string_view name;
  metric_unit unit;
  bool more_is_better;
  std::string_view meaning;
};

enum class invariant_kind {
  no_lost_write,
  no_duplicate_write,
  every_write_accounted,
  no_use_of_expired_token,
  single_refresh,
  legal_circuit_transitions,
  retry_amplification,
  audit_complete,
  no_phi_in_logs,
  no_secret_in_output,
  stale_within_bound,
  no_wrong_patient,
  degradation_pairs,
  breaker_live,
  no_leak,
};

struct invariant_facts {
  invariant_kind id;
  std::string_view name;
  bool supported;
  std::string_view meaning;
};

/// All metrics, in the order of the enum.
std::span<const metric_facts> all_metrics();
const metric_facts& facts_of(metric_id);
/// What only the mock's journal tells, read when an experiment has ended.
constexpr bool known_at_end(metric_id metric) {
  return metric == metric_id::duplicate_writes || metric == metric_id::lost_writes;
}
/// All invariants, in the order of the enum.
std::span<const invariant_facts> all_invariants();

struct event_facts {
  std::string_view name;
  std::string_view meaning;
};
/// The adapter's events that a `must` can await.
std::span<const event_facts> all_events();

std::string_view name_of(phase);
std::string_view name_of(level);
/// CLOSED, HALF_OPEN, OPEN: as written in scenarios and in every output.
std::string_view name_of(circuit_state);
std::string_view name_of(metric_id);
std::string_view name_of(invariant_kind);

}  // namespace epicenter::scenario
