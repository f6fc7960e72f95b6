#include "harness/verdict/stop_watch.hpp"

#include <algorithm>

#include "harness/verdict/levels.hpp"

namespace epicenter::verdict {
namespace {

/// A rate needs a stretch of time to be one. The window is short enough to follow a breakdown within seconds.
constexpr duration rate_window = 2s;

}  // namespace

const scenario::stop_condition* stop_watch::holds(const observations& seen, scenario::phase phase, instant now) {
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    const auto& condition = conditions_[i];
    const bool in_phase = std::find(condition.phases.begin(), condition.phases.end(), phase) != condition.phases.end();
    const auto from = std::max(seen.window(phase).from, now - rate_window);
    const auto m = measure(seen, condition.metric, from, now);
    if (!in_phase || m.empty() || !within(condition.limit, m)) {
      since_[i].reset();
      continue;
    }
    if (!since_[i]) since_[i] = from;
    if (now - *since_[i] >= condition.lasting) return &condition;
  }
  return nullptr;
}

std::string text_of(const scenario::stop_condition& c) {
  std::string text = std::string(name_of(c.metric)) + " " + show(c.metric, c.limit);
  if (c.lasting > 0s) text += " for " + format_duration(c.lasting);
  return text;
}

}  // namespace epicenter::verdict
