#include "harness/verdict/levels.hpp"

#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using scenario::circuit_state;
using scenario::comparison;
using scenario::level;
using scenario::metric_id;

observations with_successes(int ok, int total) {
  auto seen = three_phases();
  for (int i = 0; i < total; ++i) seen.operations.push_back(operation(1s, 1ms, i < ok));
  return seen;
}

level success_level(int ok, int total) {
  const auto seen = with_successes(ok, total);
  return level_of(threshold_of(metric_id::success_rate, 990'000, 950'000),
                  measure(seen, metric_id::success_rate, at(0s), at(10s)));
}

level latency_level(std::vector<duration> latencies) {
  auto seen = three_phases();
  for (const auto latency : latencies) seen.operations.push_back(operation(1s, latency));
  return level_of(threshold_of(metric_id::avg_latency, 500'000'000, 2'000'000'000),
                  measure(seen, metric_id::avg_latency, at(0s), at(10s)));
}

TEST(levels, the_bounds_of_a_rate_are_strict_at_both_ends) {
  EXPECT_EQ(success_level(99, 100), level::warning);
  EXPECT_EQ(success_level(9901, 10'000), level::healthy);
  EXPECT_EQ(success_level(990'001, 1'000'000), level::healthy);
  EXPECT_EQ(success_level(95, 100), level::warning);
  EXPECT_EQ(success_level(9499, 10'000), level::critical);
  EXPECT_EQ(success_level(949'999, 1'000'000), level::critical);
  EXPECT_EQ(success_level(0, 1), level::critical);
}

TEST(levels, the_bounds_of_a_latency_are_strict_at_both_ends) {
  EXPECT_EQ(latency_level({500ms}), level::warning);
  EXPECT_EQ(latency_level({499'999'999ns}), level::healthy);
  EXPECT_EQ(latency_level({500ms, 500ms, 499'999'999ns}), level::healthy);  // a third of a nanosecond below
  EXPECT_EQ(latency_level({2000ms}), level::warning);
  EXPECT_EQ(latency_level({2000ms, 2000ms, 2'000'000'001ns}), level::critical);
}

TEST(levels, circuit_states_have_the_levels_that_the_scenario_gives_them) {
  auto t = threshold_of(metric_id::circuit_state, 0, 0);
  measurement m;
  m.denominator = 1;
  m.state = circuit_state::half_open;
  EXPECT_EQ(level_of(t, m), level::warning);
  m.state = circuit_state::open;
  EXPECT_EQ(level_of(t, m), level::critical);
  EXPECT_EQ(show_bounds(t), "healthy CLOSED, warning HALF_OPEN, critical OPEN");
  t.state_levels[2] = level::healthy;
  t.state_levels[0] = level::critical;
  EXPECT_EQ(level_of(t, m), level::healthy);
  EXPECT_EQ(show_bounds(t), "healthy OPEN, warning HALF_OPEN, critical CLOSED");
}

TEST(levels, a_figure_has_no_level_without_a_sample) {
  const auto t = threshold_of(metric_id::success_rate, 990'000, 950'000);
  const auto none = figure_of(t, measure(three_phases(), metric_id::success_rate, at(0s), at(10s)));
  EXPECT_EQ(none.level, "");
  EXPECT_EQ(none.shown(), "-");
  const auto some =
      figure_of(t, measure(with_successes(992, 1000), metric_id::success_rate, at(0s), at(10s)));
  EXPECT_EQ(some.level, "healthy");
  EXPECT_EQ(some.shown(), "99.2%");
  EXPECT_EQ(some.bounds, "healthy > 99%, critical < 95%");
  EXPECT_EQ(show_bounds(threshold_of(metric_id::avg_latency, 500'000'000, 2'000'000'000)),
            "healthy < 500ms, critical > 2s");
  auto one_class = threshold_of(metric_id::circuit_state, 0, 0);
  one_class.breaker_class = "write";
  EXPECT_EQ(figure_of(one_class, {}).metric, "circuit_state(write)");
}

TEST(levels, each_comparison_on_below_and_above_its_bound) {
  const auto holds = [](comparison how, std::int64_t value) {
    measurement m;
    m.numerator = value;
    m.denominator = 1;
    return within({how, 10}, m);
  };
  EXPECT_TRUE(holds(comparison::at_most, 10) && !holds(comparison::at_most, 11));
  EXPECT_TRUE(holds(comparison::at_least, 10) && !holds(comparison::at_least, 9));
  EXPECT_TRUE(holds(comparison::above, 11) && !holds(comparison::above, 10));
  EXPECT_TRUE(holds(comparison::below, 9) && !holds(comparison::below, 10));
  EXPECT_EQ(show(metric_id::client_401s, {comparison::at_most, 1}), "at most 1");
  EXPECT_EQ(show(metric_id::success_rate, {comparison::below, 900'000}), "below 90%");
}

}  // namespace
}  // namespace epicenter::verdict
