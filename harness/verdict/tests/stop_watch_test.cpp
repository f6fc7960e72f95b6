#include "harness/verdict/stop_watch.hpp"

#include <algorithm>

#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using scenario::comparison;
using scenario::metric_id;
using scenario::phase;

scenario::stop_condition condition(metric_id metric, comparison how, std::int64_t bound, duration lasting) {
  scenario::stop_condition c;
  c.metric = metric;
  c.limit = {how, bound};
  c.lasting = lasting;
  c.phases = {phase::baseline, phase::during, phase::recovery};
  return c;
}

scenario::stop_condition low_success(duration lasting) {
  return condition(metric_id::success_rate, comparison::below, 900'000, lasting);
}

/// Ten operations a second, of 100 ms, that fail in the given stretch.
observations failing(duration from, duration to) {
  auto seen = three_phases();
  for (auto t = 0ms; t < 30s; t += 100ms) seen.operations.push_back(operation(t, 100ms, t < from || t >= to));
  return seen;
}

phase phase_at(duration t) {
  return t <= 10s ? phase::baseline : t <= 20s ? phase::during : phase::recovery;
}

/// Asked once a second as the engine does, with what has been answered by then; the second at which it stops.
std::optional<duration> stops_at(const std::vector<scenario::stop_condition>& conditions,
                                 const observations& whole) {
  stop_watch watch(conditions);
  for (duration t = 1s; t <= 30s; t += 1s) {
    auto seen = whole;
    std::erase_if(seen.operations, [&](const auto& op) { return op.finished > at(t); });
    if (watch.holds(seen, phase_at(t), at(t)) != nullptr) return t;
  }
  return std::nullopt;
}

TEST(stop_watch, stops_when_the_condition_has_lasted_without_a_break) {
  EXPECT_EQ(stops_at({low_success(0s)}, failing(12s, 16s)), 13s);
  EXPECT_EQ(stops_at({low_success(4s)}, failing(12s, 18s)), 15s);
  EXPECT_EQ(stops_at({low_success(8s)}, failing(12s, 16s)), std::nullopt);
  EXPECT_EQ(stops_at({low_success(0s)}, failing(0s, 0s)), std::nullopt);
}

TEST(stop_watch, a_break_starts_the_time_anew) {
  auto seen = failing(11s, 14s);
  EXPECT_EQ(stops_at({low_success(6s)}, seen), std::nullopt);
  for (auto& op : seen.operations) {
    if (op.intended >= at(16s) && op.intended < at(19s)) op.succeeded = false;
  }
  EXPECT_EQ(stops_at({low_success(6s)}, seen), std::nullopt) << "twice three seconds are not six";
}

TEST(stop_watch, only_its_phases_count_and_a_new_phase_starts_anew) {
  auto c = low_success(0s);
  c.phases = {phase::recovery};
  EXPECT_EQ(stops_at({c}, failing(11s, 18s)), std::nullopt);
  EXPECT_EQ(stops_at({c}, failing(11s, 23s)), 21s);
  c.phases = {phase::baseline, phase::recovery};
  c.lasting = 4s;
  EXPECT_EQ(stops_at({c}, failing(8s, 22s)), std::nullopt) << "the phase between does not bridge them";
}

TEST(stop_watch, an_outage_that_only_shows_in_time_outs_is_seen) {
  auto seen = failing(12s, 30s);
  for (auto& op : seen.operations) {
    if (!op.succeeded) op.finished = op.intended + 5s;
  }
  std::stable_sort(seen.operations.begin(), seen.operations.end(),
                   [](const auto& a, const auto& b) { return a.finished < b.finished; });
  EXPECT_EQ(stops_at({low_success(0s)}, seen), 18s);
  EXPECT_EQ(stops_at({condition(metric_id::avg_latency, comparison::above, 2'000'000'000, 0s)}, seen), 18s);
}

TEST(stop_watch, silence_neither_shows_the_condition_nor_ends_it) {
  auto seen = failing(12s, 19s);
  std::erase_if(seen.operations,
                [](const auto& op) { return op.intended >= at(13s) && op.intended < at(17s); });
  EXPECT_EQ(stops_at({low_success(5s)}, seen), 18s);
  EXPECT_EQ(stops_at({low_success(0s)}, three_phases()), std::nullopt);
}

TEST(stop_watch, counts_are_over_the_phase_so_far) {
  auto seen = failing(0s, 0s);
  for (auto t = 11s; t < 20s; t += 1s) seen.dropped.push_back(at(t));
  EXPECT_EQ(stops_at({condition(metric_id::dropped_arrivals, comparison::above, 4, 0s)}, seen), 16s);
  seen.events = {{at(12s), "degradation.activated"}};
  EXPECT_EQ(stops_at({condition(metric_id::degraded_time, comparison::above, 5'000'000'000, 0s)}, seen), 18s);
}

TEST(stop_watch, names_the_first_condition_and_says_it_in_words) {
  const std::vector conditions{low_success(20s), low_success(0s)};
  const auto seen = failing(10s, 20s);
  stop_watch watch(conditions);
  EXPECT_EQ(watch.holds(seen, phase::during, at(13s)), &conditions[1]);
  EXPECT_EQ(text_of(low_success(10s)), "success_rate below 90% for 10s");
  EXPECT_EQ(text_of(low_success(0s)), "success_rate below 90%");
}

TEST(stop_watch, operations_that_hang_are_in_flight_before_they_end) {
  const std::vector conditions{condition(metric_id::in_flight, comparison::above, 50, 0s)};
  stop_watch watch(conditions);
  auto seen = failing(0s, 0s);
  EXPECT_EQ(watch.holds(seen, phase::during, at(12s)), nullptr);
  seen.under_way = 50;
  EXPECT_EQ(watch.holds(seen, phase::during, at(13s)), nullptr);
  seen.under_way = 51;
  EXPECT_NE(watch.holds(seen, phase::during, at(14s)), nullptr);
}

}  // namespace
}  // namespace epicenter::verdict
