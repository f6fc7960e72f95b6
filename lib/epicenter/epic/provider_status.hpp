// What the provider monitor knows of one tenant at one moment. Holds no patient data and no secret: it may be
// shown, logged and sent.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/epic/provider_thresholds.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/resilience/breaker_event.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::epic {

enum class provider_health : std::uint8_t { healthy, degraded, unhealthy };
/// "HEALTHY", "DEGRADED", "UNHEALTHY".
std::string_view name_of(provider_health);

/// What users are told while answers come from the cache (runbook, section 8).
inline constexpr std::string_view unavailable_message = "EHR temporarily unavailable";

/// Attempts that ended within the window.
struct call_figures {
  std::uint64_t ok = 0;         ///< answered; a refusal of the request (4xx) is an answer
  std::uint64_t errors = 0;     ///< no usable answer: transport, time-out, 408, 5xx
  std::uint64_t throttled = 0;  ///< 429
  std::uint64_t neutral = 0;    ///< cancelled or refused on this side: says nothing of Epic
  /// Those that say something of Epic.
  std::uint64_t judged() const { return ok + errors + throttled; }
};

/// Of attempts that were answered or timed out: what a fast refusal takes says nothing of Epic's speed.
struct latency_figures {
  std::uint64_t samples = 0;
  duration average{};
  duration p50{};
  duration p95{};
  duration p99{};
  duration max{};
};

struct recent_error {
  instant at{};
  std::string operation;  ///< as loggable_operation
  unsigned status = 0;    ///< 0: no response
  std::string failure;    ///< name of the transport's failure; empty where there was a response
};

struct endpoint_status {
  resilience::endpoint_class endpoint = resilience::endpoint_class::read;
  provider_health health = provider_health::healthy;
  resilience::breaker_state circuit = resilience::breaker_state::closed;
  std::optional<instant> circuit_since;  ///< nothing: since the monitor began
  std::string circuit_actor;             ///< who put it there by hand; empty: nobody
  call_figures calls;
  latency_figures latency;
  std::vector<recent_error> last_errors;  ///< newest first; kept beyond the window
};

/// Writes that were settled within the write window.
struct write_figures {
  std::uint64_t written = 0;
  std::uint64_t rejected = 0;
  std::uint64_t not_sent = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t needs_review = 0;
  std::uint64_t settled() const { return written + rejected + not_sent + duplicate + needs_review; }
};

struct token_status {
  bool known = false;  ///< a token was had
  instant expires_at{};
  std::uint64_t failures = 0;  ///< refreshes that failed since the last that did not
  std::string last_failure;    ///< as loggable_text
};

/// What the cache holds of one kind of resource.
struct cached_section {
  std::string_view resource;  ///< "AllergyIntolerance"
  std::uint64_t patients = 0;
  duration youngest{};  ///< age of the newest answer
  duration oldest{};    ///< age of the oldest that may still be served
  duration bound{};     ///< the age at which an answer must no longer be served
};

/// What was answered from the cache past its freshness since the fallback began.
struct stale_section {
  std::string_view resource;
  std::uint64_t times = 0;
  duration oldest{};
  duration bound{};
};

struct fallback_status {
  bool active = false;
  std::string_view component;  ///< "patient_context"
  std::string_view mode;       ///< "stale"
  std::string_view reason;     ///< "breaker_open", …, "switched_off"
  instant since{};
  duration staleness_bound{};
  std::vector<stale_section> served;
  std::vector<cached_section> can_serve;  ///< empty where the monitor was given no view of the cache
};

/// How the last forced probe ended.
struct probe_report {
  instant at{};
  bool reachable = false;  ///< an answer that is no server error came
  unsigned status = 0;     ///< 0: no response
  std::string failure;     ///< why there is none; name of a failure
  duration took{};
};

struct judged_metric {
  provider_metric metric = provider_metric::success_rate;
  std::optional<metric_level> level;  ///< nothing: too few to judge
  double value = 0;                   ///< a share from 0 to 1, or seconds; of circuit_state nothing
  resilience::breaker_state worst = resilience::breaker_state::closed;  ///< of circuit_state
};

struct provider_snapshot {
  std::string tenant;
  instant at{};
  provider_health health = provider_health::healthy;
  std::vector<std::string> reasons;  ///< why it is not healthy, in words
  std::array<endpoint_status, resilience::endpoint_class_count> endpoints;
  call_figures calls;  ///< of the classes that carry patients' data
  latency_figures latency;
  write_figures writes;
  std::array<judged_metric, 4> metrics;  ///< the runbook's table, in its order
  token_status token;
  fallback_status fallback;
  std::optional<probe_report> last_probe;
};

/// Ages and durations in seconds. «CLOSED», «HALF_OPEN», «OPEN» as the runbook spells circuits.
json::value to_json(const provider_snapshot&);

}  // namespace epicenter::epic
