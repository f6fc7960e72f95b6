#include <gtest/gtest.h>

#include "lib/epicenter/base/tests/draws.hpp"
#include "lib/epicenter/epic/tests/trail_world.hpp"

namespace epicenter::epic::test {
namespace {

// Operations side by side over a log that fails by itself and in spells. What must hold whatever happens: no
// outcome twice, none overtakes one that is owed (both watched by the log itself), none before its intent,
// and each is in the log or counted.
struct random_day {
  trail_world& here;
  std::uint64_t outcomes = 0;
  bool over = false;
};

task<> operate(random_day& day, std::string name) {
  auto& w = day.here;
  auto random = w.rt.random(name);
  const auto by = w.by();
  for (int i = 0; i < 30; ++i) {
    (void)co_await runtime::sleep_for(w.rt, random.between(0ms, 40ms));
    const std::string subject = name + '.' + std::to_string(i);
    const auto noted = co_await w.trail.intent(audited_write, subject, by);
    if (!noted && random.chance_ppm(500'000)) continue;  // a write; a read goes on
    if (random.chance_ppm(500'000)) (void)co_await runtime::sleep_for(w.rt, random.between(0ms, 5ms));
    ++day.outcomes;
    w.report(subject);
    if (random.chance_ppm(300'000)) co_await w.trail.settled();
  }
}

task<> weather(random_day& day) {
  auto& w = day.here;
  auto random = w.rt.random("weather");
  w.log.fail_ppm = static_cast<std::int64_t>(random.below(3)) * 100'000;
  while (!day.over) {
    (void)co_await runtime::sleep_for(w.rt, random.between(1ms, 300ms));
    w.log.down = random.chance_ppm(500'000);
  }
}

task<> live_through(random_day& day) {
  runtime::task_group callers(day.here.rt);
  for (const auto* name : {"a", "b", "c", "d"}) callers.spawn(name, operate(day, name));
  runtime::task_group sky(day.here.rt);
  sky.spawn("weather", weather(day));
  co_await callers.join();
  day.over = true;
  co_await sky.join();
}

TEST(AuditTrail, HasEachOutcomeOnceInOrderOrCountsItWhateverTheLogDoes) {
  std::uint64_t lost_in_all = 0;
  std::uint64_t days_of_trouble = 0;
  for (std::uint64_t seed = 1; seed <= testkit::seeds_or(200, 20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    trail_world w(seed % 3 == 0 ? 0ms : 1ms, seed);
    random_day day{w};
    unaudited left;
    w.run([&day, &left](trail_world& here) -> task<> {
      co_await live_through(day);
      const instant until = here.rt.now() + 2s;
      left = co_await here.trail.end(until);
      EXPECT_LE(here.rt.now(), until);
      here.log.down = false;
      (void)co_await runtime::sleep_for(here.rt, 1h);
    });
    EXPECT_EQ(left.unanswered, 0U);
    EXPECT_LE(w.log.deepest, 2);
    std::set<std::string> intents;
    std::set<std::string> outcomes;
    for (const auto& one : w.log.entries) {
      if (one.type == audit::event::entries_lost) continue;
      auto& stage = one.stage == audit::stage::intent ? intents : outcomes;
      EXPECT_TRUE(stage.insert(one.subject).second) << one.subject << " is there twice";
      const bool late = one.stage == audit::stage::intent && outcomes.count(one.subject) > 0;
      EXPECT_FALSE(late) << one.subject << " has its outcome before its intent";
    }
    EXPECT_EQ(outcomes.size() + left.lost, day.outcomes);
    lost_in_all += left.lost;
    days_of_trouble += w.log.handed_over > day.outcomes ? 1 : 0;
  }
  EXPECT_GT(lost_in_all, 0U) << "otherwise the log never was down at an end";
  EXPECT_GT(days_of_trouble, 0U);
}

}  // namespace
}  // namespace epicenter::epic::test
