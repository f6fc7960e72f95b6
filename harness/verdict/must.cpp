#include "harness/verdict/must.hpp"

#include <algorithm>

#include "harness/verdict/levels.hpp"

namespace epicenter::verdict {
namespace {

using scenario::circuit_state;
using scenario::must;
using scenario::must_kind;

struct window {
  instant from;
  instant to;  ///< included
  bool holds(instant t) const { return t >= from && t <= to; }
};

/// What one breaker was in, one after the other: it starts CLOSED with the experiment.
struct stay {
  circuit_state state;
  instant from;
  instant to;
};

std::vector<stay> history_of(const observations& seen, std::size_t endpoint_class) {
  std::vector<stay> stays{{circuit_state::closed, instant::min(), instant::max()}};
  for (const auto& change : seen.circuits) {
    const auto state = circuit_word(change.to);
    // forced_open after open is one stay OPEN: the format knows three states.
    if (change.endpoint_class != endpoint_class || state == stays.back().state) continue;
    stays.back().to = change.at;
    stays.push_back({state, change.at, instant::max()});
  }
  return stays;
}

bool overlaps(const stay& s, const window& w) {
  return s.from <= w.to && s.to > w.from;
}

/// Whether some run of consecutive stays matches the path; `any` stands for zero or more of them. All starts
/// are followed at once, so that it takes stays times steps, however many `any` there are.
bool matches(const std::vector<stay>& stays, const std::vector<scenario::path_step>& path) {
  std::vector<bool> reached(stays.size() + 1, true);  // by how many stays lie before
  for (const auto& step : path) {
    std::vector<bool> next(stays.size() + 1, false);
    for (std::size_t at = 0; at <= stays.size(); ++at) {
      if (step.any) {
        next[at] = reached[at] || (at > 0 && next[at - 1]);
      } else if (at > 0) {
        next[at] = reached[at - 1] && stays[at - 1].state == step.state;
      }
    }
    reached = std::move(next);
  }
  return std::find(reached.begin(), reached.end(), true) != reached.end();
}

std::string path_text(const std::vector<stay>& stays) {
  std::string text;
  for (const auto& s : stays) text.append(text.empty() ? "" : " → ").append(name_of(s.state));
  return text;
}

bool considered(const must& m, const observations& seen, std::size_t c) {
  return m.breaker_class.empty() || seen.classes[c] == m.breaker_class;
}

void judge_path(const must& m, const observations& seen, const window& w, reports::check& check) {
  std::string histories;
  for (std::size_t c = 0; c < seen.classes.size(); ++c) {
    if (!considered(m, seen, c)) continue;
    auto stays = history_of(seen, c);
    std::erase_if(stays, [&](const stay& s) { return !overlaps(s, w); });
    if (matches(stays, m.path)) {
      check.value = seen.classes[c] + ": " + path_text(stays);
      return;
    }
    if (stays.size() < 2) continue;
    histories.append(histories.empty() ? "" : "; ").append(seen.classes[c] + ": " + path_text(stays));
  }
  check.status = reports::status::failed;
  check.value = histories.empty() ? "no breaker left CLOSED" : histories;
  check.message = "no breaker's history holds this path";
}

/// CLOSED asks for all breakers that ever left it to be back at one and the same instant; another state asks
/// for one.
void judge_state(const must& m, const observations& seen, const window& w, reports::check& check) {
  std::vector<std::vector<stay>> left_closed;
  for (std::size_t c = 0; c < seen.classes.size(); ++c) {
    if (!considered(m, seen, c)) continue;
    auto stays = history_of(seen, c);
    if (m.state != circuit_state::closed) {
      for (const auto& s : stays) {
        if (s.state != m.state || !overlaps(s, w)) continue;
        check.value = seen.classes[c] + " after " + format_duration(std::max(s.from, w.from) - w.from);
        return;
      }
    }
    if (stays.size() > 1) left_closed.push_back(std::move(stays));
  }
  if (m.state == circuit_state::closed) {
    std::vector<instant> candidates{w.from};
    for (const auto& stays : left_closed) {
      for (const auto& s : stays) {
        if (s.state == circuit_state::closed && w.holds(s.from)) candidates.push_back(s.from);
      }
    }
    std::sort(candidates.begin(), candidates.end());
    for (const auto at : candidates) {
      const bool all = std::all_of(left_closed.begin(), left_closed.end(), [&](const auto& stays) {
        return std::any_of(stays.begin(), stays.end(), [&](const stay& s) {
          return s.state == circuit_state::closed && s.from <= at && at < s.to;
        });
      });
      if (!all) continue;
      check.value = "CLOSED after " + format_duration(at - w.from);
      return;
    }
  }
  check.status = reports::status::failed;
  check.value = "not in the window";
  check.message = left_closed.empty() ? "no breaker left CLOSED in this experiment" : "";
  for (const auto& stays : left_closed) {
    check.message.append(check.message.empty() ? "" : "; ").append(path_text(stays));
  }
}

void judge_event(const must& m, const observations& seen, const window& w, reports::check& check) {
  const auto found = std::find_if(seen.events.begin(), seen.events.end(),
                                  [&](const named_event& e) { return e.name == m.event && w.holds(e.at); });
  const bool happened = found != seen.events.end();
  check.value = happened ? "after " + format_duration(found->at - w.from) : "did not happen";
  if (happened == m.forbidden) {
    check.status = reports::status::failed;
    check.message = m.forbidden ? "the event was to stay away" : "the event did not happen in the window";
  }
}

void judge_metric(const must& m, const observations& seen, const window& w, reports::check& check) {
  const auto measured =
      measure(seen, m.metric, w.from, w.to == instant::max() ? w.to : w.to + duration(1), m.breaker_class);
  reports::figure shown;
  shown.unit = unit_of(m.metric);
  shown.value = measured.value();
  check.value = shown.shown();
  if (measured.empty()) {
    check.status = reports::status::inconclusive;
    check.message = "nothing was there to measure in the window";
    return;
  }
  for (const auto& b : m.bounds) {
    if (within(b, measured)) continue;
    check.status = reports::status::failed;
    check.message = "is not " + show(m.metric, b);
  }
}

}  // namespace

std::optional<instant> moment_of(const scenario::anchor& anchor, const observations& seen) {
  using scenario::anchor_kind;
  std::optional<instant> found;
  for (const auto& f : seen.faults) {
    switch (anchor.kind) {
      case anchor_kind::fault_start:
        found = found ? std::min(*found, f.from) : f.from;
        break;
      case anchor_kind::fault_end:
        if (!f.to) return std::nullopt;
        found = found ? std::max(*found, *f.to) : *f.to;
        break;
      case anchor_kind::named_start:
        if (f.name == anchor.fault) return f.from;
        break;
      case anchor_kind::named_end:
        if (f.name == anchor.fault) return f.to;
        break;
    }
  }
  return found;
}

reports::check judge_must(const must& m, const observations& seen) {
  reports::check check;
  check.kind = "must";
  check.name = m.text();
  check.wanted = m.text();
  check.place = {m.mark.file, m.mark.line, m.mark.column};
  window w{seen.window(scenario::phase::during).from, seen.window(scenario::phase::recovery).to};
  if (m.after) {
    const auto anchor = moment_of(*m.after, seen);
    if (!anchor) {
      check.status = reports::status::inconclusive;
      check.message = "there was no " + m.after->text();
      return check;
    }
    w.from = *anchor;
  }
  if (m.within) w.to = std::min(w.to, w.from + *m.within);
  switch (m.kind) {
    case must_kind::circuit_state:
      judge_state(m, seen, w, check);
      break;
    case must_kind::circuit_path:
      judge_path(m, seen, w, check);
      break;
    case must_kind::event:
      judge_event(m, seen, w, check);
      break;
    case must_kind::metric:
      judge_metric(m, seen, w, check);
      break;
  }
  return check;
}

}  // namespace epicenter::verdict
