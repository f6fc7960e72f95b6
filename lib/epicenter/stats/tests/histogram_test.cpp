#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/stats/histogram.hpp>
#include <epicenter/stats/recent_latency.hpp>
#include <limits>
#include <vector>

namespace epicenter::stats {
namespace {

constexpr std::uint64_t seed = 20'261'123;

// Spread over all magnitudes; xorshift, the same everywhere.
std::vector<std::int64_t> values(std::size_t n) {
  std::vector<std::int64_t> v;
  std::uint64_t x = seed;
  while (v.size() < n) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    v.push_back(static_cast<std::int64_t>((x >> 1) >> (x % 62)));
  }
  return v;
}

TEST(histogram, percentiles_are_within_two_tenths_of_a_percent) {
  std::vector<std::int64_t> v = values(20'000);
  v.insert(v.end(), {0, 1, 255, 256, 257, 511, 512, std::numeric_limits<std::int64_t>::max()});
  histogram h;
  for (const std::int64_t x : v) h.record(x);
  std::sort(v.begin(), v.end());
  for (std::int64_t ppm = 0; ppm <= 1'000'000; ppm += 997) {
    const auto rank =
        std::max<std::size_t>(1, (v.size() * static_cast<std::size_t>(ppm) + 999'999) / 1'000'000);
    const auto exact = static_cast<long double>(v[rank - 1]);
    const auto got = static_cast<long double>(h.percentile(share{ppm}));
    ASSERT_LE(got > exact ? got - exact : exact - got, exact * 0.002L) << "seed " << seed << " ppm " << ppm;
  }
  EXPECT_EQ(h.percentile(share{1'000'000}), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(h.min(), 0);
}

TEST(histogram, mean_is_exact_beyond_64_bits) {
  histogram h;
  const std::int64_t large = std::numeric_limits<std::int64_t>::max();
  h.record(large, 1'000'000);
  EXPECT_EQ(h.mean(), large);
  EXPECT_GT(h.sum_high(), 0u);
  h.clear();
  h.record(1);
  h.record(2);
  h.record(duration(-5));
  EXPECT_EQ(h.mean(), 1);
  EXPECT_EQ(h.count(), 3u);
  EXPECT_EQ(h.count_at_most(1), 2u);
}

TEST(histogram, merging_equals_recording_everything_in_one) {
  const std::vector<std::int64_t> v = values(3'000);
  histogram whole, a, b, c;
  for (std::size_t i = 0; i < v.size(); ++i) {
    whole.record(v[i]);
    (i % 3 == 0 ? a : i % 3 == 1 ? b : c).record(v[i]);
  }
  histogram abc = a, cba = c;
  abc.merge(b);
  abc.merge(c);
  cba.merge(b);
  cba.merge(a);
  cba.merge(histogram{});
  EXPECT_EQ(abc, whole);
  EXPECT_EQ(cba, whole);
  EXPECT_THROW(abc.merge(histogram{5}), check_failed);
}

TEST(histogram, stored_parts_come_back_and_impossible_ones_do_not) {
  histogram h;
  for (const std::int64_t x : values(1'000)) h.record(x);
  EXPECT_EQ(histogram::from_parts(h.to_parts()).value(), h);
  EXPECT_EQ(histogram::from_parts(histogram{}.to_parts()).value(), histogram{});
  const auto refused = [&h](auto spoil) {
    histogram::parts p = h.to_parts();
    spoil(p);
    return !histogram::from_parts(p).has_value();
  };
  EXPECT_TRUE(refused([](auto& p) { p.precision_bits = 0; }));
  EXPECT_TRUE(refused([](auto& p) { p.buckets.front().count = 0; }));
  EXPECT_TRUE(refused([](auto& p) { std::swap(p.buckets[0], p.buckets[1]); }));
  EXPECT_TRUE(refused([](auto& p) { p.buckets.back().index = 1u << 30; }));
  EXPECT_TRUE(refused([](auto& p) { p.max /= 2; }));
  EXPECT_TRUE(refused([](auto& p) { p.min = -1; }));
  EXPECT_TRUE(refused([](auto& p) { p.buckets[0].count = ~std::uint64_t{0}; }));
  EXPECT_TRUE(refused([](auto& p) { p.buckets.clear(); }));
}

TEST(recent_latency, knows_the_last_minute_only) {
  recent_latency r;
  const instant start(1h);
  for (int i = 0; i < 49; ++i) r.record(start, 100ms);
  EXPECT_EQ(r.p50(start), std::nullopt) << "too few";
  r.record(start, 100ms);
  EXPECT_EQ(r.p50(start), std::nullopt) << "remembered for a second";
  EXPECT_NEAR(static_cast<double>(r.p50(start + 1s)->count()), 1e8, 1.6e6);
  for (int i = 0; i < 50; ++i) r.record(start + 30s, 2s);
  EXPECT_NEAR(static_cast<double>(r.p95(start + 30s)->count()), 2e9, 3.2e7);
  EXPECT_NEAR(static_cast<double>(r.p50(start + 61s)->count()), 2e9, 3.2e7) << "the first slice is gone";
  EXPECT_EQ(r.p50(start + 91s), std::nullopt);
}

}  // namespace
}  // namespace epicenter::stats
