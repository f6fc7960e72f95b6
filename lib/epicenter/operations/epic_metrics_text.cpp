// The families of the adapters' metrics.
#include <epicenter/operations/epic_metrics.hpp>

namespace epicenter::operations {
namespace {

using resilience::breaker_state;

// The bounds of the runbook's table, half a second and two, are among them.
constexpr std::array<duration, 13> latency_bounds{5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms,
                                                  1s,  2s,   5s,   10s,  30s,   60s};
constexpr std::size_t state_count = 6;

std::string status_text(unsigned status) {
  return status == 0 ? "none" : std::to_string(status);
}

std::string end_of(std::string_view failure) {
  return failure.empty() ? "response" : std::string(failure);
}

}  // namespace

void epic_metrics::write(metric_text& to, const std::vector<epic::provider_snapshot>& providers) const {
  write_requests(to);
  write_circuits(to);
  write_tokens(to);
  write_fallback(to);
  write_writes(to);
  to.family("epicenter_clock_steps_total", metric_type::counter,
            "Times that the wall clock was set, against the boot clock");
  to.sample({{"direction", "backwards"}}, clock_backwards_);
  to.sample({{"direction", "forwards"}}, clock_forwards_);
  if (providers.empty()) return;
  to.family("epicenter_epic_health", metric_type::gauge, "1 for the status that the provider has");
  for (const auto& one : providers) {
    for (const auto health : {epic::provider_health::healthy, epic::provider_health::degraded,
                              epic::provider_health::unhealthy}) {
      to.sample({{"tenant", one.tenant}, {"status", std::string(name_of(health))}},
                std::uint64_t{one.health == health ? 1U : 0U});
    }
  }
}

void epic_metrics::write_requests(metric_text& to) const {
  const auto each = [this](auto see) {
    for (const auto& [tenant, of] : tenants_) {
      for (const auto endpoint : resilience::all_endpoint_classes) {
        const metric_labels labels{{"tenant", tenant}, {"endpoint", std::string(name_of(endpoint))}};
        see(labels, of.endpoints.at(index_of(endpoint)));
      }
    }
  };
  to.family("epicenter_epic_requests_total", metric_type::counter,
            "Requests to Epic that ended, by how the exchange ended and the HTTP status");
  each([&to](const metric_labels& labels, const endpoint_counts& of) {
    for (const auto& [key, count] : of.requests) {
      metric_labels more = labels;
      more.emplace_back("end", end_of(key.first));
      more.emplace_back("code", status_text(key.second));
      to.sample(more, count);
    }
  });
  to.family("epicenter_epic_request_duration_seconds", metric_type::histogram,
            "How long requests took that were answered or timed out");
  each([&to](const metric_labels& labels, const endpoint_counts& of) {
    to.sample(labels, of.latency, latency_bounds);
  });
  to.family("epicenter_epic_requests_in_flight", metric_type::gauge, "Requests under way");
  each([&to](const metric_labels& labels, const endpoint_counts& of) {
    to.sample(labels, of.started > of.ended ? of.started - of.ended : std::uint64_t{0});
  });
  to.family("epicenter_epic_retries_total", metric_type::counter, "Retries, by what made them necessary");
  for (const auto& [tenant, of] : tenants_) {
    for (const auto& [cause, count] : of.retries) to.sample({{"tenant", tenant}, {"cause", cause}}, count);
  }
}

void epic_metrics::write_circuits(metric_text& to) const {
  const auto each = [this, &to](auto value_of) {
    for (const auto& [tenant, of] : tenants_) {
      for (const auto endpoint : resilience::all_endpoint_classes) {
        for (std::size_t state = 0; state < state_count; ++state) {
          to.sample({{"tenant", tenant},
                     {"endpoint", std::string(name_of(endpoint))},
                     {"state", std::string(name_of(static_cast<breaker_state>(state)))}},
                    value_of(of.endpoints.at(index_of(endpoint)), state));
        }
      }
    }
  };
  to.family("epicenter_epic_circuit_state", metric_type::gauge, "1 for the state that the circuit is in");
  each([](const endpoint_counts& of, std::size_t state) {
    return std::uint64_t{static_cast<std::size_t>(of.circuit) == state ? 1U : 0U};
  });
  to.family("epicenter_epic_circuit_transitions_total", metric_type::counter,
            "Transitions of circuits, by the state entered");
  each([](const endpoint_counts& of, std::size_t state) { return of.transitions.at(state); });
}

void epic_metrics::write_tokens(metric_text& to) const {
  to.family("epicenter_epic_token_refreshes_total", metric_type::counter,
            "Refreshes of the access token, by how they ended");
  for (const auto& [tenant, of] : tenants_) {
    to.sample({{"tenant", tenant}, {"result", "ok"}}, of.tokens);
    to.sample({{"tenant", tenant}, {"result", "failed"}}, of.token_failures);
  }
  to.family("epicenter_epic_tokens_invalidated_total", metric_type::counter,
            "Access tokens that Epic refused before their time");
  for (const auto& [tenant, of] : tenants_) to.sample({{"tenant", tenant}}, of.tokens_invalidated);
}

void epic_metrics::write_fallback(metric_text& to) const {
  to.family("epicenter_epic_fallback_active", metric_type::gauge,
            "1 while answers may come from the cache because Epic is away");
  for (const auto& [tenant, of] : tenants_) {
    to.sample({{"tenant", tenant}}, std::uint64_t{of.fallback ? 1U : 0U});
  }
  to.family("epicenter_epic_fallbacks_total", metric_type::counter, "Beginnings of the fallback, by reason");
  for (const auto& [tenant, of] : tenants_) {
    for (const auto& [reason, count] : of.fallbacks)
      to.sample({{"tenant", tenant}, {"reason", reason}}, count);
  }
  to.family("epicenter_epic_stale_answers_total", metric_type::counter,
            "Parts of reads answered from the cache past their freshness");
  for (const auto& [tenant, of] : tenants_) {
    for (const auto& [resource, count] : of.stale_answers)
      to.sample({{"tenant", tenant}, {"resource", resource}}, count);
  }
}

void epic_metrics::write_writes(metric_text& to) const {
  to.family("epicenter_epic_safety_alarms_total", metric_type::counter,
            "Matters that a person must look into, by what they are");
  for (const auto& [tenant, of] : tenants_) {
    for (const auto& [what, count] : of.alarms) to.sample({{"tenant", tenant}, {"alarm", what}}, count);
  }
  to.family("epicenter_epic_writes_total", metric_type::counter, "Writes, by the states they came to");
  for (const auto& [tenant, of] : tenants_) {
    for (const auto& [key, count] : of.writes) {
      to.sample({{"tenant", tenant}, {"kind", std::string(key.first)}, {"state", std::string(key.second)}},
                count);
    }
  }
}

}  // namespace epicenter::operations
