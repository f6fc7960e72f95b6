// What a scenario will do, on a timeline, before anything is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/model.hpp"

namespace epicenter::scenario {

/// A part of an experiment's timeline. Offsets count from the start of the experiment.
struct planned_phase {
  phase id = phase::baseline;
  duration from{};
  duration judged_from{};  ///< after warm_up resp. settle
  duration until{};
};

struct planned_fault {
  std::size_t index = 0;  ///< position in experiment.faults
  std::string name;
  duration from{};
  duration until{};      ///< an instant fault: equal to `from`
  bool instant = false;  ///< acts once, at the earliest at `from` (it may wait for calls in flight)
};

/// A moment with a name: "fault_start", "fault_end", "NAME.start", "NAME.end".
struct timeline_mark {
  std::string name;
  duration at{};
};

struct planned_window {
  duration from{};
  duration until{};
};

struct planned_experiment {
  std::size_t index = 0;  ///< position in scenario.experiments
  std::string name;
  std::uint64_t seed = 0;
  std::vector<planned_phase> phases;  ///< baseline, during, recovery
  std::vector<planned_fault> faults;  ///< in the order of `from`
  std::vector<timeline_mark> marks;
  std::vector<planned_window> must_windows;  ///< one for each of experiment.musts
  duration length{};
  std::optional<std::int64_t> expected_operations;  ///< open load only

  /// The named moment, or nothing.
  std::optional<duration> at(std::string_view mark) const;
};

struct plan {
  std::string scenario;
  std::uint64_t seed = 0;
  std::vector<planned_experiment> experiments;
  duration length{};                  ///< of all experiments, one after the other
  std::vector<std::string> refusals;  ///< why the guard will not let it start (exit 6); empty: it may
  std::vector<std::string> warnings;  ///< what will probably end inconclusive
};

/// The seed of one experiment, from the root and its name: a new experiment shifts no other.
std::uint64_t derived_seed(std::uint64_t root, std::string_view name);

/// `seed`: instead of the scenario's own.
plan make_plan(const scenario&, std::optional<std::uint64_t> seed = std::nullopt);

/// For people: what runs, how long, what is judged, how far it can reach.
std::string print_plan(const scenario&, const plan&);

}  // namespace epicenter::scenario
