// The 429 limiter: figures, fairness, and what it does to a server with a limit.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <epicenter/resilience/limiter.hpp>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

using state = limiter_waiter::state;

class waiter final : public limiter_waiter {
 public:
  explicit waiter(std::vector<int>* order = nullptr, int id = 0) : order_(order), id_(id) {}
  int nudged = 0;

 protected:
  void on_wake() noexcept override {
    if (status() == state::waiting) ++nudged;
    if (status() == state::granted && order_ != nullptr) order_->push_back(id_);
  }

 private:
  std::vector<int>* order_;
  int id_;
};

bool send(limiter& l, instant now) {
  waiter w;
  if (l.enter(w, now, 0s) != state::granted) return false;
  w.take();
  return true;
}

/// At 100 a second for 10 s.
instant warm(limiter& l) {
  instant now = at(0s);
  for (int i = 0; i < 1'000; ++i, now += 10ms) EXPECT_TRUE(send(l, now));
  return now;
}

TEST(limiter, is_off_until_the_first_throttled_answer) {
  limiter l;
  const instant now = warm(l);
  EXPECT_FALSE(l.on());
  EXPECT_NEAR(static_cast<double>(l.measured_milli()), 100'000, 1'000);
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(send(l, now)) << "no limit whatever the rate";
  l.on_throttled(now, 0s);
  EXPECT_TRUE(l.on());
}

TEST(limiter, lowers_the_rate_once_in_500_ms_whatever_the_number_of_answers) {
  limiter l;
  instant now = warm(l);
  for (int i = 0; i < 50; ++i, now += 9ms) l.on_throttled(now, 0s);
  EXPECT_EQ(l.decreases(), 1u);
  EXPECT_NEAR(static_cast<double>(l.rate_milli()), 70'000, 1'000) << "0.7 of what was sent before the first";
  l.on_throttled(now + 50ms, 0s);
  EXPECT_EQ(l.decreases(), 2u);
}

TEST(limiter, lowers_the_rate_once_in_a_period_the_server_asked_to_wait_for) {
  limiter l;
  const instant now = warm(l);
  l.on_throttled(now, 3s);
  for (int i = 1; i < 29; ++i) l.on_throttled(now + i * 100ms, 3s - i * 100ms);
  EXPECT_EQ(l.decreases(), 1u);
  l.on_throttled(now + 2900ms, 2s);  // the period is longer now
  EXPECT_EQ(l.held(now + 3s), 1900ms);
  l.on_throttled(now + 4800ms, 0s);
  EXPECT_EQ(l.decreases(), 1u);
  EXPECT_FALSE(send(l, now + 4899ms));
  EXPECT_TRUE(send(l, now + 4900ms));
  l.on_throttled(now + 4950ms, 0s);
  EXPECT_EQ(l.decreases(), 2u);
}

TEST(limiter, the_rate_follows_the_cubic_curve_up_to_twice_what_is_sent) {
  limiter l;
  const instant start = warm(l);
  const double before = static_cast<double>(l.measured_milli()) / 1e3;
  l.on_throttled(start, 0s);
  const double k = std::cbrt(before * 0.3 / 0.4);
  instant now = start;
  bool reached = false;
  while (now < start + 12s) {
    now += 1ms;
    while (send(l, now)) {
    }
    l.on_answer(now);
    const double t = static_cast<double>((now - start).count()) / 1e9;
    const double cubic = 0.4 * std::pow(t - k, 3) + before;
    const double cap = 2 * static_cast<double>(l.measured_milli()) / 1e3;
    ASSERT_NEAR(static_cast<double>(l.rate_milli()) / 1e3, std::min(cubic, cap), 0.5) << t;
    if (!reached && t > k) {
      reached = true;
      EXPECT_NEAR(static_cast<double>(l.rate_milli()) / 1e3, before, 1) << "back after K";
    }
  }
  EXPECT_TRUE(reached);
}

TEST(limiter, never_falls_below_its_floor) {
  limiter l;
  instant now = at(0s);
  send(l, now);
  for (int i = 0; i < 40; ++i, now += 1s) l.on_throttled(now, 0s);
  EXPECT_EQ(l.rate_milli(), 1'000);
  EXPECT_TRUE(send(l, now));
  EXPECT_FALSE(send(l, now + 999ms));
  EXPECT_TRUE(send(l, now + 1s));
}

TEST(limiter, is_off_again_after_60_s_without_throttling) {
  limiter l;
  const instant start = warm(l);
  l.on_throttled(start, 0s);
  for (instant now = start; now < start + 59'990ms; now += 10ms) {
    send(l, now);
    l.on_answer(now);
    ASSERT_TRUE(l.on()) << (now - start).count();
  }
  send(l, start + 60s);
  EXPECT_FALSE(l.on());
}

TEST(limiter, grants_in_order_refuses_what_cannot_make_it_and_passes_grants_on) {
  limiter_options o;
  o.queue_limit = 3;
  limiter l(o);
  l.on_throttled(at(0s), 1s);  // nothing was sent: at the floor of 1 a second
  std::vector<int> order;
  std::deque<waiter> all;
  for (int id = 1; id <= 3; ++id) EXPECT_EQ(l.enter(all.emplace_back(&order, id), at(0s)), state::waiting);
  EXPECT_EQ(l.wait_of(all[0], at(0s)), 1s);
  EXPECT_EQ(l.wait_of(all[2], at(0s)), 3s);
  waiter late;
  EXPECT_EQ(l.enter(late, at(0s), 3999ms), state::rejected);
  EXPECT_EQ(late.why(), (rejection{rejection_reason::rate_limited, 4s}));
  EXPECT_EQ(l.enter(late, at(0s), 5s), state::rejected);
  EXPECT_EQ(late.why().reason, rejection_reason::limiter_full);
  l.poll(at(999ms));
  EXPECT_TRUE(order.empty());
  l.poll(at(1s));
  EXPECT_EQ(order, (std::vector<int>{1}));
  EXPECT_EQ(l.wait_of(all[1], at(1'999'999'999ns)), 1us) << "rounded up";
  all[0].cancel();  // granted, but not sent
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  all[1].take();
  all[2].cancel();
  EXPECT_EQ(l.waiting(), 0u);
}

TEST(limiter, tells_the_first_in_the_queue_that_its_turn_came_nearer) {
  limiter l;
  const instant start = warm(l);
  l.on_throttled(start, 0s);
  waiter a, b, c;
  for (waiter* w : {&a, &b, &c}) EXPECT_EQ(l.enter(*w, start), state::waiting);
  EXPECT_TRUE(l.is_first(a));
  EXPECT_EQ(a.nudged, 0);
  const duration before = l.wait_of(a, start);
  l.on_answer(start + 5ms);
  EXPECT_EQ(a.nudged, 1) << "the rate has grown";
  EXPECT_LT(l.wait_of(a, start + 5ms), before - 5ms);
  a.cancel();
  EXPECT_EQ(b.nudged, 1) << "first now";
  l.poll(start + 20ms);
  EXPECT_EQ(b.status(), state::granted);
  EXPECT_EQ(c.nudged, 1);
  EXPECT_TRUE(l.is_first(c));
  c.cancel();
}

// A server that takes 50 a second and refuses the rest, a client that wants 200.
TEST(limiter, finds_the_rate_a_server_bears) {
  limiter l;
  double allowance = 50;
  int sent = 0;
  int refused = 0;
  for (instant now = at(0s); now < at(180s); now += 5ms) {
    allowance = std::min(50.0, allowance + 0.25);
    if (!send(l, now)) continue;
    ++sent;
    if (allowance >= 1) {
      allowance -= 1;
      l.on_answer(now);
    } else {
      ++refused;
      l.on_throttled(now, 0s);
    }
  }
  EXPECT_LT(refused, sent / 12) << "without a limiter three of four";
  EXPECT_GT(sent - refused, 180 * 50 * 8 / 10) << "most of what the server bears";
}

}  // namespace
}  // namespace epicenter::resilience::testing
