// The names of the module's enumerations, as they appear in events, reports and configuration.
#include <epicenter/resilience/breaker_event.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <epicenter/resilience/hedge.hpp>
#include <epicenter/resilience/outcome.hpp>
#include <epicenter/resilience/rejection.hpp>
#include <epicenter/resilience/retry.hpp>

namespace epicenter::resilience {
namespace {

template <std::size_t N, class Enum>
std::string_view pick(const std::string_view (&names)[N], Enum value) {
  const auto i = static_cast<std::size_t>(value);
  return i < N ? names[i] : std::string_view("unknown");
}

constexpr std::string_view class_names[] = {"read", "search", "write", "bulk", "token", "metadata"};
constexpr std::string_view outcome_names[] = {"ok", "fail", "neutral", "throttled"};
constexpr std::string_view failure_names[] = {
    "name_resolution", "connect",         "tls",          "certificate",      "reset", "protocol",
    "truncated_body",  "attempt_timeout", "server_error", "operation_outcome"};
constexpr std::string_view neutral_names[] = {"caller_cancelled", "caller_deadline", "hedge_loser",
                                              "local_rejection"};
constexpr std::string_view rejection_names[] = {"breaker_open",  "half_open_busy",       "forced_open",
                                                "bulkhead_full", "deadline_unreachable", "queue_shed",
                                                "rate_limited",  "limiter_full"};
constexpr std::string_view state_names[] = {"closed",      "open",          "half_open",
                                            "forced_open", "forced_closed", "metrics_only"};
constexpr std::string_view cause_names[] = {"failure_rate", "slow_rate", "consecutive",
                                            "wait_elapsed", "probe_ok",  "probe_failed",
                                            "probe_lost",   "manual",    "ttl_expired"};
constexpr std::string_view retry_class_names[] = {"safe", "idempotent", "non_idempotent"};
constexpr std::string_view no_hedge_names[] = {"disabled",        "not_safe", "bulk",    "not_first",
                                               "unknown_latency", "breaker",  "limiter", "bulkhead",
                                               "deadline",        "share",    "budget"};
constexpr std::string_view stop_names[] = {"none",
                                           "finished",
                                           "permanent",
                                           "outcome_unknown",
                                           "resolve_by_reading",
                                           "attempts_exhausted",
                                           "breaker_open",
                                           "budget_exhausted",
                                           "deadline",
                                           "retry_after_limit",
                                           "auth_denied",
                                           "nested"};

}  // namespace

std::string_view name_of(endpoint_class c) {
  return pick(class_names, c);
}
std::string_view name_of(outcome_kind k) {
  return pick(outcome_names, k);
}
std::string_view name_of(failure_kind k) {
  return pick(failure_names, k);
}
std::string_view name_of(neutral_kind k) {
  return pick(neutral_names, k);
}
std::string_view name_of(rejection_reason r) {
  return pick(rejection_names, r);
}
std::string_view name_of(breaker_state s) {
  return pick(state_names, s);
}
std::string_view name_of(transition_cause c) {
  return pick(cause_names, c);
}
std::string_view name_of(retry_class c) {
  return pick(retry_class_names, c);
}
std::string_view name_of(no_hedge r) {
  return pick(no_hedge_names, r);
}
std::string_view name_of(stop_reason r) {
  return pick(stop_names, r);
}

std::optional<endpoint_class> endpoint_class_named(std::string_view name) {
  for (const endpoint_class c : all_endpoint_classes) {
    if (name_of(c) == name) return c;
  }
  return std::nullopt;
}

}  // namespace epicenter::resilience
