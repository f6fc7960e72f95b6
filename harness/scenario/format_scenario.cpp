#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

struct baseline_phase {
  std::optional<duration> length, warm_up;
};
struct recovery_phase {
  std::optional<duration> length, settle;
};

binder<phase_lengths> phases_format() {
  const auto baseline = object_of<baseline_phase>("the baseline")
                            .key("length", "default 60s", positive_duration(), &baseline_phase::length)
                            .key("warm_up", "its start that is sent and not judged; default 10s",
                                 a_duration(), &baseline_phase::warm_up)
                            .done();
  const auto recovery = object_of<recovery_phase>("the recovery")
                            .key("length", "default 120s", positive_duration(), &recovery_phase::length)
                            .key("settle", "its start that is sent and not judged; default 75s", a_duration(),
                                 &recovery_phase::settle)
                            .done();
  return object_of<phase_lengths>("the phases", "phases")
      .set("baseline", "before any fault", baseline, {},
           [](phase_lengths& out, baseline_phase read) {
             out.baseline = read.length.value_or(out.baseline);
             out.warm_up = read.warm_up.value_or(out.warm_up);
           })
      .set("recovery", "after the last fault", recovery, {},
           [](phase_lengths& out, recovery_phase read) {
             out.recovery = read.length.value_or(out.recovery);
             out.settle = read.settle.value_or(out.settle);
           })
      .then([](reading& in, const node& at, phase_lengths& out) {
        const auto refuse = [&](const char* phase, const char* key, duration part, duration whole) {
          if (part < whole) return;
          const node* outer = at.find(phase);
          const node* inner = outer == nullptr ? nullptr : outer->find(key);
          in.refuse(inner != nullptr ? inner->at : at.at,
                    fmt::format("{} takes the whole {} of {}, nothing is left to judge; make it shorter", key,
                                phase, format_duration(whole)));
        };
        refuse("baseline", "warm_up", out.warm_up, out.baseline);
        refuse("recovery", "settle", out.settle, out.recovery);
      })
      .done();
}

binder<std::uint64_t> seed_format() {
  return mapped<std::uint64_t>(integer(0),
                               [](std::int64_t seed) { return static_cast<std::uint64_t>(seed); });
}

}  // namespace

binder<experiment_draft> experiment_format() {
  return object_of<experiment_draft>("an experiment", "experiment")
      .key("name", "identity, also in reports", identifier(), &experiment::name, required)
      .key("hypothesis", "what we believe, in one sentence", text(), &experiment::hypothesis, required)
      .key("during", "how long faults may come and go", positive_duration(), &experiment::during, required)
      .key("faults", "what goes wrong, on a timeline", list_of("a list of faults", fault_format()),
           &experiment::faults, required)
      .key("at_worst", "how bad it may get in during; what is not listed stays healthy",
           levels_format("at_worst"), &experiment::at_worst)
      .key("must", "what has to happen", list_of("a list of must entries", must_format()), &experiment::musts)
      .key("approve", "who has to agree before it runs", text(), &experiment::approve, not_yet)
      .key("note", "for the reader", text(), &experiment::note)
      .key("load", "changes to the load", load_format(), &experiment_draft::load_changed)
      .key("tags", "for the reader", list_of("a list of words", text()), &experiment::tags)
      .mark(&experiment::mark)
      .done();
}

binder<scenario_draft> scenario_format() {
  return object_of<scenario_draft>("the scenario")
      .key("version", "of this format: 1", integer(0), &scenario_draft::version, required)
      .key("name", "identity, also the folder of its output", identifier(), &scenario::name, required)
      .key("title", "one line for people", text(), &scenario::title)
      .key("owner", "who to ask", text(), &scenario::owner)
      .key("runbook", "a link shown beside a failure", text(), &scenario::runbook)
      .key("target", "what is under test; default: the embedded adapter", target_format(), &scenario::target)
      .key("epic", "the mock", epic_format(), &scenario::epic)
      .key("adapter", "the adapter under test", adapter_format(), &scenario::adapter)
      .key("blast_radius", "checked before the first packet, and all through the run", blast_radius_format(),
           &scenario::blast_radius)
      .key("seed", "root of all randomness; default 1", seed_format(), &scenario::seed)
      .key("load", "what callers ask", load_format(), &scenario_draft::load_changed, required)
      .key("thresholds", "three levels a metric; default: the runbook's table", thresholds_format(),
           &scenario::thresholds)
      .key("min_samples", "fewer in a phase: inconclusive; default 100", integer(1), &scenario::min_samples)
      .key("steady_state",
           "what holds before any fault and again after recovery; default: every threshold healthy",
           levels_format("steady_state"), &scenario::steady_state)
      .key("phases", "lengths of baseline and recovery", phases_format(), &scenario::phases)
      .key("stop_conditions", "any one: all faults dropped at once",
           list_of("a list of stop conditions", stop_condition_format()), &scenario::stop_conditions)
      .key("invariants", "one violation fails the run", list_of("a list of invariants", invariant_format()),
           &scenario::invariants)
      .key("probes", "external checks, polled", list_of("a list of probes", probe_format()),
           &scenario::probes, not_yet)
      .key("experiments", "what is tried, one after the other",
           list_of("a list of at least one experiment", experiment_format(), 1), &scenario_draft::drafts,
           required)
      .done();
}

}  // namespace epicenter::scenario
