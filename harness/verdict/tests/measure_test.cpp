#include "harness/verdict/measure.hpp"

#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using scenario::circuit_state;
using scenario::metric_id;
using scenario::operation_kind;

std::int64_t value_of(const observations& seen, metric_id metric, duration from, duration to) {
  const auto m = measure(seen, metric, at(from), at(to));
  EXPECT_FALSE(m.empty());
  return m.value().value_or(-1);
}

TEST(measure, an_operation_belongs_to_the_window_of_its_intended_start) {
  auto seen = three_phases();
  seen.operations = {operation(9999ms, 1ms, false), operation(10s, 5s), operation(19999ms, 20s, false),
                     operation(20s, 30s, false)};
  const auto m = measure(seen, metric_id::success_rate, at(10s), at(20s));
  EXPECT_EQ(m.samples, 2u);
  EXPECT_EQ(m.value(), 500'000);
}

TEST(measure, rates_compare_in_integers) {
  auto seen = three_phases();
  for (int i = 0; i < 3; ++i) seen.operations.push_back(operation(1s, 1ms, i != 0));
  const auto m = measure(seen, metric_id::success_rate, at(0s), at(10s));
  EXPECT_EQ(m.value(), 666'666);
  EXPECT_EQ(m.compare(666'666), 1);  // two thirds is more than its value rounded down
  EXPECT_EQ(m.compare(666'667), -1);
  EXPECT_EQ(value_of(seen, metric_id::error_rate, 0s, 10s), 333'333);
}

TEST(measure, write_success_counts_writes_only) {
  auto seen = three_phases();
  seen.operations = {operation(1s, 1ms, false), operation(1s, 1ms, true, operation_kind::order_lab),
                     operation(1s, 1ms, false, operation_kind::file_note)};
  const auto m = measure(seen, metric_id::write_success, at(0s), at(10s));
  EXPECT_EQ(m.samples, 2u);
  EXPECT_EQ(m.value(), 500'000);
  EXPECT_TRUE(measure(three_phases(), metric_id::write_success, at(0s), at(10s)).empty());
}

TEST(measure, latency_counts_from_the_intended_start_and_is_exact) {
  auto seen = three_phases();
  for (int i = 1; i <= 200; ++i) seen.operations.push_back(operation(1s, i * 10ms + 7ns));
  EXPECT_EQ(value_of(seen, metric_id::avg_latency, 0s, 10s), 1'005'000'007);
  EXPECT_EQ(value_of(seen, metric_id::p50_latency, 0s, 10s), 1'000'000'007);
  EXPECT_EQ(value_of(seen, metric_id::p95_latency, 0s, 10s), 1'900'000'007);
  EXPECT_EQ(value_of(seen, metric_id::p99_latency, 0s, 10s), 1'980'000'007);
  EXPECT_EQ(value_of(seen, metric_id::max_latency, 0s, 10s), 2'000'000'007);
  for (const auto metric : {metric_id::avg_latency, metric_id::p50_latency, metric_id::max_latency}) {
    EXPECT_TRUE(measure(seen, metric, at(5s), at(10s)).empty());
  }
}

TEST(measure, circuit_state_is_the_worst_last_state_of_the_classes_that_had_a_call) {
  auto seen = three_phases();
  seen.circuits = {change(1s, token_class, "closed", "open"), change(3s, read_class, "closed", "open"),
                   change(5s, read_class, "open", "half_open"),
                   change(10s, read_class, "half_open", "closed")};
  EXPECT_TRUE(measure(seen, metric_id::circuit_state, at(0s), at(10s)).empty());
  seen.calls = {call("a", 2s, write_class), call("b", 4s, read_class)};
  // OPEN by the token's breaker is not seen: nothing asked for a token. The change at 10 s is the next
  // window's.
  EXPECT_EQ(measure(seen, metric_id::circuit_state, at(0s), at(10s)).state, circuit_state::half_open);
  EXPECT_EQ(measure(seen, metric_id::circuit_state, at(0s), at(11s)).state, circuit_state::closed);
  EXPECT_EQ(measure(seen, metric_id::circuit_state, at(0s), at(3s)).state, circuit_state::closed);
  EXPECT_EQ(measure(seen, metric_id::circuit_state, at(0s), at(10s), "token").state, circuit_state::open);
  EXPECT_FALSE(measure(seen, metric_id::circuit_state, at(0s), at(10s), "token").empty());
}

TEST(measure, the_breakers_words_become_the_three_of_the_format) {
  EXPECT_EQ(circuit_word("closed"), circuit_state::closed);
  EXPECT_EQ(circuit_word("metrics_only"), circuit_state::closed);
  EXPECT_EQ(circuit_word("forced_closed"), circuit_state::closed);
  EXPECT_EQ(circuit_word("half_open"), circuit_state::half_open);
  EXPECT_EQ(circuit_word("open"), circuit_state::open);
  EXPECT_EQ(circuit_word("forced_open"), circuit_state::open);
}

TEST(measure, retry_amplification_leaves_token_and_reconcile_calls_aside) {
  auto seen = three_phases();
  seen.calls = {call("a", 1s),
                call("b", 1s),
                call("a2", 2s, read_class, false),
                call("t", 3s, token_class, true, call_purpose::token),
                call("r", 4s, read_class, false, call_purpose::reconcile),
                call("b2", 10s, read_class, false)};
  EXPECT_EQ(value_of(seen, metric_id::retry_amplification, 0s, 10s), 1'500'000);
  EXPECT_EQ(value_of(seen, metric_id::retry_amplification, 0s, 11s), 2'000'000);
  EXPECT_EQ(value_of(seen, metric_id::retries, 0s, 10s), 1);
  EXPECT_EQ(value_of(seen, metric_id::retries, 0s, 11s), 2);
  EXPECT_TRUE(measure(seen, metric_id::retry_amplification, at(3s), at(10s)).empty());
}

TEST(measure, counts_are_over_what_was_looked_at) {
  auto seen = three_phases();
  seen.operations = {operation(1s, 1ms), operation(2s, 1ms, false), operation(3s, 1ms)};
  seen.operations[1].unauthorized = true;
  seen.operations[2].stale = true;
  seen.token_refreshes = {{at(0s)}, {at(9999ms)}, {at(10s)}};
  seen.dropped = {at(5s), at(10s)};
  EXPECT_EQ(value_of(seen, metric_id::client_401s, 0s, 10s), 1);
  EXPECT_EQ(value_of(seen, metric_id::stale_served, 0s, 10s), 1);
  EXPECT_EQ(value_of(seen, metric_id::token_refreshes, 0s, 10s), 2);
  EXPECT_EQ(value_of(seen, metric_id::dropped_arrivals, 0s, 10s), 1);
  EXPECT_EQ(measure(seen, metric_id::client_401s, at(0s), at(10s)).samples, 3u);
  EXPECT_EQ(measure(seen, metric_id::token_refreshes, at(0s), at(10s)).samples, 3u);
  EXPECT_EQ(measure(seen, metric_id::dropped_arrivals, at(0s), at(10s)).samples, 4u);
}

TEST(measure, degraded_time_is_the_union_of_overlapping_degradations) {
  auto seen = three_phases();
  seen.operations = {operation(1s, 1ms)};
  seen.events = {{at(1s), "degradation.activated"},   {at(2s), "degradation.activated"},
                 {at(3s), "degradation.deactivated"}, {at(5s), "degradation.deactivated"},
                 {at(6s), "circuit.changed"},         {at(8s), "degradation.activated"}};
  EXPECT_EQ(value_of(seen, metric_id::degraded_time, 0s, 10s), duration(6s).count());
  EXPECT_EQ(value_of(seen, metric_id::degraded_time, 2s, 4s), duration(2s).count());
  EXPECT_EQ(value_of(seen, metric_id::degraded_time, 5s, 8s), 0);
  EXPECT_EQ(value_of(seen, metric_id::degraded_time, 9s, 20s), duration(11s).count()) << "still degraded";
}

TEST(measure, in_flight_is_the_peak_and_a_leaving_makes_room) {
  auto seen = three_phases();
  seen.operations = {operation(1s, 2s), operation(2s, 2s), operation(4s, 1s), operation(3s, 3s)};
  EXPECT_EQ(value_of(seen, metric_id::in_flight, 0s, 10s), 2);
  seen.operations = {operation(1s, 1s), operation(2s, 1s)};
  EXPECT_EQ(value_of(seen, metric_id::in_flight, 0s, 10s), 1);
  seen.operations = {operation(1s, 8s)};
  EXPECT_EQ(value_of(seen, metric_id::in_flight, 5s, 6s), 1) << "begun before the window";
  EXPECT_EQ(value_of(seen, metric_id::in_flight, 9s, 10s), 0);
}

TEST(measure, lost_and_doubled_writes_need_the_journal) {
  auto seen = sound_experiment();
  EXPECT_EQ(value_of(seen, metric_id::lost_writes, 0s, 1s), 0);
  EXPECT_EQ(value_of(seen, metric_id::duplicate_writes, 0s, 1s), 0);
  seen.commits.push_back(seen.commits.front());
  seen.commits.erase(seen.commits.begin() + 5, seen.commits.begin() + 7);
  EXPECT_EQ(value_of(seen, metric_id::lost_writes, 0s, 1s), 2);
  EXPECT_EQ(value_of(seen, metric_id::duplicate_writes, 0s, 1s), 1);
  seen.commits_missing = 1;
  EXPECT_TRUE(measure(seen, metric_id::lost_writes, at(0s), at(1s)).empty());
  seen.commits_missing = 0;
  seen.commits_known = false;
  EXPECT_TRUE(measure(seen, metric_id::duplicate_writes, at(0s), at(1s)).empty());
}

TEST(measure, finished_sees_what_the_latest_starts_do_not) {
  auto seen = three_phases();
  seen.operations = {operation(9s, 2s, false), operation(10s, 3s, false), operation(11s, 3s, false)};
  EXPECT_TRUE(measure(seen, metric_id::success_rate, at(12s), at(14s)).empty());
  const auto m = measure_finished(seen, metric_id::error_rate, at(10s), at(11s), at(14s));
  EXPECT_EQ(m.samples, 1u) << "one of the phase before, one that ends with the next reading";
  EXPECT_EQ(m.value(), 1'000'000);
}

TEST(measure, bounds_are_shown_in_the_unit_of_the_metric) {
  EXPECT_EQ(show_bound(metric_id::success_rate, 995'000), "99.5%");
  EXPECT_EQ(show_bound(metric_id::avg_latency, 500'000'000), "500ms");
  EXPECT_EQ(show_bound(metric_id::retry_amplification, 2'500'000), "2.5");
  EXPECT_EQ(show_bound(metric_id::client_401s, 3), "3");
}

}  // namespace
}  // namespace epicenter::verdict
