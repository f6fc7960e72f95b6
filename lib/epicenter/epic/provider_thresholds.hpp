// The runbook's table of what is healthy (runbook, section 7), as data.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/resilience/breaker_event.hpp>
#include <optional>
#include <string_view>

namespace epicenter::epic {

enum class provider_metric : std::uint8_t {
  success_rate,
  average_latency,
  write_success_rate,
  circuit_state
};
/// "success_rate", …
std::string_view name_of(provider_metric);

enum class metric_level : std::uint8_t { healthy, warning, critical };
/// "healthy", "warning", "critical".
std::string_view name_of(metric_level);

/// Healthy beyond the one bound, critical beyond the other, warning between and on either bound.
template <class Value>
struct provider_threshold {
  provider_metric metric;
  Value healthy;
  Value critical;
};

/// More is better.
inline constexpr std::array<provider_threshold<share>, 2> share_thresholds{{
    {provider_metric::success_rate, share{990'000}, share{950'000}},
    {provider_metric::write_success_rate, share{990'000}, share{950'000}},
}};
/// Less is better.
inline constexpr std::array<provider_threshold<duration>, 1> latency_thresholds{{
    {provider_metric::average_latency, 500ms, 2000ms},
}};

/// Judged on the counts, not on a rounded rate; nothing where there are none. Metric: one of
/// share_thresholds.
std::optional<metric_level> level_of(provider_metric, std::uint64_t good, std::uint64_t all);
/// Metric: one of latency_thresholds.
metric_level level_of(provider_metric, duration);
/// closed healthy, half open warning, open critical. A breaker that lets everything through by force, or only
/// watches, is a warning: nothing is protected.
metric_level level_of(resilience::breaker_state);

}  // namespace epicenter::epic
