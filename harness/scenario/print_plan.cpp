#include <fmt/format.h>

#include "harness/faults/catalog.hpp"
#include "harness/scenario/plan.hpp"

namespace epicenter::scenario {
namespace {

std::string describe(const threshold& one) {
  if (one.metric == metric_id::circuit_state) {
    std::string out = "circuit_state";
    if (!one.breaker_class.empty()) out += fmt::format(" of {}", one.breaker_class);
    for (const circuit_state state : {circuit_state::closed, circuit_state::half_open, circuit_state::open})
      out += fmt::format(" {}={}", name_of(state), name_of(one.state_levels[static_cast<int>(state)]));
    return out;
  }
  const metric_unit unit = facts_of(one.metric).unit;
  const char* good = one.more_is_better ? ">" : "<";
  const char* bad = one.more_is_better ? "<" : ">";
  return fmt::format("{} healthy {} {}, critical {} {}", name_of(one.metric), good,
                     format_value(unit, one.healthy), bad, format_value(unit, one.critical));
}

std::string describe(const load_spec& load) {
  std::string out;
  if (load.model == load_model::closed) {
    out = fmt::format("closed, {} callers", load.max_in_flight);
  } else {
    out = "open,";
    for (const load_stage& stage : load.stages) {
      out += " " + format_rate(stage.arrivals);
      if (stage.length > 0s) out += " for " + format_duration(stage.length);
    }
    out += fmt::format(" {}, at most {} in flight",
                       load.arrivals == arrival_process::poisson ? "poisson" : "uniform", load.max_in_flight);
  }
  std::int64_t total = 0;
  for (const operation_share& one : load.operations) total += one.weight;
  for (const operation_share& one : load.operations)
    out += fmt::format("{} {} {}", &one == &load.operations.front() ? ";" : ",", name_of(one.operation),
                       format_share(share{one.weight * 1'000'000 / std::max<std::int64_t>(1, total)}));
  return out;
}

std::string describe(const fault& one) {
  std::string out = one.type;
  const auto* type = faults::find(one.type);
  if (type != nullptr && !one.params.empty()) out += " (" + faults::describe(*type, one.params) + ")";
  if (one.rate.ppm != 1'000'000) out += fmt::format(", {} of the calls", format_share(one.rate));
  if (!one.match.any()) out += ", matching calls only";
  if (one.ramp_in > duration::zero()) out += ", ramping in over " + format_duration(one.ramp_in);
  if (one.ramp_out > duration::zero()) out += ", ramping out over " + format_duration(one.ramp_out);
  if (one.max_active) out += fmt::format(", at most {} at once", *one.max_active);
  return out;
}

std::string describe(const std::vector<level_rule>& rules) {
  std::string out;
  for (const level_rule& rule : rules)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name_of(rule.metric), name_of(rule.wanted));
  return out;
}

std::string describe(const stop_condition& one) {
  std::string out = fmt::format("{} {} {}", name_of(one.metric), name_of(one.limit.how),
                                format_value(facts_of(one.metric).unit, one.limit.value));
  if (one.lasting > 0s) out += " for " + format_duration(one.lasting);
  for (const phase where : one.phases)
    out += fmt::format("{} {}", where == one.phases.front() ? " in" : ",", name_of(where));
  return out;
}

std::string invariants_of(const scenario& whole) {
  std::string out;
  for (const invariant& one : whole.invariants) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", name_of(one.kind));
    if (one.at_most) out += " at_most " + format_value(metric_unit::millionths, *one.at_most);
  }
  return out.empty() ? "none" : out;
}

void line(std::string& out, std::string_view label, std::string_view content) {
  out += fmt::format("  {:<13} {}\n", label, content);
}

void moment(std::string& out, duration at, std::string_view content) {
  out += fmt::format("    {:>9}  {}\n", format_duration(at), content);
}

void print_experiment(std::string& out, const scenario& whole, const planned_experiment& planned) {
  const experiment& trial = whole.experiments[planned.index];
  out += fmt::format("\n{}: {}\n", trial.name, trial.hypothesis);
  line(out, "seed", std::to_string(planned.seed));
  line(out, "takes",
       planned.expected_operations ? fmt::format("{}, about {} operations", format_duration(planned.length),
                                                 *planned.expected_operations)
                                   : format_duration(planned.length));
  if (describe(trial.load) != describe(whole.load)) line(out, "load", describe(trial.load));
  for (const planned_phase& part : planned.phases) {
    const bool all = part.judged_from == part.from;
    moment(out, part.from,
           fmt::format("{} to {}{}", name_of(part.id), format_duration(part.until),
                       all ? "" : fmt::format(", judged from {}", format_duration(part.judged_from))));
    if (part.id != phase::during) continue;
    for (const planned_fault& one : planned.faults)
      moment(
          out, one.from,
          fmt::format("  {} {}: {}", one.name, one.instant ? "at once" : "to " + format_duration(one.until),
                      describe(trial.faults[one.index])));
  }
  for (std::size_t i = 0; i < trial.musts.size(); ++i)
    line(out, "must",
         fmt::format("{} ({} to {})", trial.musts[i].text(), format_duration(planned.must_windows[i].from),
                     format_duration(planned.must_windows[i].until)));
  line(out, "at worst", describe(trial.at_worst));
}

}  // namespace

std::string print_plan(const scenario& whole, const plan& planned) {
  std::string out = whole.name;
  if (!whole.title.empty()) out += ": " + whole.title;
  out += "\n";
  line(
      out, "runs",
      fmt::format("{} experiment{}, {} in all, seed {}", planned.experiments.size(),
                  planned.experiments.size() == 1 ? "" : "s", format_duration(planned.length), planned.seed));
  line(out, "load", describe(whole.load));
  for (const threshold& one : whole.thresholds) line(out, "threshold", describe(one));
  line(out, "steady state", describe(whole.steady_state));
  line(out, "min_samples", std::to_string(whole.min_samples));
  line(out, "invariants", invariants_of(whole));
  for (const stop_condition& one : whole.stop_conditions) line(out, "stop when", describe(one));
  line(out, "blast radius",
       fmt::format("{}; at most {}, {}; faults end {} after the last heartbeat",
                   fmt::join(whole.blast_radius.allow_hosts, ", "), format_rate(whole.blast_radius.max_rate),
                   format_duration(whole.blast_radius.max_run_time),
                   format_duration(whole.blast_radius.fault_lease)));
  for (const std::string& why : planned.refusals) line(out, "refused", why);
  for (const std::string& why : planned.warnings) line(out, "warning", why);
  for (const planned_experiment& one : planned.experiments) print_experiment(out, whole, one);
  return out;
}

}  // namespace epicenter::scenario
