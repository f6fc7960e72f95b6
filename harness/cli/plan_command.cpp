#include <fmt/core.h>

#include "harness/cli/command.hpp"
#include "harness/cli/scenario_files.hpp"
#include "harness/scenario/plan.hpp"

namespace epicenter::cli {
namespace {

constexpr option known_options[] = {
    {"--seed", "N", "Root of all randomness instead of the scenario's own"},
};

int run_plan(const arguments& args) {
  const auto seed = args.number("--seed");
  if (!seed) return complain(seed.error().message(), 2);
  const auto files = load_scenarios(args.positional());
  for (const auto& s : files.scenarios) {
    fmt::print("{}", scenario::print_plan(s, scenario::make_plan(s, *seed)));
  }
  return files.exit_code;
}

}  // namespace

constinit const command plan_command{
    .name = "plan",
    .summary =
        "Shows what a run would do, and does nothing: phases, faults on their timeline, load, what is judged",
    .positional = "PATH",
    .positional_help = "A scenario file, or a folder for all the *.yaml in it",
    .positional_required = true,
    .options = known_options,
    .examples =
        "  epicenter plan scenarios/epic-resilience.yaml\n"
        "  epicenter plan scenarios/runbook --seed 7\n",
    .epilogue = "Exit codes: 0; 3 the scenario is invalid.",
    .run = run_plan,
};

}  // namespace epicenter::cli
