#include "harness/engine/run.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <filesystem>

#include "harness/engine/error.hpp"
#include "harness/engine/experiment.hpp"
#include "harness/engine/guard.hpp"
#include "harness/scenario/plan.hpp"
#include "harness/verdict/judge.hpp"

namespace epicenter::engine {
namespace {

using experiment_result = result<reports::experiment_record>;

struct ran {
  experiment_result outcome = fail(errc::internal);
  std::uint64_t events = 0;
  std::uint64_t event_hash = 0;
  duration simulated{};
};

runtime::task<> keep(runtime::task<experiment_result> work, experiment_result& where) {
  where = co_await std::move(work);
}

/// Steps of simulated time after which a signal is looked for: milliseconds of real time.
constexpr duration virtual_step = 10s;

ran run_virtual(const scenario::scenario& s, const scenario::experiment& e, const experiment_options& o) {
  runtime::virtual_options options;
  options.seed = o.seed;
  runtime::virtual_runtime rt(options);
  ran r;
  spawn(rt, "experiment " + e.name, keep(run_experiment(rt, s, e, o), r.outcome));
  auto end = runtime::run_end::limit;
  for (instant limit = rt.now() + virtual_step; end == runtime::run_end::limit; limit += virtual_step) {
    end = rt.run(limit);
  }
  if (end == runtime::run_end::stuck) {
    std::string waiting;
    for (const auto& [name, count] : rt.live_tasks()) {
      waiting.append(waiting.empty() ? "" : ", ").append(name).append(" ×").append(std::to_string(count));
    }
    throw check_failed("seed " + std::to_string(o.seed) +
                       ": the run is stuck, nothing is due but these live: " + waiting);
  }
  r.events = rt.events_run();
  r.event_hash = rt.event_hash();
  r.simulated = rt.now().time_since_epoch();
  return r;
}

ran run_real(const scenario::scenario& s, const scenario::experiment& e, const experiment_options& o) {
  runtime::real_options options;
  options.seed = o.seed;
  runtime::real_runtime rt(options);
  ran r;
  spawn(rt, "experiment " + e.name, keep(run_experiment(rt, s, e, o), r.outcome));
  rt.run();
  return r;
}

/// An experiment starts with a ledger of its own: the rows of an earlier run with the same seed bear the same
/// operations.
result<> remove_ledger(const std::string& path) {
  for (const auto* part : {"", "-wal", "-shm", "-journal"}) {
    std::error_code failed;
    std::filesystem::remove(path + part, failed);
    if (failed)
      return fail(errc::environment, path + part + " is left from an earlier run and cannot be removed");
  }
  return {};
}

result<std::vector<std::string>> hosts_of(const run_options& o) {
  std::vector<std::string> hosts;
  for (const auto& text : {o.proxy_api, o.mock_admin}) {
    if (text.empty()) continue;
    auto url = http::parse_url(text);
    if (!url) return fail(std::move(url.error()));
    hosts.push_back(url->where.server.host);
  }
  if (hosts.empty()) hosts.emplace_back("127.0.0.1");
  return hosts;
}

}  // namespace

std::string_view name_of(clock_kind c) {
  return c == clock_kind::real ? "real" : "virtual";
}

result<finished_run> run_scenario(const scenario::scenario& s, const run_options& o) {
  auto hosts = hosts_of(o);
  if (!hosts) return fail(std::move(hosts.error()));
  auto chosen = s;
  if (!o.only.empty()) std::erase_if(chosen.experiments, [&](const auto& e) { return e.name != o.only; });
  if (auto allowed = check_blast_radius(chosen, *hosts); !allowed) return fail(std::move(allowed.error()));

  finished_run run;
  auto& record = run.record;
  record.scenario = s.name;
  record.title = s.title;
  record.owner = s.owner;
  record.runbook = s.runbook;
  record.file = s.file;
  record.clock = std::string(name_of(o.clock));
  record.seed = o.seed;
  record.warnings_fail = o.warnings_fail;
  if (o.report_to != nullptr) o.report_to->scenario_started(s, record.clock);

  std::size_t number = 0;
  for (const auto& e : s.experiments) {
    ++number;
    if (!o.only.empty() && e.name != o.only) continue;
    if (o.interrupted && o.interrupted()) break;
    if (o.report_to != nullptr) o.report_to->experiment_started(s, e, number, s.experiments.size());
    experiment_options each;
    each.seed = scenario::derived_seed(o.seed, e.name);
    each.proxy_api = o.proxy_api;
    each.mock_admin = o.mock_admin;
    each.report_to = o.report_to;
    each.interrupted = o.interrupted;
    if (o.clock == clock_kind::real && !o.scratch_dir.empty()) {
      each.ledger_path = o.scratch_dir + "/" + e.name + ".ledger.sqlite";
      if (auto fresh = remove_ledger(each.ledger_path); !fresh) return fail(std::move(fresh.error()));
    }
    auto r = o.clock == clock_kind::real ? run_real(s, e, each) : run_virtual(s, e, each);
    if (!r.outcome) {
      if (record.experiments.empty()) return fail(std::move(r.outcome.error()));
      // What the experiments before it found out is kept.
      record.exit_code = verdict::worse_exit_code(record.exit_code, exit_code_of(r.outcome.error()));
      record.status = std::max(record.status, reports::status::inconclusive);
      run.broken = std::move(r.outcome.error());
      break;
    }
    run.events += r.events;
    run.event_hash = run.event_hash * 1099511628211ULL ^ r.event_hash;
    run.simulated += r.simulated;
    record.status = std::max(record.status, r.outcome->status);
    record.exit_code =
        verdict::worse_exit_code(record.exit_code, verdict::exit_code_of(*r.outcome, o.warnings_fail));
    if (o.report_to != nullptr) o.report_to->experiment_ended(*r.outcome);
    record.experiments.push_back(std::move(*r.outcome));
  }
  if (const auto signal = o.interrupted ? o.interrupted() : std::nullopt) {
    record.exit_code = verdict::worse_exit_code(record.exit_code, 128 + *signal);
    record.status =
        std::max(record.status, reports::status::inconclusive);  // what did not run proves nothing
  }
  return run;
}

}  // namespace epicenter::engine
