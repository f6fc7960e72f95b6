#include "harness/verdict/levels.hpp"

namespace epicenter::verdict {

using scenario::comparison;
using scenario::level;
using scenario::metric_id;

level level_of(const scenario::threshold& t, const measurement& m) {
  if (t.metric == metric_id::circuit_state) return t.state_levels[static_cast<std::size_t>(m.state)];
  const int better = t.more_is_better ? 1 : -1;
  if (m.compare(t.healthy) == better) return level::healthy;
  if (m.compare(t.critical) == -better) return level::critical;
  return level::warning;
}

std::string show_bounds(const scenario::threshold& t) {
  if (t.metric == metric_id::circuit_state) {
    std::string text;
    for (const auto wanted : {level::healthy, level::warning, level::critical}) {
      std::string states;
      for (const auto s : {scenario::circuit_state::closed, scenario::circuit_state::half_open,
                           scenario::circuit_state::open}) {
        if (t.state_levels[static_cast<std::size_t>(s)] != wanted) continue;
        states.append(states.empty() ? "" : "/").append(name_of(s));
      }
      if (states.empty()) continue;
      text.append(text.empty() ? "" : ", ").append(name_of(wanted)).append(" ").append(states);
    }
    return text;
  }
  const char* good = t.more_is_better ? " > " : " < ";
  const char* bad = t.more_is_better ? " < " : " > ";
  return "healthy" + std::string(good) + show_bound(t.metric, t.healthy) + ", critical" + bad +
         show_bound(t.metric, t.critical);
}

reports::figure figure_of(const scenario::threshold& t, const measurement& m) {
  reports::figure f;
  f.metric = std::string(name_of(t.metric));
  if (!t.breaker_class.empty()) f.metric += "(" + t.breaker_class + ")";
  f.unit = unit_of(t.metric);
  f.samples = m.samples;
  f.bounds = show_bounds(t);
  if (m.empty()) return f;
  if (t.metric == metric_id::circuit_state) {
    f.state = std::string(name_of(m.state));
  } else {
    f.value = m.value();
  }
  f.level = std::string(name_of(level_of(t, m)));
  return f;
}

bool within(const scenario::bound& b, const measurement& m) {
  switch (b.how) {
    case comparison::at_most:
      return m.compare(b.value) <= 0;
    case comparison::at_least:
      return m.compare(b.value) >= 0;
    case comparison::above:
      return m.compare(b.value) > 0;
    case comparison::below:
      return m.compare(b.value) < 0;
  }
  return false;
}

std::string show(metric_id metric, const scenario::bound& b) {
  std::string how(name_of(b.how));
  for (auto& c : how) {
    if (c == '_') c = ' ';
  }
  return how + " " + show_bound(metric, b.value);
}

}  // namespace epicenter::verdict
