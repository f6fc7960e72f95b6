#include "harness/scenario/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/scenario/fault_types.hpp"

namespace epicenter::scenario {
namespace {

std::uint64_t splitmix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

double seconds(duration value) {
  return static_cast<double>(value.count()) / 1e9;
}

/// Arrivals of an open load in [from, until).
double arrivals_between(const load_spec& load, duration from, duration until) {
  double total = 0;
  duration start{};
  for (std::size_t i = 0; i < load.stages.size(); ++i) {
    const bool last = i + 1 == load.stages.size();
    const duration end = last ? std::max(until, start) : start + load.stages[i].length;
    const duration low = std::max(from, start);
    const duration high = std::min(until, end);
    if (high > low) total += load.stages[i].arrivals.per_second() * seconds(high - low);
    start = end;
  }
  return total;
}

void place_faults(const experiment& trial, duration during_from, duration during_until,
                  planned_experiment& out) {
  for (std::size_t i = 0; i < trial.faults.size(); ++i) {
    const fault& one = trial.faults[i];
    planned_fault placed{i, one.name, during_from + one.at, during_until, is_instant(one.type)};
    if (one.lasting) placed.until = placed.from + *one.lasting;
    if (placed.instant) placed.until = placed.from;
    out.faults.push_back(std::move(placed));
  }
  std::stable_sort(out.faults.begin(), out.faults.end(),
                   [](const planned_fault& a, const planned_fault& b) { return a.from < b.from; });
  if (out.faults.empty()) return;
  duration end{};
  for (const planned_fault& one : out.faults) end = std::max(end, one.until);
  out.marks.push_back({"fault_start", out.faults.front().from});
  out.marks.push_back({"fault_end", end});
  for (const planned_fault& one : out.faults) {
    out.marks.push_back({one.name + ".start", one.from});
    out.marks.push_back({one.name + ".end", one.until});
  }
}

planned_experiment plan_experiment(const scenario& whole, std::size_t index, std::uint64_t root) {
  const experiment& trial = whole.experiments[index];
  planned_experiment out;
  out.index = index;
  out.name = trial.name;
  out.seed = derived_seed(root, trial.name);
  const duration during = whole.phases.baseline;
  const duration recovery = during + trial.during;
  out.length = recovery + whole.phases.recovery;
  out.phases = {{phase::baseline, 0s, whole.phases.warm_up, during},
                {phase::during, during, during, recovery},
                {phase::recovery, recovery, recovery + whole.phases.settle, out.length}};
  place_faults(trial, during, recovery, out);
  for (const must& one : trial.musts) {
    planned_window window{during, out.length};
    if (one.after) window.from = out.at(one.after->text()).value_or(during);
    if (one.within) window.until = std::min(window.from + *one.within, out.length);
    out.must_windows.push_back(window);
  }
  if (trial.load.model == load_model::open)
    out.expected_operations = std::llround(arrivals_between(trial.load, 0s, out.length));
  return out;
}

void judge_experiment(const scenario& whole, const planned_experiment& one, plan& out) {
  const load_spec& load = whole.experiments[one.index].load;
  if (load.model != load_model::open) return;
  for (const load_stage& stage : load.stages) {
    if (stage.arrivals.per_second() <= whole.blast_radius.max_rate.per_second()) continue;
    out.refusals.push_back(fmt::format("{}: the load of {} is above the blast radius's max_rate of {}",
                                       one.name, format_rate(stage.arrivals),
                                       format_rate(whole.blast_radius.max_rate)));
    break;
  }
  for (const planned_phase& part : one.phases) {
    const auto expected = std::llround(arrivals_between(load, part.judged_from, part.until));
    if (expected < whole.min_samples)
      out.warnings.push_back(fmt::format("{}: about {} operations are judged in {}, min_samples is {}",
                                         one.name, expected, name_of(part.id), whole.min_samples));
  }
}

}  // namespace

std::optional<duration> planned_experiment::at(std::string_view mark) const {
  for (const timeline_mark& one : marks)
    if (one.name == mark) return one.at;
  return std::nullopt;
}

std::uint64_t derived_seed(std::uint64_t root, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return splitmix(splitmix(root) ^ hash);
}

plan make_plan(const scenario& whole, std::optional<std::uint64_t> seed) {
  plan out;
  out.scenario = whole.name;
  out.seed = seed.value_or(whole.seed);
  for (std::size_t i = 0; i < whole.experiments.size(); ++i) {
    out.experiments.push_back(plan_experiment(whole, i, out.seed));
    out.length += out.experiments.back().length;
    judge_experiment(whole, out.experiments.back(), out);
  }
  if (out.length > whole.blast_radius.max_run_time)
    out.refusals.push_back(fmt::format("the run takes {}, the blast radius's max_run_time is {}",
                                       format_duration(out.length),
                                       format_duration(whole.blast_radius.max_run_time)));
  if (whole.target.environment == environment_kind::production)
    out.refusals.push_back("the environment is production");
  return out;
}

}  // namespace epicenter::scenario
