#include <gtest/gtest.h>

#include <epicenter/operations/event_stream.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"

namespace epicenter::operations {
namespace {

using epic::test::random_events;
using resilience::breaker_state;
using resilience::endpoint_class;

epic::event circuit(endpoint_class endpoint, breaker_state from, breaker_state to) {
  epic::events::circuit_changed what;
  what.endpoint = endpoint;
  what.change.from = from;
  what.change.to = to;
  epic::event told;
  told.what = what;
  return told;
}

epic::event of(decltype(epic::event::what) what) {
  epic::event told;
  told.what = std::move(what);
  return told;
}

std::vector<std::uint64_t> numbers(const std::vector<stream_event_ptr>& events) {
  std::vector<std::uint64_t> all;
  for (const auto& one : events) all.push_back(one->seq);
  return all;
}

TEST(EventStream, NumbersTheEventsOfAllTenantsWithoutAGap) {
  event_stream stream;
  const auto seen = stream.subscribe("test", 100);
  const auto north = stream.observer("north");
  const auto south = stream.observer("south");
  random_events source(1, false);
  for (int i = 0; i < 10; ++i) (i % 3 == 0 ? north : south)(source.next(1s));
  stream.publish(clock_stepped{5s}, instant(1min));
  const auto got = seen->take(100);
  EXPECT_EQ(numbers(got), (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(*got.at(0)->tenant, "north");
  EXPECT_EQ(*got.at(1)->tenant, "south");
  EXPECT_EQ(got.at(10)->tenant, nullptr);
  EXPECT_TRUE(seen->empty());
}

TEST(EventStream, ASlowSubscriberLosesTheOldestAndIsTheOnlyOne) {
  event_stream stream;
  const auto slow = stream.subscribe("slow", 3);
  const auto quick = stream.subscribe("quick", 100);
  const auto tell = stream.observer("north");
  random_events source(1, false);
  for (int i = 0; i < 8; ++i) tell(source.next(1s));
  EXPECT_EQ(slow->dropped(), 5U);
  EXPECT_EQ(numbers(slow->take(2)), (std::vector<std::uint64_t>{6, 7}));
  EXPECT_EQ(numbers(slow->take(2)), (std::vector<std::uint64_t>{8}));
  EXPECT_EQ(quick->dropped(), 0U);
  EXPECT_EQ(quick->take(100).size(), 8U);
}

TEST(EventStream, TellsANewSubscriberFirstHowThingsStand) {
  event_stream stream;
  const auto tell = stream.observer("north");
  tell(circuit(endpoint_class::read, breaker_state::closed, breaker_state::open));          // 1
  tell(circuit(endpoint_class::search, breaker_state::closed, breaker_state::open));        // 2
  tell(of(epic::events::token_refreshed{7, 300s}));                                         // 3
  tell(circuit(endpoint_class::read, breaker_state::open, breaker_state::half_open));       // 4
  tell(circuit(endpoint_class::search, breaker_state::open, breaker_state::half_open));     // 5
  tell(circuit(endpoint_class::search, breaker_state::half_open, breaker_state::closed));   // 6
  tell(of(epic::events::degradation_activated{}));                                          // 7
  tell(circuit(endpoint_class::read, breaker_state::half_open, breaker_state::half_open));  // 8: a lost probe
  const auto late = stream.subscribe("late", 100);
  tell(of(epic::events::token_invalidated{7}));
  const auto got = late->take(100);
  EXPECT_EQ(numbers(got), (std::vector<std::uint64_t>{3, 4, 7, 9}));
  EXPECT_TRUE(got.at(0)->replayed && got.at(1)->replayed && got.at(2)->replayed);
  EXPECT_FALSE(got.at(3)->replayed);
  tell(of(epic::events::degradation_deactivated{}));
  EXPECT_EQ(stream.subscribe("later", 100)->take(100).size(), 2U);
}

TEST(EventStream, WakesOncePerEmptyRingAndForgetsWhoLeft) {
  event_stream stream;
  const auto tell = stream.observer("north");
  random_events source(1, false);
  int woken = 0;
  auto seen = stream.subscribe("test", 10, [&woken] { ++woken; });
  tell(source.next(1s));
  tell(source.next(1s));
  EXPECT_EQ(woken, 1);
  (void)seen->take(1);
  tell(source.next(1s));
  EXPECT_EQ(woken, 1) << "one was still waiting";
  (void)seen->take(10);
  tell(source.next(1s));
  EXPECT_EQ(woken, 2);
  seen.reset();
  tell(source.next(1s));
  EXPECT_EQ(woken, 2);
  EXPECT_TRUE(stream.subscriptions().empty());
}

// Whatever capacity and pace: what was taken is ascending, and taken + dropped + waiting is all there was.
TEST(EventStream, LosesNothingWithoutCountingIt) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    event_stream stream;
    const auto tell = stream.observer("north");
    const auto seen = stream.subscribe("test", 1 + random.below(20));
    random_events source(seed, false);
    std::uint64_t taken = 0;
    std::uint64_t last = 0;
    for (std::uint64_t told = 1; told <= 300; ++told) {
      tell(source.next(1s));
      if (random.below(4) != 0) continue;
      for (const auto& one : seen->take(random.below(10))) {
        EXPECT_GT(one->seq, last);
        last = one->seq;
        ++taken;
      }
    }
    const auto rest = seen->take(1000);
    EXPECT_EQ(taken + rest.size() + seen->dropped(), 300U);
    EXPECT_EQ(rest.empty() ? last : rest.back()->seq, 300U) << "the newest is never dropped";
  }
}

TEST(EventStream, TellsANewSubscriberOfAChainThatDoesNotVerify) {
  event_stream stream;
  const auto standing = [&stream] {
    const auto taken = stream.subscribe("late", 10)->take(10);
    return static_cast<std::size_t>(std::count_if(taken.begin(), taken.end(), [](const auto& one) {
      return one->replayed && std::holds_alternative<upkeep_ran>(one->what);
    }));
  };
  upkeep_ran ran;
  ran.job = upkeep_job::ledger_purge;
  stream.publish(ran, instant(1s));
  EXPECT_EQ(standing(), 0U);
  ran.job = upkeep_job::audit_verify;
  ran.end = upkeep_end::alarm;
  stream.publish(ran, instant(2s));
  ran.end = upkeep_end::failed;
  stream.publish(ran, instant(3s));
  EXPECT_EQ(standing(), 1U) << "a look that failed takes nothing back";
  ran.end = upkeep_end::ok;
  stream.publish(ran, instant(4s));
  EXPECT_EQ(standing(), 0U);
  EXPECT_EQ(stream.published(), 4U);
}

}  // namespace
}  // namespace epicenter::operations
