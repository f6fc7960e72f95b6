#include "harness/verdict/stop_watch.hpp"

#include <algorithm>

#include "harness/verdict/levels.hpp"

namespace epicenter::verdict {
namespace {

using scenario::metric_id;

/// A rate needs a stretch of time to be one. The window is short enough to follow a breakdown within seconds.
constexpr duration rate_window = 2s;

struct reading {
  measurement value;
  instant since;  ///< from when on the value speaks
};

reading read(const observations& seen, metric_id metric, instant phase_start, instant now) {
  const auto recent = std::max(phase_start, now - rate_window);
  switch (metric) {
    case metric_id::client_401s:
    case metric_id::stale_served:
    case metric_id::token_refreshes:
    case metric_id::retries:
    case metric_id::degraded_time:
    case metric_id::dropped_arrivals:
      return {measure(seen, metric, phase_start, now), now};
    case metric_id::retry_amplification:
    case metric_id::duplicate_writes:
    case metric_id::lost_writes:
      return {measure(seen, metric, seen.window(scenario::phase::baseline).from, now), now};
    case metric_id::in_flight: {
      // The record knows what has finished; what hangs, and is the very thing to stop for, is under way.
      auto value = measure(seen, metric, recent, now);
      value.numerator = std::max<int128>(value.numerator, static_cast<int128>(seen.under_way));
      return {value, recent};
    }
    default:
      return {measure_finished(seen, metric, phase_start, recent, now), recent};
  }
}

}  // namespace

const scenario::stop_condition* stop_watch::holds(const observations& seen, scenario::phase phase,
                                                  instant now) {
  const scenario::stop_condition* found = nullptr;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    const auto& condition = conditions_[i];
    if (std::find(condition.phases.begin(), condition.phases.end(), phase) == condition.phases.end()) {
      since_[i].reset();
      continue;
    }
    const auto [value, since] = read(seen, condition.metric, seen.window(phase).from, now);
    if (value.empty()) continue;  // silence neither shows the condition nor ends it
    if (!within(condition.limit, value)) {
      since_[i].reset();
      continue;
    }
    if (!since_[i]) since_[i] = since;
    if (found == nullptr && now - *since_[i] >= condition.lasting) found = &condition;
  }
  return found;
}

std::string text_of(const scenario::stop_condition& c) {
  std::string text = std::string(name_of(c.metric)) + " " + show(c.metric, c.limit);
  if (c.lasting > 0s) text += " for " + format_duration(c.lasting);
  return text;
}

}  // namespace epicenter::verdict
