#include "harness/engine/experiment.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

#include "harness/engine/error.hpp"
#include "harness/engine/fault_timeline.hpp"
#include "harness/engine/recorder.hpp"
#include "harness/engine/subject.hpp"
#include "harness/load/generator.hpp"
#include "harness/verdict/judge.hpp"
#include "harness/verdict/measure.hpp"
#include "harness/verdict/stop_watch.hpp"

namespace epicenter::engine {
namespace {

using scenario::phase;

/// After recovery the load stops, and reconciliation may go on for so long (scenario format, section 6).
constexpr duration drain_limit = 120s;
constexpr duration drain_step = 500ms;
constexpr duration watch_interval = 100ms;
/// How long the adapter may take to end its calls once the load has stopped.
constexpr duration stop_grace = 5s;
/// Time for connections and first events before the first arrival.
constexpr duration lead_in = 100ms;

load::options load_options(const scenario::load_spec& spec, rate max_rate) {
  load::options o;
  o.open = spec.model == scenario::load_model::open;
  for (const auto& s : spec.stages) o.stages.push_back({s.arrivals, s.length});
  o.arrivals = spec.arrivals == scenario::arrival_process::poisson ? load::arrival_process::poisson
                                                                   : load::arrival_process::uniform;
  o.max_in_flight = static_cast<std::size_t>(spec.max_in_flight);
  o.at_most = max_rate;  // an open load above it was refused before the run
  for (const auto& op : spec.operations) o.weights.push_back(static_cast<std::uint32_t>(op.weight));
  return o;
}

/// The state of one experiment while it runs; lives in run_experiment's frame.
class course_of_events {
 public:
  course_of_events(runtime::runtime& rt, const scenario::scenario& s, const scenario::experiment& e,
                   const experiment_options& o, rig& r, subject& sub, recorder& rec)
      : runtime_(rt),
        scenario_(s),
        experiment_(e),
        options_(o),
        subject_(sub),
        recorder_(rec),
        stop_watch_(s.stop_conditions),
        faults_(rt, r, rec, s.blast_radius.fault_lease),
        load_(
            rt, load_options(e.load, s.blast_radius.max_rate), [this](load::arrival a) { return perform(a); },
            [this](instant at) { recorder_.seen.dropped.push_back(at); }),
        background_(rt) {}

  runtime::task<> run() {
    lay_out_phases();
    background_.spawn("load", load_.run(window(phase::baseline).from, window(phase::recovery).to));
    background_.spawn("watch", watch());
    enter(phase::baseline);
    co_await reach(window(phase::baseline).to);
    baseline_ = verdict::judge_phase(scenario_, experiment_, phase::baseline, recorder_.seen);
    course_.baseline_held = baseline_.holds;
    if (!over()) {
      enter(phase::during);
      co_await faults_.run(experiment_, window(phase::during).from, window(phase::during).to);
      co_await reach(window(phase::during).to);
    }
    co_await confirm_rollback();
    if (!over()) {
      enter(phase::recovery);
      co_await reach(window(phase::recovery).to);
    }
    ended_ = true;
    load_.stop();
    if (course_.interrupted)
      background_.cancel();  // whoever pressed Ctrl-C does not wait for calls in flight
    co_await background_.join();
    // Where proxy or mock are lost nothing can be reconciled: the two minutes would be waited for in vain.
    if (!course_.interrupted && !faults_.first_error() && course_.rolled_back) {
      co_await drain();
    }
  }

  verdict::course take_course() {
    course_.faults = faults_.records();
    return std::move(course_);
  }
  verdict::phase_verdict take_baseline() { return std::move(baseline_); }
  bool interrupted() const { return course_.interrupted || course_.drain_cut_short; }
  const std::optional<error>& fault_error() const { return faults_.first_error(); }

 private:
  const verdict::phase_window& window(phase p) const { return recorder_.seen.window(p); }
  bool over() const {
    return !course_.baseline_held || !course_.stopped_by.empty() || course_.interrupted ||
           faults_.first_error();
  }

  void lay_out_phases() {
    const auto& lengths = scenario_.phases;
    const instant start = runtime_.now() + lead_in;
    const instant during = start + lengths.baseline;
    const instant recovery = during + experiment_.during;
    recorder_.seen.phases = {
        verdict::phase_window{start, start + lengths.warm_up, during},
        verdict::phase_window{during, during, recovery},
        verdict::phase_window{recovery, recovery + lengths.settle, recovery + lengths.recovery}};
  }

  void enter(phase p) {
    phase_ = p;
    recorder_.note("phase.started", std::string(name_of(p)));
  }

  /// Waits for the end of a phase, or for whatever ends the experiment earlier.
  runtime::task<> reach(instant at) {
    while (!over() && runtime_.now() < at) {
      const auto woken = co_await changed_.wait(at);
      (void)woken;  // timed out is what it waits for
    }
  }

  /// In steps, so that a signal need not wait for the two minutes.
  runtime::task<> drain() {
    const instant limit = runtime_.now() + drain_limit;
    bool drained = false;
    while (!drained && runtime_.now() < limit) {
      const instant step = std::min(limit, runtime_.now() + drain_step);
      drained = co_await subject_.drain(step);
      if (drained || !options_.interrupted || !options_.interrupted()) continue;
      course_.drain_cut_short = true;
      recorder_.note("interrupted", "by a signal, while writes were reconciled");
      co_return;
    }
    if (!drained) recorder_.note("drain.incomplete", "some writes were still unresolved after two minutes");
  }

  runtime::task<> perform(load::arrival a) {
    return subject_.perform(experiment_.load.operations[a.kind].operation, a);
  }

  /// Stop conditions, interruption and progress, until the experiment is over.
  runtime::task<> watch() {
    instant next_second = window(phase::baseline).from + 1s;
    while (!ended_) {
      const auto slept = co_await sleep_for(runtime_, watch_interval);
      if (!slept) co_return;
      if (options_.interrupted && !course_.interrupted && options_.interrupted()) {
        course_.interrupted = true;
        end_early("interrupted", "by a signal");
      }
      if (runtime_.now() < next_second) continue;
      next_second += 1s;
      report();
      if (!course_.stopped_by.empty() || ended_) continue;
      if (const auto* condition = stop_watch_.holds(recorder_.seen, phase_, runtime_.now())) {
        course_.stopped_by = verdict::text_of(*condition);
        course_.stop_place = {condition->mark.file, condition->mark.line, condition->mark.column};
        end_early("stopped", course_.stopped_by);
      }
    }
  }

  void end_early(std::string event, std::string why) {
    recorder_.note(std::move(event), std::move(why));
    faults_.stop();
    load_.stop();
    changed_.notify_all();
  }

  void report() const {
    if (options_.report_to == nullptr) return;
    tick t;
    t.experiment = experiment_.name;
    t.phase = phase_;
    t.elapsed = runtime_.now() - window(phase::baseline).from;
    t.total = window(phase::recovery).to - window(phase::baseline).from;
    const auto& seen = recorder_.seen;
    t.operations = seen.operations.size();
    t.failed = static_cast<std::uint64_t>(std::count_if(seen.operations.begin(), seen.operations.end(),
                                                        [](const auto& op) { return !op.succeeded; }));
    for (const auto& f : seen.faults) t.faults_active += f.to ? 0u : 1u;
    t.circuit = name_of(
        verdict::measure(seen, scenario::metric_id::circuit_state, instant::min(), runtime_.now() + 1ns)
            .state);
    options_.report_to->ticked(t);
  }

  runtime::task<> confirm_rollback() {
    auto confirmed = co_await faults_.confirm_rollback();
    course_.rolled_back = confirmed.has_value();
    if (confirmed) {
      recorder_.note("rollback.confirmed", "proxy and mock report no fault");
    } else {
      course_.rollback_message = confirmed.error().message();
      recorder_.note("rollback.failed", course_.rollback_message);
    }
  }

  runtime::runtime& runtime_;
  const scenario::scenario& scenario_;
  const scenario::experiment& experiment_;
  const experiment_options& options_;
  subject& subject_;
  recorder& recorder_;
  verdict::stop_watch stop_watch_;
  fault_timeline faults_;
  load::generator load_;
  runtime::task_group background_;
  runtime::event changed_{runtime_};
  verdict::course course_;
  verdict::phase_verdict baseline_;
  phase phase_ = phase::baseline;
  bool ended_ = false;
};

runtime::task<result<std::unique_ptr<rig>>> make_rig(runtime::runtime& rt, const scenario::scenario& s,
                                                     const experiment_options& o) {
  auto key = subject_key();
  if (!key) co_return fail(std::move(key.error()));
  rig_options r;
  r.epic = s.epic;
  r.seed = o.seed;
  r.client_id = std::string(subject_client_id());
  r.client_jwks = smart::jwks(std::span(&*key, 1));
  r.proxy_api = o.proxy_api;
  r.mock_admin = o.mock_admin;
  r.allow_hosts = s.blast_radius.allow_hosts;
  if (o.proxy_api.empty()) co_return co_await make_embedded_rig(rt, std::move(r));
  co_return co_await make_remote_rig(rt, std::move(r));
}

}  // namespace

runtime::task<result<reports::experiment_record>> run_experiment(runtime::runtime& rt,
                                                                 const scenario::scenario& s,
                                                                 const scenario::experiment& e,
                                                                 experiment_options o) {
  auto made_rig = co_await make_rig(rt, s, o);
  if (!made_rig) co_return fail(std::move(made_rig.error()));
  rig& rig = **made_rig;
  recorder rec(rt, rt.now() + lead_in);
  auto patients = co_await rig.patients();
  result<std::unique_ptr<subject>> made_subject = fail(errc::internal);
  if (patients) {
    made_subject = subject::make(rt, s.adapter, rig, std::move(*patients), rec, o.ledger_path);
  } else {
    made_subject = fail(std::move(patients.error()));
  }
  if (!made_subject) {
    co_await rig.stop();
    co_return fail(std::move(made_subject.error()));
  }
  subject& subject = **made_subject;

  reports::experiment_record record;
  record.name = e.name;
  record.hypothesis = e.hypothesis;
  record.seed = o.seed;
  record.place = {e.mark.file, e.mark.line, e.mark.column};
  std::optional<error> broken;
  auto started = co_await subject.start();
  if (!started) {
    broken = error(errc::environment, "the adapter did not start").caused_by(std::move(started.error()));
    co_await subject.stop(stop_grace);
  } else {
    course_of_events course(rt, s, e, o, rig, subject, rec);
    co_await course.run();
    const duration grace = course.interrupted() ? 500ms : stop_grace;
    co_await subject.stop(grace);
    auto collected = co_await subject.collect();
    if (!collected) broken = std::move(collected.error());
    auto view = co_await rig.view();
    if (view) {
      rec.seen.commits = std::move(view->commits);
      rec.seen.commits_missing = view->commits_missing;
      rec.seen.commits_known = true;
      rec.seen.patient_phrases = std::move(view->patient_phrases);
    } else {
      broken = std::move(view.error());
    }
    if (course.fault_error()) broken = *course.fault_error();
    record.lasted = rt.now() - rec.seen.window(phase::baseline).from;
    verdict::judge_experiment(s, e, rec.seen, course.take_course(), course.take_baseline(), record);
    record.timeline = std::move(rec.timeline);
  }
  co_await rig.stop();
  // A rollback that nobody confirmed weighs more than what kept the run from going on: the record tells of
  // both.
  if (broken && record.rolled_back) co_return fail(std::move(*broken));
  if (broken) record.timeline.push_back({record.lasted, "run.broken", broken->message()});
  co_return record;
}

}  // namespace epicenter::engine
