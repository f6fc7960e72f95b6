// The same figures the slow and obvious way, on random experiments.
#include <algorithm>
#include <array>
#include <epicenter/runtime/random.hpp>
#include <functional>

#include "harness/verdict/measure.hpp"
#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using runtime::random_stream;
using scenario::metric_id;

constexpr std::uint64_t seed = 20'261'124;

observations random_experiment(random_stream& random) {
  auto seen = three_phases();
  const auto moment = [&] { return random.between(0ms, 30s) / 1'000'000 * 1'000'000; };
  const auto many = random.below(200);
  for (std::uint64_t i = 0; i < many; ++i) {
    const auto latency = random.between(0ms, 4s) / 1'000'000 * 1'000'000;
    auto op = operation(moment(), latency, random.chance_ppm(700'000),
                        static_cast<scenario::operation_kind>(random.below(4)));
    op.stale = random.chance_ppm(200'000);
    op.unauthorized = random.chance_ppm(100'000);
    seen.operations.push_back(op);
    auto c = call("c", moment(), static_cast<std::uint8_t>(random.below(3)), random.chance_ppm(600'000),
                  static_cast<call_purpose>(random.below(4)));
    seen.calls.push_back(std::move(c));
    if (random.chance_ppm(50'000)) seen.dropped.push_back(at(moment()));
    if (random.chance_ppm(50'000)) seen.token_refreshes.push_back({at(moment())});
    if (random.chance_ppm(100'000)) {
      seen.events.push_back(
          {at(moment()), random.chance_ppm(500'000) ? "degradation.activated" : "degradation.deactivated"});
    }
    if (random.chance_ppm(100'000)) {
      constexpr std::array<std::string_view, 3> words{"closed", "half_open", "open"};
      seen.circuits.push_back(
          change(moment(), static_cast<std::uint8_t>(random.below(3)), "closed", words[random.below(3)]));
    }
  }
  const auto sort_by = [](auto& range, auto key) {
    std::stable_sort(range.begin(), range.end(),
                     [&](const auto& a, const auto& b) { return std::invoke(key, a) < std::invoke(key, b); });
  };
  sort_by(seen.operations, &operation_sample::finished);
  sort_by(seen.calls, &call_sample::started);
  sort_by(seen.events, &named_event::at);
  sort_by(seen.circuits, &circuit_sample::at);
  return seen;
}

struct fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;
};

fraction naive_rate(const observations& seen, instant from, instant to, bool writes, bool wanted) {
  fraction f;
  for (const auto& op : seen.operations) {
    if (op.intended < from || op.intended >= to || (writes && !is_write(op.kind))) continue;
    ++f.denominator;
    f.numerator += op.succeeded == wanted ? 1'000'000 : 0;
  }
  return f;
}

fraction naive_percentile(const observations& seen, instant from, instant to, std::int64_t percent) {
  std::vector<std::int64_t> sorted;
  for (const auto& op : seen.operations) {
    if (op.intended >= from && op.intended < to) sorted.push_back(op.latency().count());
  }
  if (sorted.empty()) return {};
  std::sort(sorted.begin(), sorted.end());
  std::size_t rank = 1;
  while (static_cast<std::int64_t>(rank) * 100 < static_cast<std::int64_t>(sorted.size()) * percent) ++rank;
  return {sorted[rank - 1], 1};
}

// Everything lies on whole milliseconds, so that counting them one by one is exact.
fraction naive_degraded(const observations& seen, instant from, instant to) {
  std::int64_t total = 0;
  for (auto t = from; t < to; t += 1ms) {
    int active = 0;
    for (const auto& e : seen.events) {
      if (e.at > t) break;
      active = e.name == "degradation.activated" ? active + 1 : std::max(0, active - 1);
    }
    if (active > 0) total += 1'000'000;
  }
  return {total, 1};
}

fraction naive_in_flight(const observations& seen, instant from, instant to) {
  std::int64_t peak = 0;
  for (auto t = from; t < to; t += 1ms) {
    peak = std::max<std::int64_t>(
        peak, std::count_if(seen.operations.begin(), seen.operations.end(),
                            [&](auto& op) { return op.intended <= t && t < op.finished; }));
  }
  return {peak, 1};
}

fraction naive_calls(const observations& seen, instant from, instant to, bool ratio) {
  fraction f;
  std::int64_t again = 0;
  for (const auto& c : seen.calls) {
    if (c.purpose != call_purpose::operation || c.started < from || c.started >= to) continue;
    f.numerator += 1'000'000;
    f.denominator += c.first_send ? 1 : 0;
    again += c.first_send ? 0 : 1;
  }
  return ratio ? f : fraction{again, 1};
}

void expect_same(const observations& seen, metric_id metric, instant from, instant to, const fraction& want,
                 int round) {
  const auto m = measure(seen, metric, from, to);
  ASSERT_EQ(m.denominator, want.denominator) << name_of(metric) << " seed " << seed << " round " << round;
  ASSERT_TRUE(m.numerator == want.numerator) << name_of(metric) << " seed " << seed << " round " << round;
}

TEST(measure, agrees_with_a_naive_reference_on_random_experiments) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_stream random(seed);
  for (int round = 0; round < 150; ++round) {
    const auto seen = random_experiment(random);
    const auto from = at(random.between(0s, 25s) / 1'000'000 * 1'000'000);
    const auto to = from + random.between(0s, 6s) / 1'000'000 * 1'000'000;
    expect_same(seen, metric_id::success_rate, from, to, naive_rate(seen, from, to, false, true), round);
    expect_same(seen, metric_id::error_rate, from, to, naive_rate(seen, from, to, false, false), round);
    expect_same(seen, metric_id::write_success, from, to, naive_rate(seen, from, to, true, true), round);
    expect_same(seen, metric_id::p50_latency, from, to, naive_percentile(seen, from, to, 50), round);
    expect_same(seen, metric_id::p95_latency, from, to, naive_percentile(seen, from, to, 95), round);
    expect_same(seen, metric_id::p99_latency, from, to, naive_percentile(seen, from, to, 99), round);
    expect_same(seen, metric_id::max_latency, from, to, naive_percentile(seen, from, to, 100), round);
    expect_same(seen, metric_id::retries, from, to, naive_calls(seen, from, to, false), round);
    expect_same(seen, metric_id::retry_amplification, from, to, naive_calls(seen, from, to, true), round);
    expect_same(seen, metric_id::degraded_time, from, to, naive_degraded(seen, from, to), round);
    expect_same(seen, metric_id::in_flight, from, to, naive_in_flight(seen, from, to), round);
  }
}

TEST(measure, circuit_state_agrees_with_a_naive_reference) {
  SCOPED_TRACE("seed " + std::to_string(seed + 1));
  random_stream random(seed + 1);
  for (int round = 0; round < 300; ++round) {
    const auto seen = random_experiment(random);
    const auto from = at(random.between(0s, 25s));
    const auto to = from + random.between(0s, 6s);
    std::optional<scenario::circuit_state> worst;
    for (std::uint8_t c = 0; c < 3; ++c) {
      const bool called = std::any_of(seen.calls.begin(), seen.calls.end(), [&](const auto& one) {
        return one.endpoint_class == c && one.started >= from && one.started < to;
      });
      if (!called) continue;
      auto last = scenario::circuit_state::closed;
      for (const auto& one : seen.circuits) {
        if (one.endpoint_class == c && one.at < to) last = circuit_word(one.to);
      }
      worst = worst ? std::max(*worst, last) : last;
    }
    const auto m = measure(seen, metric_id::circuit_state, from, to);
    ASSERT_EQ(m.empty(), !worst) << "round " << round;
    ASSERT_EQ(m.state, worst.value_or(scenario::circuit_state::closed)) << "round " << round;
  }
}

}  // namespace
}  // namespace epicenter::verdict
