#include "harness/scenario/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/scenario/fault_types.hpp"

namespace epicenter::scenario {
namespace {

std::vector<threshold> with_defaults(std::vector<threshold> written) {
  std::vector<threshold> out = default_thresholds();
  for (threshold& one : written) {
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const threshold& t) { return t.metric == one.metric; });
    if (same != out.end())
      *same = std::move(one);
    else
      out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(),
            [](const threshold& a, const threshold& b) { return a.metric < b.metric; });
  return out;
}

const level_rule* rule_for(const std::vector<level_rule>& rules, metric_id metric) {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const level_rule& r) { return r.metric == metric; });
  return found == rules.end() ? nullptr : &*found;
}

/// A level of a metric without threshold could never be judged.
void require_thresholds(reading& in, const std::vector<level_rule>& rules,
                        const std::vector<threshold>& thresholds) {
  for (const level_rule& rule : rules) {
    const bool known = std::any_of(thresholds.begin(), thresholds.end(),
                                   [&](const threshold& t) { return t.metric == rule.metric; });
    if (!known)
      in.refuse(rule.mark, fmt::format("'{}' has no threshold, so it has no level; add one under thresholds",
                                       name_of(rule.metric)));
  }
}

std::vector<level_rule> healthy_unless_listed(const std::vector<level_rule>& rules,
                                              const std::vector<threshold>& thresholds) {
  std::vector<level_rule> out;
  for (const threshold& one : thresholds) {
    const level_rule* rule = rule_for(rules, one.metric);
    out.push_back(rule != nullptr ? *rule : level_rule{one.metric, level::healthy, {}});
  }
  return out;
}

void change(load_spec& load, const load_changes& to) {
  load.mark = to.mark;
  if (to.model) load.model = *to.model;
  if (to.arrival_rate) load.stages = {{*to.arrival_rate, duration::zero()}};
  if (to.stages) load.stages = *to.stages;
  if (to.arrivals) load.arrivals = *to.arrivals;
  if (to.max_in_flight) load.max_in_flight = *to.max_in_flight;
  if (to.operations) load.operations = *to.operations;
}

/// `written`: the mapping, for marks; `sound`: false where its own values were refused already.
void check_load(reading& in, load_spec& load, const load_changes& written, bool sound) {
  if (written.arrival_rate && written.stages)
    in.refuse(written.mark, "a load has either a rate or stages; leave one out");
  if (load.model == load_model::closed) {
    if (written.arrival_rate || written.stages || written.arrivals)
      in.refuse(written.mark,
                "a closed load has no arrivals: max_in_flight callers ask one after the other; leave out "
                "rate, stages and arrivals");
    load.stages.clear();
    return;
  }
  if (!sound) return;
  if (load.stages.empty()) in.refuse(written.mark, "an open load needs its rate; add rate: 50/s, or stages");
  if (load.operations.empty())
    in.refuse(written.mark,
              "the load asks for nothing; add operations: [{name: patient-context, weight: 1}]");
  std::set<operation_kind> seen;
  for (const operation_share& one : load.operations)
    if (!seen.insert(one.operation).second)
      in.refuse(written.mark,
                fmt::format("the operation '{}' is here twice; add up the weights", name_of(one.operation)));
}

void check_ramps(reading& in, const fault& one, duration length) {
  if (one.ramp_in + one.ramp_out <= length) return;
  in.refuse(one.mark,
            fmt::format("the ramps take {}, but the fault lasts {}; make ramp_in or ramp_out shorter",
                        format_duration(one.ramp_in + one.ramp_out), format_duration(length)));
}

void check_faults(reading& in, experiment& trial) {
  std::set<std::string> names;
  for (const fault& one : trial.faults)
    if (!one.name.empty() && !names.insert(one.name).second)
      in.refuse(one.mark, fmt::format("two faults are named '{}'; rename one", one.name));
  for (std::size_t i = 0; i < trial.faults.size(); ++i) {
    fault& one = trial.faults[i];
    if (one.name.empty()) {
      one.name = fmt::format("{}-{}", one.type, i + 1);
      while (!names.insert(one.name).second) one.name += "-x";
    }
    if (trial.during == duration::zero()) continue;
    if (one.at >= trial.during)
      in.refuse(one.mark, fmt::format("the fault begins at {}, but during ends at {}",
                                      format_duration(one.at), format_duration(trial.during)));
    else if (one.lasting && *one.lasting > trial.during - one.at)
      in.refuse(
          one.mark,
          fmt::format("the fault lasts to {}, but during ends at {}; write lasting: {}, or leave it out",
                      format_duration(one.at + *one.lasting), format_duration(trial.during),
                      format_duration(trial.during - one.at)));
    else
      check_ramps(in, one, one.lasting.value_or(trial.during - one.at));
  }
}

void check_musts(reading& in, const experiment& trial) {
  std::vector<std::string> names;
  for (const fault& one : trial.faults) names.push_back(one.name);
  for (const must& one : trial.musts) {
    if (!one.after) continue;
    const bool named =
        one.after->kind == anchor_kind::named_start || one.after->kind == anchor_kind::named_end;
    if (named && std::find(names.begin(), names.end(), one.after->fault) == names.end()) {
      std::string hint = "; give a fault the name";
      if (!names.empty()) hint = suggestion(one.after->fault, names);
      in.refuse(one.mark, fmt::format("no fault of this experiment is named '{}'{}", one.after->fault, hint));
    } else if (!named && names.empty()) {
      in.refuse(one.mark, fmt::format("'{}' needs a fault, and this experiment has none", one.after->text()));
    }
  }
}

void resolve_experiment(reading& in, scenario& whole, experiment_draft draft) {
  draft.load = whole.load;
  if (draft.load_changed) {
    change(draft.load, *draft.load_changed);
    check_load(in, draft.load, *draft.load_changed, true);
  }
  check_faults(in, draft);
  check_musts(in, draft);
  require_thresholds(in, draft.at_worst, whole.thresholds);
  draft.at_worst = healthy_unless_listed(draft.at_worst, whole.thresholds);
  whole.experiments.push_back(std::move(draft));
}

void check_invariants(reading& in, const scenario& whole) {
  std::set<invariant_kind> seen;
  for (const invariant& one : whole.invariants)
    if (!seen.insert(one.kind).second)
      in.refuse(one.mark, fmt::format("the invariant '{}' is here twice; keep one", name_of(one.kind)));
}

}  // namespace

std::vector<threshold> default_thresholds() {
  const auto numeric = [](metric_id metric, std::int64_t healthy, std::int64_t critical) {
    threshold out;
    out.metric = metric;
    out.more_is_better = facts_of(metric).more_is_better;
    out.healthy = healthy;
    out.critical = critical;
    return out;
  };
  threshold circuit;
  circuit.metric = metric_id::circuit_state;
  circuit.more_is_better = false;
  return {numeric(metric_id::success_rate, 990'000, 950'000),
          numeric(metric_id::write_success, 990'000, 950'000),
          numeric(metric_id::avg_latency, duration{500ms}.count(), duration{2000ms}.count()), circuit};
}

scenario resolve(reading& in, const node& root, scenario_draft draft) {
  const bool sound = in.troubles().empty();
  const std::optional<load_changes> load = std::move(draft.load_changed);
  std::vector<experiment_draft> drafts = std::move(draft.drafts);
  const std::int64_t version = draft.version;
  scenario whole(std::move(draft));
  whole.file = in.file();
  if (const node* written = root.find("version"); version != 1 && written != nullptr && version >= 0)
    in.refuse(written->at, fmt::format("version {} of the format is not known; known is 1", version));
  whole.thresholds = with_defaults(std::move(whole.thresholds));
  require_thresholds(in, whole.steady_state, whole.thresholds);
  for (const level_rule& rule : whole.steady_state)
    if (known_at_end(rule.metric))
      in.refuse(rule.mark, fmt::format("{} is known only when the experiment has ended, so no baseline could "
                                       "hold it; write it under at_worst instead",
                                       name_of(rule.metric)));
  if (root.find("steady_state") == nullptr) {
    whole.steady_state = healthy_unless_listed({}, whole.thresholds);
    std::erase_if(whole.steady_state, [](const level_rule& rule) { return known_at_end(rule.metric); });
  }
  if (load) {
    change(whole.load, *load);
    check_load(in, whole.load, *load, sound);
  }
  check_invariants(in, whole);
  std::set<std::string> names;
  for (experiment_draft& one : drafts) {
    if (!one.name.empty() && !names.insert(one.name).second)
      in.refuse(one.mark, fmt::format("two experiments are named '{}'; rename one", one.name));
    resolve_experiment(in, whole, std::move(one));
  }
  return whole;
}

}  // namespace epicenter::scenario
