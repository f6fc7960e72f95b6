// One experiment, start to verdict, in whatever runtime it is given.
#pragma once

#include <functional>
#include <optional>

#include "harness/engine/progress.hpp"
#include "harness/engine/rig.hpp"
#include "reports/run_record.hpp"

namespace epicenter::engine {

struct experiment_options {
  std::uint64_t seed = 1;
  std::string proxy_api;   ///< URL of a proxy that runs already; empty: embedded
  std::string mock_admin;  ///< URL of a mock that runs already
  std::string ledger_path = ":memory:";
  progress* report_to = nullptr;
  /// The signal that asks for an end, once one has come. Asked about every 100 ms of the run's clock.
  std::function<std::optional<int>()> interrupted;
};

/// Baseline, during, recovery; guard, stop conditions and rollback on the way; invariants and verdict at the
/// end. The error side is for what kept the experiment from taking place at all (exit codes 6, 8).
runtime::task<result<reports::experiment_record>> run_experiment(runtime::runtime&, const scenario::scenario&,
                                                                 const scenario::experiment&,
                                                                 experiment_options);

}  // namespace epicenter::engine
