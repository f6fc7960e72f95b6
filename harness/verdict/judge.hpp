// The verdict over an experiment: phases, thresholds, must, invariants, coverage of faults, in one go.
#pragma once

#include "harness/verdict/observations.hpp"
#include "reports/run_record.hpp"

namespace epicenter::verdict {

/// What the engine knows beside the observations.
struct course {
  std::vector<reports::fault_record> faults;  ///< as proxy and mock counted them
  bool baseline_held = true;                  ///< false: no fault was injected
  std::string stopped_by;                     ///< the stop condition that fired, or empty
  reports::place stop_place;
  bool interrupted = false;      ///< by a signal: what is missing is not judged
  bool drain_cut_short = false;  ///< by a signal after the recovery: only the ends of some writes are missing
  bool rolled_back = true;
  std::string rollback_message;
};

/// One phase's figures for every threshold, and the checks that its rules ask for. The baseline is judged
/// once, when it ends, on what had been answered by then.
struct phase_verdict {
  reports::phase_record record;
  std::vector<reports::check> checks;
  bool holds = true;  ///< every rule of the phase is met
};
phase_verdict judge_phase(const scenario::scenario&, const scenario::experiment&, scenario::phase,
                          const observations&);

/// Fills phases (but the baseline, which is given), checks, circuits, counters and status of the record.
void judge_experiment(const scenario::scenario&, const scenario::experiment&, const observations&,
                      const course&, phase_verdict baseline, reports::experiment_record&);

/// The exit code of section 7 that an experiment stands for: 0, 1, 4, 5, 7.
int exit_code_of(const reports::experiment_record&, bool warnings_fail);
/// The first of the order of section 7: 7, 70, 130, 143, 2, 3, 6, 8, 1, 5, 4, 0. A code that is not among
/// them counts as 70.
int worse_exit_code(int a, int b);

}  // namespace epicenter::verdict
