#include <fmt/core.h>

#include "harness/cli/command.hpp"
#include "harness/cli/scenario_files.hpp"

namespace epicenter::cli {
namespace {

int run_check(const arguments& args) {
  const auto files = load_scenarios(args.positional());
  for (const auto& s : files.scenarios) {
    fmt::print("{}: ok, {} experiment{}\n", s.file, s.experiments.size(),
               s.experiments.size() == 1 ? "" : "s");
  }
  return files.exit_code;
}

}  // namespace

constinit const command check_command{
    .name = "check",
    .summary = "Checks scenario files and tells every mistake in one pass, with its place and its cure",
    .positional = "PATH",
    .positional_help = "A scenario file, or a folder for all the *.yaml in it",
    .positional_required = true,
    .options = {},
    .examples =
        "  epicenter check scenarios/epic-resilience.yaml\n"
        "  epicenter check scenarios/runbook scenarios/smoke\n",
    .epilogue = "Exit codes: 0 all sound; 3 anything invalid, not yet supported, or not there.",
    .run = run_check,
};

}  // namespace epicenter::cli
