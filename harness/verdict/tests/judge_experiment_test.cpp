#include <algorithm>
#include <array>

#include "harness/verdict/judge.hpp"
#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using reports::status;
using scenario::level;
using scenario::phase;
using ::testing::HasSubstr;

class judge_experiment_ : public ::testing::Test {
 protected:
  judge_experiment_() {
    scenario_.thresholds = runbook_thresholds();
    scenario_.min_samples = 5;
    for (const auto& t : scenario_.thresholds) {
      scenario_.steady_state.push_back({t.metric, level::healthy, {"t.yaml", 9, 3}});
      experiment_.at_worst.push_back({t.metric, level::critical, {}});
    }
    scenario_.invariants = {{scenario::invariant_kind::no_lost_write, {}, {}},
                            {scenario::invariant_kind::every_write_accounted, {}, {}}};
    scenario::fault f;
    f.name = "outage-1";
    f.mark = {"t.yaml", 30, 9};
    experiment_.faults = {f};
    scenario::must m;
    m.kind = scenario::must_kind::circuit_state;
    m.state = scenario::circuit_state::open;
    experiment_.musts = {m};
    course_.faults = {hit("outage-1", 5)};
  }

  static reports::fault_record hit(std::string name, std::uint64_t injected) {
    reports::fault_record r;
    r.name = std::move(name);
    r.touched = 9;
    r.injected = injected;
    r.to = 20s;
    return r;
  }
  /// As the engine does: the baseline is judged when it ends.
  const reports::experiment_record& judge() {
    auto baseline = judge_phase(scenario_, experiment_, phase::baseline, seen_);
    course_.baseline_held = baseline.holds;
    record_ = {};
    judge_experiment(scenario_, experiment_, seen_, course_, std::move(baseline), record_);
    return record_;
  }
  const reports::check& check_named(std::string_view phase, std::string_view name) const {
    const auto* found = find_check(record_.checks, phase, name);
    EXPECT_NE(found, nullptr) << phase << ": " << name;
    static const reports::check none;
    return found != nullptr ? *found : none;
  }
  void fail_from(duration from, duration to) {
    for (auto& op : seen_.operations) {
      if (op.intended < at(from) || op.intended >= at(to)) continue;
      op.succeeded = false;
      op.failure = "timed_out";
    }
  }
  void lose_a_write() { seen_.commits.pop_back(); }
  int exit_code() { return exit_code_of(judge(), false); }

  scenario::scenario scenario_;
  scenario::experiment experiment_;
  observations seen_ = sound_experiment();
  course course_;
  reports::experiment_record record_;
};

TEST_F(judge_experiment_, passes_a_sound_experiment_and_counts_it) {
  EXPECT_EQ(exit_code(), 0);
  EXPECT_EQ(record_.status, status::passed);
  EXPECT_EQ(record_.phases.size(), 3u);
  EXPECT_EQ(record_.operations.at("patient-context").started, 570u);
  EXPECT_EQ(record_.operations.at("file-note").succeeded, 30u);
  EXPECT_EQ(record_.writes.at("WRITTEN"), 30u);
  EXPECT_EQ(record_.counters.at("calls"), 600u);
  ASSERT_EQ(record_.circuits.size(), 3u);
  EXPECT_EQ(record_.circuits[0].at, 11s);
  EXPECT_EQ(record_.circuits[0].endpoint_class, "read");
  EXPECT_EQ(check_named("", "fault outage-1").value, "5 injected of 9 touched");
}

TEST_F(judge_experiment_, an_unmet_baseline_is_inconclusive_and_nothing_else_is_judged) {
  fail_from(0s, 30s);
  EXPECT_EQ(exit_code(), 4);
  EXPECT_EQ(check_named("baseline", "success_rate").status, status::inconclusive);
  EXPECT_EQ(record_.phases.size(), 1u);
  EXPECT_EQ(find_check(record_.checks, "", "fault outage-1"), nullptr);
  EXPECT_EQ(find_check(record_.checks, "recovery", "success_rate"), nullptr);
  lose_a_write();
  EXPECT_EQ(exit_code(), 1) << "an invariant is one all the same";
}

TEST_F(judge_experiment_, an_unmet_steady_state_after_recovery_is_a_failure) {
  fail_from(24s, 30s);
  EXPECT_EQ(exit_code(), 1);
  EXPECT_EQ(check_named("recovery", "success_rate").status, status::failed);
}

TEST_F(judge_experiment_, a_missed_must_is_a_failure) {
  seen_.circuits.clear();
  EXPECT_EQ(exit_code(), 1);
  EXPECT_EQ(check_named("", "circuit_state OPEN").status, status::failed);
}

TEST_F(judge_experiment_, a_fault_that_touched_nothing_proves_nothing) {
  course_.faults = {hit("outage-1", 0)};
  EXPECT_EQ(exit_code(), 4);
  EXPECT_EQ(check_named("", "fault outage-1").place.line, 30);
  course_.faults.clear();
  EXPECT_EQ(exit_code(), 4) << "nor does one that was never applied";
  EXPECT_EQ(check_named("", "fault outage-1").value, "never applied");
}

TEST_F(judge_experiment_, a_stop_is_5_and_invariants_are_judged_after_it) {
  fail_from(10s, 30s);
  course_.stopped_by = "success_rate below 90% for 10s";
  course_.stop_place = {"t.yaml", 20, 5};
  EXPECT_EQ(exit_code(), 5);
  EXPECT_EQ(check_named("", "stop condition").place.line, 20);
  EXPECT_EQ(find_check(record_.checks, "during", "success_rate"), nullptr) << "it was cut short";
  EXPECT_EQ(check_named("", "no_lost_write").status, status::passed);
  lose_a_write();
  EXPECT_EQ(exit_code(), 1);
}

TEST_F(judge_experiment_, a_stop_in_the_baseline_is_5) {
  fail_from(2s, 30s);
  course_.stopped_by = "success_rate below 90%";
  EXPECT_EQ(exit_code(), 5);
}

TEST_F(judge_experiment_, a_rollback_that_is_not_confirmed_is_7_before_all) {
  course_.rolled_back = false;
  course_.rollback_message = "the proxy did not answer";
  EXPECT_EQ(exit_code(), 7);
  EXPECT_EQ(check_named("", "rollback confirmed").message, "the proxy did not answer");
  lose_a_write();
  course_.stopped_by = "success_rate below 90%";
  EXPECT_EQ(exit_code(), 7);
}

TEST_F(judge_experiment_, an_interrupted_run_is_not_blamed_for_what_it_could_not_finish) {
  course_.interrupted = true;
  EXPECT_EQ(exit_code(), 4);
  seen_.ledger.back().state = "UNKNOWN";
  seen_.writes_asked.back().told = "UNKNOWN";
  EXPECT_EQ(exit_code(), 4);
  EXPECT_THAT(check_named("", "every_write_accounted").message, HasSubstr("still UNKNOWN"));
  seen_.commits.erase(seen_.commits.begin());
  EXPECT_EQ(exit_code(), 1) << "a lost write is lost";
}

TEST_F(judge_experiment_, a_signal_after_the_recovery_costs_the_ends_of_writes_and_no_evidence) {
  course_.drain_cut_short = true;
  EXPECT_EQ(exit_code(), 4);
  EXPECT_EQ(record_.phases.size(), 3u);
  seen_.ledger.back().state = "UNKNOWN";
  EXPECT_EQ(exit_code(), 4);
  EXPECT_THAT(check_named("", "every_write_accounted").message, HasSubstr("interrupted"));
  fail_from(24s, 30s);
  EXPECT_EQ(exit_code(), 1) << "what was seen is judged";
}

TEST_F(judge_experiment_, a_fault_whose_trigger_never_came_says_so) {
  course_.faults[0].to.reset();
  course_.faults[0].injected = 0;
  EXPECT_EQ(exit_code(), 4);
  EXPECT_EQ(check_named("", "fault outage-1").value, "never applied");
  EXPECT_THAT(check_named("", "fault outage-1").message, HasSubstr("its trigger did not come"));
}

TEST_F(judge_experiment_, a_generator_that_fell_behind_is_inconclusive) {
  seen_.late_arrivals = 6;
  EXPECT_EQ(exit_code(), 0) << "1% of 600";
  seen_.late_arrivals = 7;
  EXPECT_EQ(exit_code(), 4);
}

TEST_F(judge_experiment_, warnings_fail_only_where_asked) {
  for (auto& rule : scenario_.steady_state) rule.wanted = level::warning;
  for (auto& op : seen_.operations) {
    if (op.intended >= at(24s)) op.finished = op.intended + 500ms;
  }
  judge();
  EXPECT_EQ(record_.status, status::warning);
  EXPECT_EQ(exit_code_of(record_, false), 0);
  EXPECT_EQ(exit_code_of(record_, true), 1);
}

TEST_F(judge_experiment_, checks_have_names_of_their_own) {
  judge();
  std::vector<std::string> names;
  for (const auto& c : record_.checks) names.push_back(c.phase + "/" + c.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(exit_codes, the_first_of_the_order_wins_whichever_comes_first) {
  constexpr std::array order{7, 70, 130, 143, 2, 3, 6, 8, 1, 5, 4, 0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i; j < order.size(); ++j) {
      EXPECT_EQ(worse_exit_code(order[i], order[j]), order[i]);
      EXPECT_EQ(worse_exit_code(order[j], order[i]), order[i]);
    }
  }
  EXPECT_EQ(worse_exit_code(0, 99), 70) << "an unknown code is no success";
  EXPECT_EQ(worse_exit_code(99, 7), 7);
}

}  // namespace
}  // namespace epicenter::verdict
