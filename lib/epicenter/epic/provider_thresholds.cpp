#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/epic/provider_thresholds.hpp>

namespace epicenter::epic {
namespace {

template <class List>
const auto& threshold_of(const List& list, provider_metric metric) {
  const auto* found =
      std::find_if(list.begin(), list.end(), [metric](const auto& one) { return one.metric == metric; });
  EPICENTER_CHECK(found != list.end(), "the metric is judged by another kind of figure");
  return *found;
}

// good / all > bound, without a division. 128 bits: the counts of years fit.
__extension__ using wide = unsigned __int128;
bool above(std::uint64_t good, std::uint64_t all, share bound) {
  return wide{good} * 1'000'000 > wide{static_cast<std::uint64_t>(bound.ppm)} * all;
}
bool below(std::uint64_t good, std::uint64_t all, share bound) {
  return wide{good} * 1'000'000 < wide{static_cast<std::uint64_t>(bound.ppm)} * all;
}

}  // namespace

std::string_view name_of(provider_metric metric) {
  constexpr std::array<std::string_view, 4> names{"success_rate", "average_latency", "write_success_rate",
                                                  "circuit_state"};
  return names.at(static_cast<std::size_t>(metric));
}

std::string_view name_of(metric_level level) {
  constexpr std::array<std::string_view, 3> names{"healthy", "warning", "critical"};
  return names.at(static_cast<std::size_t>(level));
}

std::optional<metric_level> level_of(provider_metric metric, std::uint64_t good, std::uint64_t all) {
  if (all == 0) return std::nullopt;
  const auto& bounds = threshold_of(share_thresholds, metric);
  if (above(good, all, bounds.healthy)) return metric_level::healthy;
  return below(good, all, bounds.critical) ? metric_level::critical : metric_level::warning;
}

metric_level level_of(provider_metric metric, duration value) {
  const auto& bounds = threshold_of(latency_thresholds, metric);
  if (value < bounds.healthy) return metric_level::healthy;
  return value > bounds.critical ? metric_level::critical : metric_level::warning;
}

metric_level level_of(resilience::breaker_state state) {
  switch (state) {
    case resilience::breaker_state::closed:
      return metric_level::healthy;
    case resilience::breaker_state::half_open:
    case resilience::breaker_state::forced_closed:
    case resilience::breaker_state::metrics_only:
      return metric_level::warning;
    case resilience::breaker_state::open:
    case resilience::breaker_state::forced_open:
      break;
  }
  return metric_level::critical;
}

}  // namespace epicenter::epic
