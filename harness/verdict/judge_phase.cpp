#include <algorithm>

#include "harness/verdict/judge.hpp"
#include "harness/verdict/levels.hpp"

namespace epicenter::verdict {
namespace {

using scenario::level;
using scenario::metric_id;
using scenario::phase;

/// The rules a phase is held to: the steady state before and after, at_worst in between.
const std::vector<scenario::level_rule>& rules_of(const scenario::scenario& s, const scenario::experiment& e,
                                                  phase p) {
  return p == phase::during ? e.at_worst : s.steady_state;
}

reports::check check_of(const scenario::level_rule& rule, const reports::figure& figure,
                        const scenario::threshold& t, phase p, std::int64_t min_samples) {
  reports::check check;
  check.phase = std::string(name_of(p));
  check.kind = p == phase::during ? "threshold" : "steady_state";
  check.name = figure.metric;
  check.value = figure.shown();
  check.wanted = "at worst " + std::string(name_of(rule.wanted)) + " (" + figure.bounds + ")";
  const auto& mark = rule.mark.line != 0 ? rule.mark : t.mark;
  check.place = {mark.file, mark.line, mark.column};
  const bool counted = t.metric != metric_id::circuit_state;
  if (figure.level.empty()) {
    check.status = reports::status::inconclusive;
    check.message = "no sample";
  } else if (counted && figure.samples < static_cast<std::uint64_t>(min_samples)) {
    check.status = reports::status::inconclusive;
    check.message =
        std::to_string(figure.samples) + " samples, min_samples asks for " + std::to_string(min_samples);
  }
  return check;
}

/// A rule that nobody wrote: the default for write_success says nothing about a load that does not write.
bool without_object(const scenario::level_rule& rule, const scenario::experiment& e) {
  const auto& asked = e.load.operations;
  return rule.mark.line == 0 && rule.metric == metric_id::write_success &&
         std::none_of(asked.begin(), asked.end(), [](const auto& op) { return is_write(op.operation); });
}

level level_named(std::string_view name) {
  for (const auto l : {level::healthy, level::warning, level::critical}) {
    if (name_of(l) == name) return l;
  }
  return level::critical;
}

}  // namespace

phase_verdict judge_phase(const scenario::scenario& s, const scenario::experiment& e, phase p,
                          const observations& seen) {
  const auto& window = seen.window(p);
  const auto start = seen.window(phase::baseline).from;
  phase_verdict v;
  v.record.name = std::string(name_of(p));
  v.record.from = window.from - start;
  v.record.judged_from = window.judged_from - start;
  v.record.to = window.to - start;
  for (const auto& op : seen.operations) {
    if (op.intended < window.judged_from || op.intended >= window.to) continue;
    ++v.record.operations;
    v.record.latency.record(op.latency());
  }
  for (const auto& t : s.thresholds) {
    // A breaker counts by the calls of the whole phase: one that stays open has them in the unjudged start.
    const auto from = t.metric == metric_id::circuit_state ? window.from : window.judged_from;
    const auto measured = measure(seen, t.metric, from, window.to, t.breaker_class);
    v.record.figures.push_back(figure_of(t, measured));
    const auto& figure = v.record.figures.back();
    for (const auto& rule : rules_of(s, e, p)) {
      if (rule.metric != t.metric || without_object(rule, e)) continue;
      auto check = check_of(rule, figure, t, p, s.min_samples);
      if (check.status == reports::status::passed && level_named(figure.level) > rule.wanted) {
        check.status = reports::status::failed;
        check.message = "is " + figure.level;
      } else if (check.status == reports::status::passed && p != phase::during && figure.level != "healthy") {
        check.status = reports::status::warning;
      }
      v.holds =
          v.holds && check.status != reports::status::failed && check.status != reports::status::inconclusive;
      v.checks.push_back(std::move(check));
    }
  }
  // An arrival that could not even start says that the generator, not Epic, was the bottleneck.
  const auto dropped = std::count_if(seen.dropped.begin(), seen.dropped.end(),
                                     [&](instant at) { return at >= window.judged_from && at < window.to; });
  if (static_cast<std::uint64_t>(dropped) * 100 > v.record.operations + static_cast<std::uint64_t>(dropped)) {
    reports::check check;
    check.phase = v.record.name;
    check.kind = "coverage";
    check.name = "load not dropped";
    check.value = std::to_string(dropped);
    check.wanted = "at most 1% of the arrivals";
    check.status = reports::status::inconclusive;
    check.message = "max_in_flight was reached: the load was not what the scenario asks for";
    v.checks.push_back(std::move(check));
    v.holds = false;
  }
  return v;
}

}  // namespace epicenter::verdict
