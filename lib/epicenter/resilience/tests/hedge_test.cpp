// When a hedge is sent, and what it may cost.
#include <gtest/gtest.h>

#include <epicenter/resilience/hedge.hpp>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

hedge_input calm() {
  hedge_input in;
  in.cls = retry_class::safe;
  in.running = 1;
  in.limit = 64;
  in.p50 = 20ms;
  in.p95 = 120ms;
  in.remaining = 10s;
  return in;
}

void earn(hedge& h, int calls = 20) {
  for (int i = 0; i < calls; ++i) h.count_call();
}

no_hedge refusal(const hedge_input& in) {
  hedge h;
  earn(h);
  const auto delay = h.delay(in);
  EXPECT_FALSE(delay);
  retry_budget budget;
  EXPECT_FALSE(h.take(in, budget, at(0s))) << "what forbids waiting for it forbids sending it";
  EXPECT_EQ(budget.milli_tokens(at(0s)), 20'000);
  return delay ? no_hedge::disabled : delay.error();
}

TEST(hedge, waits_for_the_p95_and_at_least_50_ms) {
  hedge h;
  earn(h);
  EXPECT_EQ(h.delay(calm()).value(), 120ms);
  hedge_input quick = calm();
  quick.p95 = 3ms;
  EXPECT_EQ(h.delay(quick).value(), 50ms);
}

TEST(hedge, is_off_wherever_it_could_do_harm) {
  const auto with = [](auto change) {
    hedge_input in = calm();
    change(in);
    return refusal(in);
  };
  EXPECT_EQ(with([](auto& in) { in.cls = retry_class::idempotent; }), no_hedge::not_safe);
  EXPECT_EQ(with([](auto& in) { in.cls = retry_class::non_idempotent; }), no_hedge::not_safe);
  EXPECT_EQ(with([](auto& in) { in.endpoint = endpoint_class::bulk; }), no_hedge::bulk);
  EXPECT_EQ(with([](auto& in) { in.endpoint = endpoint_class::token; }), no_hedge::bulk);
  EXPECT_EQ(with([](auto& in) { in.attempt = 2; }), no_hedge::not_first);
  EXPECT_EQ(with([](auto& in) { in.p95.reset(); }), no_hedge::unknown_latency);
  EXPECT_EQ(with([](auto& in) { in.breaker_closed = false; }), no_hedge::breaker);
  EXPECT_EQ(with([](auto& in) { in.limiter_on = true; }), no_hedge::limiter);
  EXPECT_EQ(with([](auto& in) { in.running = 33; }), no_hedge::bulkhead);
  EXPECT_EQ(with([](auto& in) { in.remaining = 19ms; }), no_hedge::deadline);
  hedge h;
  earn(h);
  hedge_input half = calm();
  half.running = 32;
  EXPECT_TRUE(h.delay(half));
  half.remaining = 139ms;
  EXPECT_EQ(h.delay(half).error(), no_hedge::deadline) << "delay + p50";
  half.remaining = 140ms;
  EXPECT_TRUE(h.delay(half));
  EXPECT_EQ(hedge(hedge_options{.enabled = false}).delay(calm()).error(), no_hedge::disabled);
}

TEST(hedge, pays_from_the_budget_of_retries_and_gives_back_what_was_not_sent) {
  hedge h;
  earn(h);
  retry_budget budget(retry_budget_options{.cap_milli = 1'500, .per_second_milli = 0});
  {
    const auto token = h.take(calm(), budget, at(0s));
    ASSERT_TRUE(token);
    EXPECT_EQ(budget.milli_tokens(at(0s)), 500);
    h.not_sent();
  }
  EXPECT_EQ(budget.milli_tokens(at(0s)), 1'500);
  h.take(calm(), budget, at(0s))->spend();
  EXPECT_EQ(h.take(calm(), budget, at(0s)).error(), no_hedge::share);
  earn(h);
  EXPECT_EQ(h.take(calm(), budget, at(0s)).error(), no_hedge::budget);
  EXPECT_EQ(h.hedges(), 1u);
}

// At every moment at most one call in twenty has had a hedge, and a calm hour does not save up a storm.
TEST(hedge, random_walk_keeps_its_share) {
  const std::uint64_t first = 20'261'123;
  std::printf("seeds %llu..+49\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + 50; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    draws random(seed);
    hedge h;
    retry_budget budget(retry_budget_options{.cap_milli = 1'000'000'000});
    std::uint64_t calls_since = 0;
    std::uint64_t hedges_since = 0;
    for (int i = 0; i < 10'000; ++i) {
      if (i % 1'000 == 0) calls_since = hedges_since = 0;
      h.count_call();
      ++calls_since;
      if (random.one_in(i % 2'000 < 1'000 ? 50 : 2)) {
        auto token = h.take(calm(), budget, at(0s));
        if (token && random.one_in(10)) {
          h.not_sent();
        } else if (token) {
          token->spend();
          ++hedges_since;
        }
      }
      ASSERT_LE(h.hedges() * 20, h.calls());
      ASSERT_LE(hedges_since * 20, calls_since + 10 * 20) << "ten saved at most";
    }
    EXPECT_GT(h.hedges(), 250u) << "and a storm gets its share";
  }
}

}  // namespace
}  // namespace epicenter::resilience::testing
