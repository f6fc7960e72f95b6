// The verdict as people read it at a terminal.
#pragma once

#include <string>
#include <vector>

#include "reports/run_record.hpp"

namespace epicenter::reports {

struct summary_options {
  bool color = false;
  bool all_checks = false;  ///< invariants and must that passed too, not only what needs attention
};

/// Per experiment: one table of metric by phase with value, level and bounds, then each check that is not
/// passed with its cause and place, then one line of counts.
std::string summary_of(const experiment_record&, const summary_options&);
/// The last lines of a run: one line an experiment, the verdict, where it is not good runbook and owner, and
/// where the reports lie.
std::string closing_of(const run_record&, const std::string& folder, const summary_options&);
/// The figures of one scenario under two clocks beside each other, with their levels. They may differ;
/// verdicts may not.
std::string comparison_of(const run_record& a, const run_record& b, const summary_options&);
/// What an exit code of section 7 means, in a few words.
std::string_view meaning_of(int exit_code);

}  // namespace epicenter::reports
