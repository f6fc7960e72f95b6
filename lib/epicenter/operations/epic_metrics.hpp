// What the adapters tell, counted.
#pragma once

#include <array>
#include <epicenter/epic/provider_status.hpp>
#include <epicenter/operations/event_stream.hpp>
#include <epicenter/operations/metric_text.hpp>
#include <epicenter/stats/histogram.hpp>
#include <map>
#include <string>
#include <tuple>

namespace epicenter::operations {

/// Counts every event since it was made; names begin with epicenter_. Labels hold no patient data and are
/// few: tenants, classes of endpoints, and names out of the adapter's own vocabulary. Used on its runtime's
/// thread.
class epic_metrics {
 public:
  /// A tap of an event_stream.
  void count(const tenant_ptr&, const decltype(stream_event::what)&);
  /// Adds its families, and where snapshots are given the health of each provider.
  void write(metric_text&, const std::vector<epic::provider_snapshot>& providers = {}) const;

 private:
  using text_counts = std::map<std::string, std::uint64_t, std::less<>>;
  struct endpoint_counts {
    std::map<std::pair<std::string_view, unsigned>, std::uint64_t> requests;  // by transport's end and status
    stats::histogram latency{6};
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
    resilience::breaker_state circuit = resilience::breaker_state::closed;
    std::array<std::uint64_t, 6> transitions{};  // by the state entered
  };
  struct tenant_counts {
    std::array<endpoint_counts, resilience::endpoint_class_count> endpoints;
    text_counts retries;  // by cause
    std::uint64_t tokens = 0;
    std::uint64_t token_failures = 0;
    std::uint64_t tokens_invalidated = 0;
    bool fallback = false;
    text_counts fallbacks;                                                          // by reason
    text_counts stale_answers;                                                      // by resource
    text_counts alarms; // by what
    std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> writes;  // by kind and state
  };

  void take(tenant_counts&, const epic::events::call_started&);
  void take(tenant_counts&, const epic::events::call_ended&);
  void take(tenant_counts&, const epic::events::retry_scheduled&);
  void take(tenant_counts&, const epic::events::token_refreshed&);
  void take(tenant_counts&, const epic::events::token_refresh_failed&);
  void take(tenant_counts&, const epic::events::token_invalidated&);
  void take(tenant_counts&, const epic::events::circuit_changed&);
  void take(tenant_counts&, const epic::events::degradation_activated&);
  void take(tenant_counts&, const epic::events::degradation_deactivated&);
  void take(tenant_counts&, const epic::events::stale_served&);
  void take(tenant_counts&, const epic::events::write_changed&);
  void take(tenant_counts&, const epic::events::safety_alarm&);
  template <class Other>
  void take(tenant_counts&, const Other&) {}

  void write_requests(metric_text&) const;
  void write_circuits(metric_text&) const;
  void write_tokens(metric_text&) const;
  void write_fallback(metric_text&) const;
  void write_writes(metric_text&) const;

  std::map<std::string, tenant_counts, std::less<>> tenants_;
  std::uint64_t clock_forwards_ = 0;
  std::uint64_t clock_backwards_ = 0;
};

}  // namespace epicenter::operations
