// The provider monitor: what Epic looks like from here, at this moment, to one tenant.
#pragma once

#include <deque>
#include <epicenter/base/result.hpp>
#include <epicenter/epic/events.hpp>
#include <epicenter/epic/provider_status.hpp>
#include <epicenter/epic/recent_slices.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/stats/histogram.hpp>
#include <functional>

namespace epicenter::epic {

struct monitor_options {
  std::string tenant;              ///< as it is shown: a name or a base URL
  duration window = 60s;           ///< of calls
  duration write_window = 15min;   ///< of writes: they are few
  std::uint64_t min_calls = 20;    ///< fewer make nobody UNHEALTHY by their rate, at most DEGRADED
  std::uint64_t min_writes = 5;    ///< fewer are not judged
  share unhealthy_above{100'000};  ///< error rate (runbook, section 2)
  std::size_t last_errors = 16;    ///< kept for each class
};

/// What the monitor can do rather than know. Given by the adapter; each may be empty.
struct monitor_hooks {
  /// Sends GET /metadata whatever the breakers say, and reports how it ended.
  std::function<runtime::task<probe_report>()> probe;
  /// True when the breaker's state changed.
  std::function<bool(resilience::endpoint_class, std::string actor, std::string reason)> to_half_open;
  /// What is in the cache and may be served while Epic is away.
  std::function<std::vector<cached_section>(instant now)> cached;
};

/// Fed by the adapter's events, in order. No I/O and no clock: time comes with the events and as an argument,
/// from one monotonic clock. Used on its runtime's thread. Memory is bounded: about 0.6 MB at most.
///
/// UNHEALTHY: a circuit of read, search, write or token is open; more than a tenth of the calls of a class,
/// or of all, failed (of those that say something of Epic, at least min_calls); or there is no valid token
/// and no new one can be had. DEGRADED: anything else is not as it should be: a circuit half open or forced,
/// the fallback active, a figure of the runbook's table not healthy, more than a tenth throttled, refreshes
/// of the token failing. Trouble of the classes metadata and bulk alone makes DEGRADED at most.
class provider_monitor {
 public:
  explicit provider_monitor(monitor_options = {}, monitor_hooks = {});

  /// Fit for an event_observer.
  void observe(const event&);
  /// Reading was switched off or on by policy: while it is off, what is served comes from the cache.
  void reading_switched(bool on, instant now);

  provider_snapshot get_status(instant now) const;

  /// Forces a probe, then tells how things stand. errc::not_supported where the monitor was given no probe.
  runtime::task<result<provider_snapshot>> check_health(runtime::runtime&);
  /// By hand: an open circuit lets probes through at once. Actor and reason go into the circuit's event.
  /// errc::invalid_argument: no actor; the circuit is neither open nor forced.
  result<> to_half_open(resilience::endpoint_class, std::string actor, std::string reason);

 private:
  struct call_slice {
    call_figures counts;
    stats::histogram latency{5};
    void clear() {
      counts = {};
      latency = stats::histogram{5};
    }
  };
  struct write_slice {
    write_figures counts;
    void clear() { counts = {}; }
  };
  struct endpoint_memory {
    explicit endpoint_memory(duration window) : recent(window) {}
    resilience::breaker_state circuit = resilience::breaker_state::closed;
    std::optional<instant> circuit_since;
    std::string circuit_actor;
    recent_slices<call_slice> recent;
    std::deque<recent_error> errors;  // newest first
  };
  struct call_totals {
    call_figures counts;
    stats::histogram latency{5};
  };

  void take(const events::call_ended&, instant at);
  void take(const events::circuit_changed&, instant at);
  void take(const events::token_refreshed&, instant at);
  void take(const events::token_refresh_failed&, instant at);
  void take(const events::degradation_activated&, instant at);
  void take(const events::degradation_deactivated&, instant at);
  void take(const events::stale_served&, instant at);
  void take(const events::write_changed&, instant at);
  template <class Other>
  void take(const Other&, instant) {}

  call_totals totals_of(const endpoint_memory&, instant now) const;
  endpoint_status status_of(resilience::endpoint_class, const call_totals&) const;
  void judge_metrics(provider_snapshot&) const;
  void judge_health(provider_snapshot&) const;
  provider_health judge(const endpoint_status&, std::vector<std::string>& reasons) const;

  monitor_options options_;
  monitor_hooks hooks_;
  std::vector<endpoint_memory> endpoints_;  // by index_of
  recent_slices<write_slice> writes_;
  token_status token_;
  fallback_status fallback_;
  std::optional<instant> reading_off_since_;
  std::optional<probe_report> last_probe_;
};

}  // namespace epicenter::epic
