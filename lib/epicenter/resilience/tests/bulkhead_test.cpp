// Admission, order, overload, cancellation.
#include <gtest/gtest.h>

#include <deque>
#include <epicenter/resilience/bulkhead.hpp>
#include <memory>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

using state = bulkhead_waiter::state;

class probe_waiter : public bulkhead_waiter {
 public:
  explicit probe_waiter(std::vector<int>* order = nullptr, int id = 0) : order_(order), id_(id) {}
  int woken = 0;

 protected:
  void on_wake() noexcept override {
    ++woken;
    if (order_ != nullptr) order_->push_back(status() == state::granted ? id_ : -id_);
  }

 private:
  std::vector<int>* order_;
  int id_;
};

bulkhead_options of(std::size_t limit) {
  bulkhead_options o;
  o.limit = o.queue_limit = limit;
  return o;
}

TEST(bulkhead, admits_up_to_the_limit_queues_as_many_and_rejects_the_rest) {
  bulkhead b(of(2));
  probe_waiter w[5];
  EXPECT_EQ(b.enter(w[0], {at(1s)}), state::granted);
  EXPECT_EQ(b.enter(w[1], {at(1s)}), state::granted);
  EXPECT_EQ(b.enter(w[2], {at(1s)}), state::waiting);
  EXPECT_EQ(b.enter(w[3], {at(1s), 1s, 2s}), state::rejected);
  EXPECT_EQ(w[3].why().reason, rejection_reason::deadline_unreachable);
  EXPECT_EQ(b.enter(w[3], {at(1s)}), state::waiting);
  EXPECT_EQ(b.enter(w[4], {at(1s)}), state::rejected);
  EXPECT_EQ(w[4].why().reason, rejection_reason::bulkhead_full);
  bulkhead_slot first = w[0].take();
  first.release(at(1s));
  EXPECT_EQ(w[2].status(), state::granted);
  EXPECT_EQ(w[2].woken, 1);
  EXPECT_EQ(w[3].woken, 0);
  EXPECT_EQ(b.running(), 2u);
}

TEST(bulkhead, a_slot_granted_to_a_cancelled_waiter_passes_on) {
  bulkhead b(of(1));
  probe_waiter running, third;
  auto second = std::make_unique<probe_waiter>();
  b.enter(running, {at(1s)});
  bulkhead b2(of(2));
  bulkhead_slot slot = running.take();
  EXPECT_EQ(b.enter(*second, {at(1s)}), state::waiting);
  slot.release(at(1s));
  ASSERT_EQ(second->status(), state::granted);
  EXPECT_EQ(b.enter(third, {at(1s)}), state::waiting);
  second.reset();  // its coroutine was destroyed between the grant and its resumption
  EXPECT_EQ(third.status(), state::granted);
  third.cancel(at(2s));
  EXPECT_EQ(b.running(), 0u);
}

TEST(bulkhead, is_first_in_first_out_until_overloaded_then_newest_first_and_sheds) {
  bulkhead b(of(10));
  std::vector<int> order;
  std::deque<probe_waiter> waiters;
  std::deque<bulkhead_slot> slots;
  for (int i = 0; i < 10; ++i) {
    b.enter(waiters.emplace_back(), {at(0s)});
    slots.push_back(waiters.back().take());
  }
  const auto free_one = [&](instant now) {
    slots.front().release(now);
    slots.pop_front();
  };
  for (int id = 1; id <= 5; ++id) b.enter(waiters.emplace_back(&order, id), {at(10ms)});
  free_one(at(20ms));
  free_one(at(30ms));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_FALSE(b.overloaded());
  b.enter(waiters.emplace_back(&order, 6), {at(600ms)});  // 3 waits 590 ms; the short waits still count
  EXPECT_FALSE(b.overloaded());
  b.enter(waiters.emplace_back(&order, 7), {at(1090ms)});
  b.enter(waiters.emplace_back(&order, 8),
          {at(1100ms)});  // a whole interval in which nobody waited less than 50 ms
  EXPECT_TRUE(b.overloaded());
  EXPECT_EQ(order, (std::vector<int>{1, 2, -3, -4, -5, -6}));
  EXPECT_EQ(waiters[12].why().reason, rejection_reason::queue_shed);
  free_one(at(1110ms));
  EXPECT_EQ(order.back(), 8);
  free_one(at(1110ms));
  EXPECT_EQ(order.back(), 7);
  probe_waiter next;
  b.enter(next, {at(1120ms)});
  EXPECT_FALSE(b.overloaded()) << "the queue was empty";
}

TEST(bulkhead, an_opening_breaker_wakes_everybody_who_waits) {
  bulkhead b(of(3));
  std::deque<probe_waiter> waiters(6);
  for (probe_waiter& w : waiters) b.enter(w, {at(1s)});
  b.fail_all(rejection{rejection_reason::breaker_open, 5s});
  for (std::size_t i = 3; i < 6; ++i) {
    EXPECT_EQ(waiters[i].status(), state::rejected);
    EXPECT_EQ(waiters[i].why(), (rejection{rejection_reason::breaker_open, 5s}));
  }
  EXPECT_EQ(b.waiting(), 0u);
  EXPECT_EQ(b.running(), 3u);
}

TEST(bulkhead, ramps_from_a_tenth_to_the_whole) {
  bulkhead b(of(100));
  EXPECT_EQ(b.limit_at(at(1s)), 100u);
  b.start_ramp(at(10s), 5s);
  EXPECT_EQ(b.limit_at(at(10s)), 10u);
  EXPECT_NEAR(static_cast<double>(b.limit_at(at(12'500ms))), 55, 1);
  EXPECT_EQ(b.limit_at(at(15s)), 100u);
  bulkhead tiny(of(4));
  tiny.start_ramp(at(10s), 5s);
  EXPECT_EQ(tiny.limit_at(at(10s)), 1u);
}

// Whatever happens: never more than the limit, nobody forgotten, no place idle while somebody waits.
TEST(bulkhead, random_walk_keeps_limit_and_loses_nobody) {
  const std::uint64_t first = 20'261'123;
  std::printf("seeds %llu..+49\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + 50; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    draws random(seed);
    const std::size_t limit = 1 + random.below(6);
    bulkhead b(of(limit));
    std::vector<std::unique_ptr<probe_waiter>> waiters;
    std::vector<bulkhead_slot> slots;
    instant now = at(1s);
    for (int i = 0; i < 3'000; ++i) {
      now += random.upto(40ms);
      const std::uint64_t what = random.below(6);
      if (what < 3) {
        waiters.push_back(std::make_unique<probe_waiter>());
        if (b.enter(*waiters.back(), {now}) == state::rejected) waiters.pop_back();
      } else if (what == 3 && !slots.empty()) {
        std::swap(slots[random.below(slots.size())], slots.back());
        slots.back().release(now);
        slots.pop_back();
      } else if (what == 4 && !waiters.empty()) {
        std::swap(waiters[random.below(waiters.size())], waiters.back());
        if (random.one_in(2)) waiters.back()->cancel(now);
        waiters.pop_back();
      } else if (random.one_in(50)) {
        b.fail_all(rejection{});
      }
      std::size_t granted = 0;
      std::size_t waiting = 0;
      for (auto& w : waiters) {
        if (w->status() == state::granted && random.one_in(2)) slots.push_back(w->take());
        granted += w->status() == state::granted ? 1u : 0u;
        waiting += w->status() == state::waiting ? 1u : 0u;
      }
      std::erase_if(waiters, [](const auto& w) {
        return w->status() == state::idle || w->status() == state::rejected;
      });
      ASSERT_EQ(b.running(), slots.size() + granted);
      ASSERT_EQ(b.waiting(), waiting);
      ASSERT_LE(b.running(), limit);
      ASSERT_LE(b.waiting(), limit);
      ASSERT_TRUE(waiting == 0 || b.running() == limit);
    }
    waiters.clear();
    slots.clear();
    ASSERT_EQ(b.running(), 0u);
  }
}

}  // namespace
}  // namespace epicenter::resilience::testing
