#include <epicenter/runtime/random.hpp>
#include <epicenter/runtime/virtual/event_queue.hpp>

#include <gtest/gtest.h>

#include <list>
#include <set>

namespace epicenter::runtime {
namespace {

struct nothing final : queued_event {
  nothing() : queued_event(event_kind::timer) {}
  void fire() override {}
};

TEST(event_queue, comes_out_by_time_and_then_in_the_order_of_scheduling) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    random_stream random(seed);
    event_queue queue;
    std::vector<nothing> events(300);
    std::set<std::tuple<instant, int, nothing*>> expected;  // the obvious queue
    std::vector<std::tuple<instant, int, nothing*>> keys(events.size());
    for (int step = 0; step < 5000; ++step) {
      const std::size_t which = random.below(events.size());
      nothing& one = events[which];
      if (one.is_scheduled() && random.chance_ppm(300'000)) {
        queue.remove(one);
        expected.erase(keys[which]);
      } else if (random.chance_ppm(500'000)) {
        expected.erase(keys[which]);
        keys[which] = {instant(random.between(0ns, 50ns)), step, &one};
        queue.schedule(one, std::get<0>(keys[which]));
        expected.insert(keys[which]);
      } else if (!expected.empty()) {
        EXPECT_EQ(queue.next_due(), std::get<0>(*expected.begin()));
        EXPECT_EQ(&queue.pop(), std::get<2>(*expected.begin()));
        expected.erase(expected.begin());
      }
      ASSERT_EQ(queue.empty(), expected.empty());
    }
  }
}

}  // namespace
}  // namespace epicenter::runtime
