#include "harness/verdict/judge.hpp"
#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using reports::status;
using scenario::level;
using scenario::metric_id;
using scenario::phase;
using ::testing::HasSubstr;

scenario::scenario runbook() {
  scenario::scenario s;
  s.thresholds = runbook_thresholds();
  s.min_samples = 5;
  for (const auto& t : s.thresholds) s.steady_state.push_back({t.metric, level::healthy, {"t.yaml", 9, 3}});
  return s;
}

scenario::experiment outage(const scenario::scenario& s, level worst) {
  scenario::experiment e;
  for (const auto& t : s.thresholds) e.at_worst.push_back({t.metric, worst, {}});
  e.load.operations = {{scenario::operation_kind::patient_context, 3},
                       {scenario::operation_kind::file_note, 1}};
  return e;
}

phase_verdict judged(phase p, const observations& seen, level worst = level::healthy) {
  const auto s = runbook();
  return judge_phase(s, outage(s, worst), p, seen);
}

const reports::check& check_of(const phase_verdict& v, std::string_view name) {
  const auto* found = find_check(v.checks, v.record.name, name);
  EXPECT_NE(found, nullptr) << name;
  static const reports::check none;
  return found != nullptr ? *found : none;
}

void fail_from(observations& seen, duration from, duration to, int every = 1) {
  int i = 0;
  for (auto& op : seen.operations) {
    if (op.intended >= at(from) && op.intended < at(to) && ++i % every == 0) op.succeeded = false;
  }
}

TEST(judge_phase, a_sound_phase_holds_and_shows_every_figure) {
  const auto v = judged(phase::baseline, sound_experiment());
  EXPECT_TRUE(v.holds);
  EXPECT_EQ(v.record.name, "baseline");
  EXPECT_EQ(v.record.operations, 160u) << "without the warm-up";
  EXPECT_EQ(v.record.latency.count(), 160u);
  EXPECT_EQ(v.record.judged_from, 2s);
  ASSERT_EQ(v.record.figures.size(), 4u);
  ASSERT_EQ(v.checks.size(), 4u);
  for (const auto& c : v.checks) EXPECT_EQ(c.status, status::passed) << c.name;
  EXPECT_EQ(check_of(v, "avg_latency").value, "40ms");
  EXPECT_EQ(check_of(v, "success_rate").wanted, "at worst healthy (healthy > 99%, critical < 95%)");
  EXPECT_EQ(check_of(v, "success_rate").kind, "steady_state");
}

TEST(judge_phase, what_starts_in_warm_up_or_settle_is_not_judged) {
  auto seen = sound_experiment();
  fail_from(seen, 0s, 2s);
  fail_from(seen, 20s, 24s);
  EXPECT_TRUE(judged(phase::baseline, seen).holds);
  EXPECT_TRUE(judged(phase::recovery, seen).holds);
  fail_from(seen, 24s, 25s);
  EXPECT_FALSE(judged(phase::recovery, seen).holds);
}

TEST(judge_phase, worse_than_wanted_fails_and_the_place_is_the_rules) {
  auto seen = sound_experiment();
  fail_from(seen, 10s, 20s, 10);
  const auto v = judged(phase::during, seen);
  const auto& c = check_of(v, "success_rate");
  EXPECT_EQ(c.status, status::failed);
  EXPECT_EQ(c.value, "90%");
  EXPECT_EQ(c.message, "is critical");
  EXPECT_EQ(c.kind, "threshold");
  EXPECT_EQ(c.place.line, 7) << "a rule that is not written has the threshold's place";
  EXPECT_FALSE(v.holds);
  EXPECT_EQ(check_of(judged(phase::recovery, sound_experiment()), "success_rate").place.line, 9);
}

TEST(judge_phase, at_worst_allows_its_level_and_better_but_nothing_worse) {
  auto seen = sound_experiment();
  fail_from(seen, 10s, 20s, 25);  // 96 %
  EXPECT_EQ(check_of(judged(phase::during, seen, level::warning), "success_rate").status, status::passed);
  EXPECT_EQ(check_of(judged(phase::during, seen, level::healthy), "success_rate").status, status::failed);
  fail_from(seen, 10s, 20s);
  EXPECT_EQ(check_of(judged(phase::during, seen, level::warning), "success_rate").status, status::failed);
  EXPECT_EQ(check_of(judged(phase::during, seen, level::critical), "success_rate").status, status::passed);
}

TEST(judge_phase, a_warning_that_the_steady_state_allows_is_carried) {
  auto seen = sound_experiment();
  fail_from(seen, 2s, 10s, 32);  // no write among them
  auto s = runbook();
  for (auto& rule : s.steady_state) rule.wanted = level::warning;
  auto v = judge_phase(s, outage(s, level::healthy), phase::baseline, seen);
  EXPECT_EQ(check_of(v, "success_rate").status, status::warning);
  EXPECT_EQ(check_of(v, "avg_latency").status, status::passed);
  EXPECT_TRUE(v.holds);
}

TEST(judge_phase, fewer_than_min_samples_never_pass) {
  auto seen = sound_experiment();
  auto s = runbook();
  s.min_samples = 9;  // eight writes in the judged part of the baseline
  auto v = judge_phase(s, outage(s, level::healthy), phase::baseline, seen);
  EXPECT_EQ(check_of(v, "write_success").status, status::inconclusive);
  EXPECT_EQ(check_of(v, "write_success").message, "8 samples, min_samples asks for 9");
  EXPECT_EQ(check_of(v, "success_rate").status, status::passed);
  EXPECT_EQ(check_of(v, "circuit_state").status, status::passed) << "a state is no sample";
  EXPECT_FALSE(v.holds);
  s.min_samples = 8;
  EXPECT_TRUE(judge_phase(s, outage(s, level::healthy), phase::baseline, seen).holds);
}

TEST(judge_phase, a_rare_event_is_counted_among_all_operations) {
  auto s = runbook();
  s.thresholds = {threshold_of(metric_id::token_refreshes, 3, 10)};
  s.steady_state = {{metric_id::token_refreshes, level::healthy, {}}};
  s.min_samples = 100;
  auto seen = sound_experiment();
  seen.token_refreshes = {{at(3s)}};
  EXPECT_TRUE(judge_phase(s, {}, phase::baseline, seen).holds);
}

TEST(judge_phase, no_sample_is_inconclusive) {
  const auto v = judged(phase::during, three_phases());
  ASSERT_EQ(v.checks.size(), 4u);
  for (const auto& c : v.checks) {
    EXPECT_EQ(c.status, status::inconclusive) << c.name;
    EXPECT_EQ(c.message, "no sample");
  }
}

TEST(judge_phase, a_load_without_writes_is_not_asked_for_them_by_default) {
  auto seen = sound_experiment();
  std::erase_if(seen.operations, [](const auto& op) { return is_write(op.kind); });
  auto s = runbook();
  auto e = outage(s, level::healthy);
  e.load.operations.pop_back();
  auto v = judge_phase(s, e, phase::baseline, seen);
  EXPECT_EQ(check_of(v, "write_success").status, status::inconclusive) << "the scenario asks for it";
  for (auto& rule : s.steady_state) rule.mark = {};
  v = judge_phase(s, e, phase::baseline, seen);
  EXPECT_EQ(find_check(v.checks, "baseline", "write_success"), nullptr);
  EXPECT_TRUE(v.holds);
}

TEST(judge_phase, a_breaker_that_stays_open_is_seen_without_a_call_in_the_judged_part) {
  auto seen = sound_experiment();
  seen.circuits = {change(11s, read_class, "closed", "open"), change(21s, read_class, "open", "half_open"),
                   change(22s, read_class, "half_open", "open")};
  std::erase_if(seen.calls,
                [](const auto& c) { return c.endpoint_class == read_class && c.started > at(22s); });
  const auto verdict = judged(phase::recovery, seen);
  const auto& c = check_of(verdict, "circuit_state");
  EXPECT_EQ(c.status, status::failed);
  EXPECT_EQ(c.value, "OPEN");
}

TEST(judge_phase, dropped_arrivals_above_one_in_a_hundred_are_the_generators) {
  auto seen = sound_experiment();  // 200 operations in each phase
  seen.dropped = {at(1s), at(12s), at(13s)};
  const auto some = judged(phase::during, seen, level::critical);
  EXPECT_TRUE(some.holds) << "2 of 202";
  EXPECT_EQ(find_check(some.checks, "during", "load not dropped"), nullptr);
  seen.dropped.push_back(at(14s));
  const auto v = judged(phase::during, seen, level::critical);
  EXPECT_FALSE(v.holds);
  EXPECT_EQ(check_of(v, "load not dropped").status, status::inconclusive);
  EXPECT_TRUE(judged(phase::baseline, seen).holds) << "the one of the baseline came in the warm-up";
}

}  // namespace
}  // namespace epicenter::verdict
