// The format's tables: which keys there are, how their values are written and where they go.
#pragma once

#include <optional>
#include <vector>

#include "harness/scenario/binding.hpp"
#include "harness/scenario/model.hpp"

namespace epicenter::scenario {

/// What a `load` mapping says; what it does not say is taken from the load it changes.
struct load_changes {
  std::optional<load_model> model;
  std::optional<rate> arrival_rate;
  std::optional<std::vector<load_stage>> stages;
  std::optional<arrival_process> arrivals;
  std::optional<std::int64_t> max_in_flight;
  std::optional<std::vector<operation_share>> operations;
  source_mark mark;
};

/// As read, before the defaults that depend on other keys.
struct experiment_draft : experiment {
  std::optional<load_changes> load_changed;
};
struct scenario_draft : scenario {
  std::int64_t version = -1;  ///< as long as it was not read
  std::optional<load_changes> load_changed;
  std::vector<experiment_draft> drafts;
};

binder<load_changes> load_format();
binder<fault> fault_format();
binder<adapter_spec> adapter_format();
binder<epic_spec> epic_format();
binder<target_spec> target_format();
binder<blast_radius_spec> blast_radius_format();
binder<probe> probe_format();
binder<std::vector<threshold>> thresholds_format();
binder<std::vector<level_rule>> levels_format(std::string what);
binder<stop_condition> stop_condition_format();
binder<invariant> invariant_format();
binder<must> must_format();
binder<experiment_draft> experiment_format();
binder<scenario_draft> scenario_format();

/// What takes a value in the metric's unit; circuit_state has none.
binder<std::int64_t> metric_value(metric_unit);
binder<metric_id> metric_name();
binder<circuit_state> circuit_state_name();
binder<std::string> breaker_class_name();
binder<operation_kind> operation_name();
binder<phase> phase_name();

}  // namespace epicenter::scenario
