#include <fmt/core.h>
#include <unistd.h>
#include <epicenter/http/url.hpp>
#include <epicenter/runtime/real/signal_watch.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>

#include <array>
#include <csignal>

#include "harness/cli/command.hpp"
#include "harness/cli/scenario_files.hpp"
#include "harness/cli/terminal_progress.hpp"
#include "harness/cli/version.hpp"
#include "harness/engine/error.hpp"
#include "harness/engine/run.hpp"
#include "harness/scenario/diagnostic.hpp"
#include "harness/verdict/judge.hpp"
#include "reports/format.hpp"
#include "reports/summary.hpp"

namespace epicenter::cli {
namespace {

using engine::clock_kind;

constexpr std::string_view clocks[] = {"virtual", "real", "both"};
constexpr std::string_view levels[] = {"critical", "warning"};
constexpr option known_options[] = {
    {"--clock", "CLOCK",
     "virtual (default): simulated, repeatable to the byte; real: sockets; both: compared", clocks},
    {"--seed", "N", "Root of all randomness instead of the scenario's own"},
    {"--out", "DIR", "Where the reports go (default epicenter-out)"},
    {"--only", "EXPERIMENT", "Only this experiment of the scenarios"},
    {"--fail-on", "LEVEL", "critical (default), or warning: a warning is then a failure too", levels},
    {"--proxy-api", "URL", "Control API of a fault proxy that runs already (epicenter proxy)"},
    {"--mock-admin", "URL", "Admin API of a mock Epic that runs already (epicenter mock)"},
    {"--all-checks", "", "Print the checks that passed, too"},
};

struct settings {
  std::vector<clock_kind> clocks;
  std::optional<std::uint64_t> seed;
  std::string out;
  std::string command;
  engine::run_options run;
  reports::summary_options summary;
};

result<settings> settings_of(const arguments& args) {
  settings s;
  const auto clock = args.get("--clock", "virtual");
  if (clock != "real") s.clocks.push_back(clock_kind::virtual_time);
  if (clock != "virtual") s.clocks.push_back(clock_kind::real);
  auto seed = args.number("--seed");
  if (!seed) return fail(std::move(seed.error()));
  s.seed = *seed;
  s.out = args.get("--out", "epicenter-out");
  s.run.only = args.get("--only");
  s.run.warnings_fail = args.get("--fail-on") == "warning";
  s.run.proxy_api = args.get("--proxy-api");
  s.run.mock_admin = args.get("--mock-admin");
  if (s.run.proxy_api.empty() != s.run.mock_admin.empty()) {
    return fail(errc::usage, "--proxy-api and --mock-admin go together: the proxy stands before that mock");
  }
  for (const auto* option : {"--proxy-api", "--mock-admin"}) {
    if (!args.has(option)) continue;
    if (auto url = http::parse_url(args.get(option)); !url) {
      return fail(errc::usage, std::string(option) + ": " + url.error().message());
    }
  }
  if (!s.run.proxy_api.empty() && clock != "real") {
    return fail(errc::usage, "processes of their own live in real time: add --clock real");
  }
  s.summary.color = ::isatty(STDOUT_FILENO) != 0;
  s.summary.all_checks = args.has("--all-checks");
  s.command = "epicenter run";
  for (const auto& path : args.positional()) s.command += " " + path;
  s.command += " --clock " + clock;
  for (const auto* option : {"--seed", "--only", "--fail-on", "--proxy-api", "--mock-admin"}) {
    if (args.has(option)) s.command.append(" ").append(option).append(" ").append(args.get(option));
  }
  return s;
}

std::string folder_of(const settings& s, const scenario::scenario& what, clock_kind clock) {
  return s.out + "/" + what.name + "/" + std::string(engine::name_of(clock));
}

struct outcome {
  int exit_code = 0;
  std::optional<reports::run_record> record;
};

outcome run_one(const settings& s, const scenario::scenario& what, clock_kind clock) {
  const auto folder = folder_of(s, what, clock);
  if (auto writable = reports::prepare_folder(folder); !writable)
    return {complain(writable.error().message(), 8), {}};
  auto how = s.run;
  how.clock = clock;
  how.seed = s.seed.value_or(what.seed);
  how.scratch_dir = folder;

  reports::run_meta meta;
  meta.started_at = runtime::system_time_text();
  const auto began = runtime::boot_time();
  auto run = engine::run_scenario(what, how);
  if (!run)
    return {complain(what.name + ": " + run.error().message(), engine::exit_code_of(run.error())), {}};
  meta.took = runtime::boot_time() - began;
  meta.version = version_number();
  meta.compiler = compiler_text();
  meta.host = runtime::host_name();
  meta.command = s.command;
  meta.events = run->events;
  if (clock == clock_kind::virtual_time) meta.event_hash = fmt::format("{:016x}", run->event_hash);
  const auto written = reports::write_all(folder, run->record, meta);
  for (const auto& e : run->record.experiments) fmt::print("{}\n", reports::summary_of(e, s.summary));
  fmt::print("{}", reports::closing_of(run->record, folder, s.summary));
  if (clock == clock_kind::virtual_time && meta.took > 0ns) {
    fmt::print("  simulated: {} in {}\n",
               format_duration(std::chrono::floor<std::chrono::seconds>(run->simulated)),
               format_duration(std::chrono::floor<std::chrono::milliseconds>(meta.took)));
  }
  if (run->broken) complain(what.name + ": " + run->broken->message(), 8);
  std::fflush(stdout);
  // The verdict was printed all the same: a full disk at the end takes no result away.
  if (!written)
    return {verdict::worse_exit_code(run->record.exit_code, complain(written.error().message(), 8)), {}};
  return {run->record.exit_code, std::move(run->record)};
}

/// A broken promise of our own ends its scenario; the others, and what they found, are not lost with it.
outcome run_or_break(const settings& s, const scenario::scenario& what, clock_kind clock) {
  try {
    return run_one(s, what, clock);
  } catch (const std::exception& e) {
    return {complain(what.name + ": internal error: " + e.what(), 70), {}};
  }
}

/// Both clocks must reach the same verdict on every check.
int compare(const std::vector<outcome>& runs, const reports::summary_options& how) {
  if (runs.size() != 2 || !runs[0].record || !runs[1].record) return 0;
  fmt::print("\n{}", reports::comparison_of(*runs[0].record, *runs[1].record, how));
  const auto found = engine::disagreements(*runs[0].record, *runs[1].record);
  if (found.empty()) {
    fmt::print("  both clocks agree on every check\n");
    return 0;
  }
  fmt::print("  the clocks disagree:\n");
  for (const auto& sentence : found) fmt::print("    {}\n", sentence);
  return 1;
}

bool has_experiment(const scenario::scenario& s, const std::string& name) {
  return std::any_of(s.experiments.begin(), s.experiments.end(),
                     [&](const auto& e) { return e.name == name; });
}

std::vector<std::string> experiment_names(const std::vector<scenario::scenario>& scenarios) {
  std::vector<std::string> names;
  for (const auto& s : scenarios) {
    for (const auto& e : s.experiments) names.push_back(e.name);
  }
  return names;
}

std::string no_such_experiment(const std::string& name, const std::vector<std::string>& known) {
  return "--only: no scenario has an experiment '" + name + "'" + scenario::suggestion(name, known);
}

int run_run(const arguments& args) {
  auto s = settings_of(args);
  if (!s) return complain(s.error().message(), 2);
  auto files = load_scenarios(args.positional());
  if (files.exit_code != 0) return files.exit_code;
  if (!s->run.only.empty()) {
    const auto known = experiment_names(files.scenarios);
    std::erase_if(files.scenarios, [&](const auto& f) { return !has_experiment(f, s->run.only); });
    if (files.scenarios.empty()) return complain(no_such_experiment(s->run.only, known), 2);
  }
  runtime::signal_watch signals({SIGINT, SIGTERM});
  s->run.interrupted = [&signals] { return signals.received(); };
  terminal_progress progress(::isatty(STDERR_FILENO) != 0);
  s->run.report_to = &progress;

  int exit_code = 0;
  for (const auto& what : files.scenarios) {
    std::vector<outcome> runs;
    for (const auto clock : s->clocks) {
      runs.push_back(run_or_break(*s, what, clock));
      exit_code = verdict::worse_exit_code(exit_code, runs.back().exit_code);
      if (signals.received()) break;
    }
    // What was interrupted did not get to the checks that it would be compared by.
    if (!signals.received()) exit_code = verdict::worse_exit_code(exit_code, compare(runs, s->summary));
    if (const auto signal = signals.received()) {
      const auto left = files.scenarios.size() - 1 - static_cast<std::size_t>(&what - files.scenarios.data());
      if (left > 0)
        complain(fmt::format("interrupted: {} more scenario{} did not run", left, left == 1 ? "" : "s"), 0);
      return verdict::worse_exit_code(exit_code, 128 + *signal);
    }
  }
  if (files.scenarios.size() > 1) {
    fmt::print("\n{} scenarios, exit code {} ({})\n", files.scenarios.size(), exit_code,
               reports::meaning_of(exit_code));
  }
  return exit_code;
}

}  // namespace

constinit const command run_command{
    .name = "run",
    .summary = "Runs scenarios: load, faults, verdict, reports",
    .positional = "PATH",
    .positional_help = "A scenario file, or a folder for all the *.yaml in it",
    .positional_required = true,
    .options = known_options,
    .examples =
        "  epicenter run scenarios/runbook\n"
        "  epicenter run scenarios/smoke --clock both\n"
        "  epicenter run scenarios/epic-resilience.yaml --only epic-outage --seed 7\n"
        "  epicenter run scenarios/smoke --clock real --proxy-api http://127.0.0.1:8474 \\\n"
        "      --mock-admin http://127.0.0.1:8080/__admin\n",
    .epilogue =
        "Reports lie in DIR/<scenario>/<clock>/: run.json (the same to the byte for the same seed in "
        "virtual\n"
        "time), run.meta.json, junit.xml, events.jsonl.\n"
        "Exit codes: 0 passed, 1 failed, 2 wrong command line, 3 invalid scenario, 4 inconclusive, 5 stopped "
        "by a\n"
        "stop condition, 6 refused by the blast-radius guard, 7 rollback not confirmed, 8 environment,\n"
        "70 internal error, 130/143 ended by SIGINT/SIGTERM. Of several scenarios the worst counts.",
    .run = run_run,
};

}  // namespace epicenter::cli
