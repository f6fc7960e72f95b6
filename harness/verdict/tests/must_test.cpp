#include "harness/verdict/must.hpp"

#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using reports::status;
using scenario::anchor;
using scenario::anchor_kind;
using scenario::circuit_state;
using scenario::comparison;
using scenario::metric_id;
using scenario::must;
using scenario::must_kind;
using scenario::path_step;

observations with_fault() {
  auto seen = three_phases();
  seen.faults = {{"first", at(11s), at(13s)}, {"second", at(12s), at(16s)}};
  return seen;
}

must state_must(circuit_state state, std::optional<duration> within = {}, std::optional<anchor> after = {}) {
  must m;
  m.kind = must_kind::circuit_state;
  m.state = state;
  m.within = within;
  m.after = after;
  m.mark = {"t.yaml", 12, 9};
  return m;
}

constexpr circuit_state CLOSED = circuit_state::closed;
constexpr circuit_state HALF_OPEN = circuit_state::half_open;
constexpr circuit_state OPEN = circuit_state::open;
const anchor fault_start{anchor_kind::fault_start, {}};
const anchor fault_end{anchor_kind::fault_end, {}};

path_step step(circuit_state s) {
  return {false, s};
}
const path_step any{true, CLOSED};

must path_must(std::vector<path_step> path) {
  must m;
  m.kind = must_kind::circuit_path;
  m.path = std::move(path);
  return m;
}

must event_must(std::string event, bool forbidden, std::optional<duration> within = {}) {
  must m;
  m.kind = must_kind::event;
  m.event = std::move(event);
  m.forbidden = forbidden;
  m.within = within;
  m.after = fault_start;
  return m;
}

must metric_must(metric_id metric, std::vector<scenario::bound> bounds) {
  must m;
  m.metric = metric;
  m.bounds = std::move(bounds);
  return m;
}

status judged(const must& m, const observations& seen) {
  return judge_must(m, seen).status;
}

TEST(must, anchors_are_the_first_start_the_last_end_and_named_faults) {
  auto seen = with_fault();
  EXPECT_EQ(moment_of(fault_start, seen), at(11s));
  EXPECT_EQ(moment_of(fault_end, seen), at(16s));
  EXPECT_EQ(moment_of({anchor_kind::named_start, "second"}, seen), at(12s));
  EXPECT_EQ(moment_of({anchor_kind::named_end, "first"}, seen), at(13s));
  EXPECT_EQ(moment_of({anchor_kind::named_end, "third"}, seen), std::nullopt);
  seen.faults[0].to.reset();
  EXPECT_EQ(moment_of(fault_end, seen), std::nullopt);
  EXPECT_EQ(moment_of({anchor_kind::named_end, "first"}, seen), std::nullopt);
  EXPECT_EQ(moment_of(fault_start, three_phases()), std::nullopt);
}

TEST(must, a_missing_anchor_is_inconclusive_whatever_happened) {
  auto seen = three_phases();
  seen.circuits = {change(11s, read_class, "closed", "open")};
  for (const auto& m :
       {state_must(OPEN, 10s, fault_start), state_must(CLOSED, 10s, fault_end),
        event_must("degradation.activated", true), event_must("degradation.activated", false)}) {
    const auto check = judge_must(m, seen);
    EXPECT_EQ(check.status, status::inconclusive) << check.name;
    EXPECT_THAT(check.message, ::testing::HasSubstr("there was no fault_"));
  }
}

TEST(must, open_needs_one_breaker) {
  auto seen = with_fault();
  EXPECT_EQ(judged(state_must(OPEN, 10s, fault_start), seen), status::failed);
  seen.circuits = {change(15s, write_class, "closed", "open")};
  const auto check = judge_must(state_must(OPEN, 10s, fault_start), seen);
  EXPECT_EQ(check.status, status::passed);
  EXPECT_EQ(check.value, "write after 4s");
  EXPECT_EQ(check.name, "circuit_state OPEN within 10s after fault_start");
  EXPECT_EQ(check.place.line, 12);
  auto of_read = state_must(OPEN, 10s, fault_start);
  of_read.breaker_class = "read";
  EXPECT_EQ(judged(of_read, seen), status::failed);
  of_read.breaker_class = "write";
  EXPECT_EQ(judged(of_read, seen), status::passed);
}

TEST(must, both_ends_of_the_window_belong_to_it) {
  auto seen = with_fault();
  seen.circuits = {change(15s, read_class, "closed", "open")};
  EXPECT_EQ(judged(state_must(OPEN, 4s, fault_start), seen), status::passed);
  EXPECT_EQ(judged(state_must(OPEN, 4s - 1ns, fault_start), seen), status::failed);
  // A breaker that was open before and leaves it at the start of the window is not open in it.
  seen.circuits = {change(5s, read_class, "closed", "open"), change(11s, read_class, "open", "half_open")};
  EXPECT_EQ(judged(state_must(OPEN, 4s, fault_start), seen), status::failed);
  seen.circuits[1].at += 1ns;
  EXPECT_EQ(judged(state_must(OPEN, 4s, fault_start), seen), status::passed);
  // The experiment ends before the window does.
  seen.circuits = {change(31s, read_class, "closed", "open")};
  EXPECT_EQ(judged(state_must(OPEN, 60s, fault_start), seen), status::failed);
}

TEST(must, closed_needs_all_that_left_it_at_one_instant) {
  auto seen = with_fault();
  EXPECT_EQ(judged(state_must(CLOSED, 5s, fault_end), seen), status::passed) << "none left it";
  // Each is closed for a while after the fault, but never both.
  seen.circuits = {change(12s, read_class, "closed", "open"), change(12s, write_class, "closed", "open"),
                   change(17s, read_class, "open", "closed"), change(18s, read_class, "closed", "open"),
                   change(18s, write_class, "open", "closed")};
  EXPECT_EQ(judged(state_must(CLOSED, 10s, fault_end), seen), status::failed);
  seen.circuits.push_back(change(20s, read_class, "open", "closed"));
  const auto check = judge_must(state_must(CLOSED, 10s, fault_end), seen);
  EXPECT_EQ(check.status, status::passed);
  EXPECT_EQ(check.value, "CLOSED after 4s");
  EXPECT_EQ(judged(state_must(CLOSED, 4s, fault_end), seen), status::passed);
  EXPECT_EQ(judged(state_must(CLOSED, 3999ms, fault_end), seen), status::failed);
  auto of_write = state_must(CLOSED, 3999ms, fault_end);
  of_write.breaker_class = "write";
  EXPECT_EQ(judged(of_write, seen), status::passed);
}

TEST(must, closed_holds_at_the_start_of_the_window_where_all_are_back) {
  auto seen = with_fault();
  seen.circuits = {change(12s, read_class, "closed", "open"), change(15s, read_class, "open", "closed"),
                   change(16s + 1ns, read_class, "closed", "open")};
  EXPECT_EQ(judged(state_must(CLOSED, 1s, fault_end), seen), status::passed);
  seen.circuits[2].at = at(16s);
  EXPECT_EQ(judged(state_must(CLOSED, 1s, fault_end), seen), status::failed);
}

TEST(must, a_path_is_contiguous_in_one_breakers_history) {
  auto seen = with_fault();
  seen.circuits = {
      change(11s, read_class, "closed", "open"),    change(12s, read_class, "open", "half_open"),
      change(13s, write_class, "closed", "open"),   change(14s, read_class, "half_open", "open"),
      change(15s, read_class, "open", "half_open"), change(16s, read_class, "half_open", "closed")};
  EXPECT_EQ(judged(path_must({step(OPEN), step(HALF_OPEN), step(OPEN)}), seen), status::passed);
  EXPECT_EQ(judged(path_must({step(CLOSED), step(OPEN)}), seen), status::passed) << "it starts CLOSED";
  EXPECT_EQ(judged(path_must({step(OPEN), step(CLOSED)}), seen), status::failed) << "a state lies between";
  EXPECT_EQ(judged(path_must({step(OPEN), any, step(CLOSED)}), seen), status::passed);
  EXPECT_EQ(
      judged(path_must({step(OPEN), step(HALF_OPEN), step(OPEN), any, step(HALF_OPEN), step(CLOSED)}), seen),
      status::passed)
      << "any is zero states here";
  EXPECT_EQ(judged(path_must({step(CLOSED), any, step(CLOSED), step(OPEN)}), seen), status::failed);
  auto of_write = path_must({step(OPEN), step(HALF_OPEN)});
  of_write.breaker_class = "write";
  const auto check = judge_must(of_write, seen);
  EXPECT_EQ(check.status, status::failed) << "one breaker's history, not a mixture";
  EXPECT_EQ(check.value, "write: CLOSED → OPEN");
  EXPECT_EQ(judge_must(path_must({step(OPEN)}), with_fault()).value, "no breaker left CLOSED");
}

TEST(must, a_path_is_looked_for_in_its_window_and_in_the_formats_words) {
  auto seen = with_fault();
  seen.circuits = {change(2s, read_class, "closed", "open"), change(3s, read_class, "open", "closed")};
  EXPECT_EQ(judged(path_must({step(OPEN), step(CLOSED)}), seen), status::failed)
      << "that was in the baseline";
  seen.circuits = {change(11s, read_class, "closed", "open"), change(12s, read_class, "open", "forced_open"),
                   change(13s, read_class, "forced_open", "half_open")};
  EXPECT_EQ(judged(path_must({step(CLOSED), step(OPEN), step(HALF_OPEN)}), seen), status::passed);
}

TEST(must, many_any_cost_no_more_than_one) {
  auto seen = with_fault();
  for (int i = 0; i < 400; ++i) {
    seen.circuits.push_back(change(11s + i * 1ms, read_class, "", i % 2 == 0 ? "open" : "closed"));
  }
  std::vector<path_step> path;
  for (int i = 0; i < 30; ++i) path.insert(path.end(), {any, step(OPEN), any, step(CLOSED)});
  EXPECT_EQ(judged(path_must(path), seen), status::passed);
  path.push_back(step(HALF_OPEN));
  EXPECT_EQ(judged(path_must(path), seen), status::failed);
}

TEST(must, an_event_happens_or_stays_away_within_its_window) {
  auto seen = with_fault();
  EXPECT_EQ(judged(event_must("degradation.activated", false), seen), status::failed);
  EXPECT_EQ(judged(event_must("degradation.activated", true), seen), status::passed);
  seen.events = {{at(10s), "degradation.activated"}, {at(14s), "degradation.activated"}};
  EXPECT_EQ(judge_must(event_must("degradation.activated", false), seen).value, "after 3s");
  EXPECT_EQ(judged(event_must("degradation.activated", true), seen), status::failed);
  EXPECT_EQ(judged(event_must("degradation.activated", false, 3s), seen), status::passed);
  EXPECT_EQ(judged(event_must("degradation.activated", false, 2999ms), seen), status::failed);
  EXPECT_EQ(judged(event_must("degradation.activated", true, 2999ms), seen), status::passed);
  EXPECT_EQ(judged(event_must("token.refreshed", false), seen), status::failed) << "another event";
}

TEST(must, every_bound_of_a_metric_holds_over_the_window) {
  auto seen = with_fault();
  seen.token_refreshes = {{at(9s)}, {at(12s)}, {at(15s)}};
  seen.operations = {operation(12s, 1ms)};
  EXPECT_EQ(judged(metric_must(metric_id::token_refreshes, {{comparison::at_most, 2}}), seen),
            status::passed);
  EXPECT_EQ(judged(metric_must(metric_id::token_refreshes, {{comparison::at_most, 1}}), seen),
            status::failed);
  EXPECT_EQ(
      judged(metric_must(metric_id::token_refreshes, {{comparison::at_least, 1}, {comparison::below, 2}}),
             seen),
      status::failed);
  EXPECT_EQ(
      judged(metric_must(metric_id::token_refreshes, {{comparison::above, 1}, {comparison::below, 3}}), seen),
      status::passed);
  auto bound = metric_must(metric_id::token_refreshes, {{comparison::at_most, 0}});
  bound.after = anchor{anchor_kind::named_start, "second"};
  bound.within = 3s;
  EXPECT_EQ(judge_must(bound, seen).value, "2") << "both ends of the window belong to it";
  bound.within = 2999ms;
  EXPECT_EQ(judge_must(bound, seen).value, "1");
}

TEST(must, a_metric_without_a_sample_is_inconclusive) {
  const auto m = metric_must(metric_id::success_rate, {{comparison::at_most, 1'000'000}});
  EXPECT_EQ(judged(m, with_fault()), status::inconclusive);
  auto seen = with_fault();
  seen.commits_known = false;
  EXPECT_EQ(judged(metric_must(metric_id::lost_writes, {{comparison::at_most, 0}}), seen),
            status::inconclusive);
}

}  // namespace
}  // namespace epicenter::verdict
