#include "harness/load/generator.hpp"

#include <gmock/gmock.h>

#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <map>

namespace epicenter::load {
namespace {

struct seen {
  std::vector<arrival> arrivals;
  std::vector<instant> dropped;
};

runtime::task<> take(runtime::runtime& rt, seen& s, arrival a, duration service) {
  s.arrivals.push_back(a);
  (void)co_await sleep_for(rt, service);
}

seen run(options o, duration length, duration service, std::uint64_t seed = 7) {
  runtime::virtual_options vo;
  vo.seed = seed;
  runtime::virtual_runtime rt(vo);
  seen s;
  generator g(
      rt, std::move(o), [&rt, &s, service](arrival a) { return take(rt, s, a, service); },
      [&s](instant at) { s.dropped.push_back(at); });
  spawn(rt, "test", g.run(rt.now(), rt.now() + length));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  return s;
}

options open_load(std::int64_t per_second) {
  options o;
  o.stages = {{rate{per_second, 1s}, 0s}};
  o.weights = {50, 25, 15, 10};
  return o;
}

TEST(Generator, PoissonArrivalsKeepRateAndWeights) {
  const auto s = run(open_load(50), 1000s, 1ms);
  EXPECT_NEAR(static_cast<double>(s.arrivals.size()), 50'000.0, 1'000.0);
  std::map<std::size_t, int> kinds;
  for (const auto& a : s.arrivals) ++kinds[a.kind];
  EXPECT_NEAR(kinds[0], 25'000, 900);
  EXPECT_NEAR(kinds[3], 5'000, 400);
}

TEST(Generator, ArrivalsDoNotWaitForAnswers) {
  const auto slow = run(open_load(50), 100s, 10s);
  const auto fast = run(open_load(50), 100s, 1ms);
  ASSERT_EQ(slow.arrivals.size(), fast.arrivals.size());
  for (std::size_t i = 0; i < slow.arrivals.size(); ++i) {
    EXPECT_EQ(slow.arrivals[i].intended, fast.arrivals[i].intended);
    EXPECT_EQ(slow.arrivals[i].late, 0ns);
  }
}

TEST(Generator, PastMaxInFlightAnArrivalIsCountedAsDropped) {
  auto o = open_load(100);
  o.arrivals = arrival_process::uniform;
  o.max_in_flight = 10;
  const auto s = run(o, 10s, 1s);
  EXPECT_EQ(s.arrivals.size() + s.dropped.size(), 999u);
  EXPECT_NEAR(static_cast<double>(s.arrivals.size()), 100.0, 10.0);
}

TEST(Generator, StagesFollowEachOther) {
  auto o = open_load(1);
  o.arrivals = arrival_process::uniform;
  o.stages = {{rate{10, 1s}, 10s}, {rate{100, 1s}, 10s}};
  const auto s = run(o, 20s, 1ms);
  int early = 0;
  for (const auto& a : s.arrivals) early += a.intended.time_since_epoch() < 10s;
  EXPECT_NEAR(early, 100, 2);
  EXPECT_NEAR(static_cast<double>(s.arrivals.size()), 1100.0, 20.0);
}

TEST(Generator, ClosedLoadKeepsItsCallersBusy) {
  auto o = open_load(1);
  o.open = false;
  o.max_in_flight = 8;
  EXPECT_EQ(run(o, 10s, 1s).arrivals.size(), 80u);
}

TEST(Generator, ClosedLoadHoldsToItsLimitHoweverFastTheAnswersCome) {
  auto o = open_load(1);
  o.open = false;
  o.max_in_flight = 8;
  o.at_most = rate{50, 1s};
  EXPECT_EQ(run(o, 10s, 0s).arrivals.size(), 500u) << "answers that cost no time do not stop the clock";
  EXPECT_EQ(run(o, 10s, 1s).arrivals.size(), 80u) << "slow answers are the closer limit";
}

runtime::task<> stop_at(runtime::runtime& rt, generator& g, instant at) {
  (void)co_await sleep_until(rt, at);
  g.stop();
}

TEST(Generator, ACallerThatWaitsForItsTurnIsStoppedAtOnce) {
  auto o = open_load(1);
  o.open = false;
  o.max_in_flight = 100;
  o.at_most = rate{1, 1s};
  runtime::virtual_runtime rt(runtime::virtual_options{});
  seen s;
  generator g(
      rt, o, [&rt, &s](arrival a) { return take(rt, s, a, 1ms); }, [](instant) {});
  spawn(rt, "test", g.run(rt.now(), rt.now() + 1h));
  spawn(rt, "stop", stop_at(rt, g, rt.now() + 2500ms));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(s.arrivals.size(), 3u);
  EXPECT_LT(rt.now().time_since_epoch(), 3s);
}

TEST(Generator, TheSeedDecidesTheArrivals) {
  const auto a = run(open_load(50), 10s, 1ms, 1);
  const auto b = run(open_load(50), 10s, 1ms, 1);
  const auto c = run(open_load(50), 10s, 1ms, 2);
  ASSERT_EQ(a.arrivals.size(), b.arrivals.size());
  EXPECT_EQ(a.arrivals.back().intended, b.arrivals.back().intended);
  EXPECT_NE(a.arrivals.back().intended, c.arrivals.back().intended);
}

}  // namespace
}  // namespace epicenter::load
