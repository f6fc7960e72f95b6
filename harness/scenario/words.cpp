#include "harness/scenario/words.hpp"

#include <array>
#include <epicenter/base/check.hpp>

namespace epicenter::scenario {
namespace {

constexpr std::array<metric_facts, 19> metrics{{
    {metric_id::success_rate, "success_rate", metric_unit::ppm, true,
     "share of operations that succeed; an announced stale answer counts as success"},
    {metric_id::write_success, "write_success", metric_unit::ppm, true,
     "share of writes that end as WRITTEN"},
    {metric_id::avg_latency, "avg_latency", metric_unit::nanoseconds, false,
     "mean latency from the intended start"},
    {metric_id::p50_latency, "p50_latency", metric_unit::nanoseconds, false, "median latency"},
    {metric_id::p95_latency, "p95_latency", metric_unit::nanoseconds, false,
     "95th percentile of the latency"},
    {metric_id::p99_latency, "p99_latency", metric_unit::nanoseconds, false,
     "99th percentile of the latency"},
    {metric_id::max_latency, "max_latency", metric_unit::nanoseconds, false, "the slowest operation"},
    {metric_id::error_rate, "error_rate", metric_unit::ppm, false, "share of operations that fail"},
    {metric_id::circuit_state, "circuit_state", metric_unit::state, false,
     "the circuit breaker's last state of the phase"},
    {metric_id::token_refreshes, "token_refreshes", metric_unit::count, false, "access tokens fetched"},
    {metric_id::client_401s, "client_401s", metric_unit::count, false, "401 answers that a caller sees"},
    {metric_id::retries, "retries", metric_unit::count, false, "attempts after the first"},
    {metric_id::retry_amplification, "retry_amplification", metric_unit::millionths, false,
     "(first sends + retries + hedges) / first sends"},
    {metric_id::duplicate_writes, "duplicate_writes", metric_unit::count, false,
     "writes that are in Epic more than once"},
    {metric_id::lost_writes, "lost_writes", metric_unit::count, false,
     "writes reported as done that are not in Epic"},
    {metric_id::stale_served, "stale_served", metric_unit::count, false,
     "answers served stale from the cache"},
    {metric_id::degraded_time, "degraded_time", metric_unit::nanoseconds, false, "time in degraded mode"},
    {metric_id::dropped_arrivals, "dropped_arrivals", metric_unit::count, false,
     "arrivals past max_in_flight"},
    {metric_id::in_flight, "in_flight", metric_unit::count, false, "operations under way"},
}};

constexpr std::array<invariant_facts, 15> invariants{{
    {invariant_kind::no_lost_write, "no_lost_write", true,
     "every write reported as done is in Epic at the end"},
    {invariant_kind::no_duplicate_write, "no_duplicate_write", true, "no write is in Epic twice"},
    {invariant_kind::every_write_accounted, "every_write_accounted", true,
     "every write asked for has a known end or is on the manual-recovery list"},
    {invariant_kind::no_use_of_expired_token, "no_use_of_expired_token", true,
     "no request leaves with a token past its expiry or after its 401"},
    {invariant_kind::single_refresh, "single_refresh", false, "no token stampede"},
    {invariant_kind::legal_circuit_transitions, "legal_circuit_transitions", true,
     "each breaker moves along legal edges only"},
    {invariant_kind::retry_amplification, "retry_amplification", true, "retries stay within at_most"},
    {invariant_kind::audit_complete, "audit_complete", true, "each call and write has its audit entries"},
    {invariant_kind::no_phi_in_logs, "no_phi_in_logs", true, "no patient data in any log line"},
    {invariant_kind::no_secret_in_output, "no_secret_in_output", false, "no secret in any output"},
    {invariant_kind::stale_within_bound, "stale_within_bound", true,
     "nothing is served past its stale bound"},
    {invariant_kind::no_wrong_patient, "no_wrong_patient", true,
     "no caller is shown what belongs to another patient"},
    {invariant_kind::degradation_pairs, "degradation_pairs", false,
     "activated and deactivated strictly alternate"},
    {invariant_kind::breaker_live, "breaker_live", false,
     "after the open wait and a lease some call is let through"},
    {invariant_kind::no_leak, "no_leak", false, "connections, permits and waiters return to zero"},
}};

constexpr std::array<event_facts, 8> events{{
    {"degradation.activated", "the first degraded answer, or a class with fallback opened"},
    {"degradation.deactivated", "live answers again"},
    {"circuit.changed", "any transition of any breaker"},
    {"token.refreshed", "a new access token"},
    {"token.refresh_failed", "no new access token"},
    {"token.invalidated", "an access token was given up after a 401"},
    {"stale.served", "a part of an answer came from the cache past its freshness"},
    {"safety.alarm",
     "a part of an answer, or a write, is not what it has to be: another patient's, altered, filed twice"},
}};

}  // namespace

std::span<const metric_facts> all_metrics() {
  return metrics;
}
std::span<const invariant_facts> all_invariants() {
  return invariants;
}
std::span<const event_facts> all_events() {
  return events;
}

const metric_facts& facts_of(metric_id id) {
  for (const metric_facts& facts : metrics)
    if (facts.id == id) return facts;
  throw_check_failed("facts_of(metric)", "a metric without facts");
}

std::string_view name_of(phase value) {
  switch (value) {
    case phase::baseline:
      return "baseline";
    case phase::during:
      return "during";
    case phase::recovery:
      return "recovery";
  }
  return "?";
}

std::string_view name_of(level value) {
  switch (value) {
    case level::healthy:
      return "healthy";
    case level::warning:
      return "warning";
    case level::critical:
      return "critical";
  }
  return "?";
}

std::string_view name_of(circuit_state value) {
  switch (value) {
    case circuit_state::closed:
      return "CLOSED";
    case circuit_state::half_open:
      return "HALF_OPEN";
    case circuit_state::open:
      return "OPEN";
  }
  return "?";
}

std::string_view name_of(metric_id value) {
  return facts_of(value).name;
}

std::string_view name_of(invariant_kind value) {
  for (const invariant_facts& facts : invariants)
    if (facts.id == value) return facts.name;
  return "?";
}

}  // namespace epicenter::scenario
