#include <gmock/gmock.h>

#include <epicenter/epic/error.hpp>

#include "lib/epicenter/epic/tests/trail_world.hpp"

namespace epicenter::epic::test {
namespace {

using testing::ElementsAre;

task<> pass(runtime::runtime& rt, duration time) {
  (void)co_await runtime::sleep_for(rt, time);
}
task<> recover(trail_world& w, duration after) {
  co_await pass(w.rt, after);
  w.log.down = false;
}

TEST(AuditTrail, WaitsForIntentsAndHandsOutcomesOver) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    auto noted = co_await here.trail.intent(audited_write, "a", by);
    EXPECT_TRUE(noted);
    EXPECT_EQ(here.log.size(), 1U);
    here.report("a");
    here.report("b");
    EXPECT_EQ(here.log.size(), 1U);
    co_await here.trail.settled();
    EXPECT_EQ(here.log.size(), 3U);
  });
  EXPECT_THAT(w.log.subjects(), ElementsAre("a", "aWRITTEN", "bWRITTEN"));
}

TEST(AuditTrail, OwesWhatTheLogDidNotTakeAndPaysAtTheNextIntent) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    here.log.down = true;
    here.report("a");
    here.report("b");
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 2U);
    auto refused = co_await here.trail.intent(audited_write, "c", by);
    EXPECT_FALSE(refused) << "writes fail closed";
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 2U) << "none is lost, none is there twice";
    here.log.down = false;
    auto taken = co_await here.trail.intent(audited_write, "d", by);
    EXPECT_TRUE(taken);
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 0U);
  });
  EXPECT_THAT(w.log.subjects(), ElementsAre("aWRITTEN", "d", "bWRITTEN")) << "one at a time, to see";
}

// The log comes back under load: an outcome is handed over before each intent, so that some answer is always
// outstanding.
TEST(AuditTrail, PaysWhileOtherEntriesAreAlwaysUnderWay) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    here.log.down = true;
    here.report(0, 50);
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 50U);
    here.log.down = false;
    for (int i = 50; i < 80; ++i) {
      here.report(i, 1);
      auto noted = co_await here.trail.intent(audited_call, "intent", by);
      EXPECT_TRUE(noted);
    }
    EXPECT_EQ(here.trail.owed(), 0U);
  });
}

TEST(AuditTrail, LetsNoneOvertakeTheOneThatGoesFirstToSee) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    here.report("a");
    co_await here.trail.settled();
    const auto by = here.by();
    auto trying = here.trail.intent(audited_call, "i", by);  // «a» is under way again, and will be refused
    co_await pass(here.rt, 500us);
    here.report("b");
    co_await pass(here.rt, 700us);
    here.log.down = false;
    co_await pass(here.rt, 2s);
  });
  EXPECT_THAT(w.log.subjects(), ElementsAre("aWRITTEN", "bWRITTEN"));
}

// Nothing else happens in this process.
TEST(AuditTrail, PaysByItselfWhenTheLogIsUpAgain) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    here.report(0, 300);
    (void)co_await runtime::sleep_for(here.rt, 1h);
    EXPECT_LT(here.log.handed_over, 400U) << "it does not knock all the time";
    here.log.down = false;
    (void)co_await runtime::sleep_for(here.rt, 61s);
    EXPECT_EQ(here.trail.owed(), 0U);
  });
  for (std::size_t i = 0; i < w.log.entries.size(); ++i)
    EXPECT_EQ(w.log.entries[i].subject, std::to_string(i)) << "in order";
  EXPECT_EQ(w.log.size(), 300U);
}

TEST(AuditTrail, TellsNobodyThatAnOutcomeIsDurableWhichWaitsBehindOthers) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    here.report(0, 100);
    co_await here.trail.settled();
    here.log.down = false;
    here.report("last");
    EXPECT_EQ(here.log.size(), 0U);
    co_await here.trail.settled();
    EXPECT_EQ(here.log.subjects().back(), "lastWRITTEN");
  });
}

// The last answer of a log that answers at once comes from within the call, of which there may be thousands.
TEST(AuditTrail, PaysABoundedNumberAtATimeAndNotFromWithinItself) {
  trail_world w(0ms);
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    here.report(0, 5000);
    EXPECT_EQ(here.trail.owed(), 5000U);
    here.log.down = false;
    const auto before = here.log.handed_over;
    here.report("one more");
    EXPECT_LE(here.log.handed_over - before, 1500U) << "others have their turn in between";
    EXPECT_GT(here.trail.owed(), 0U);
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 0U);
  });
  EXPECT_LE(w.log.deepest, 2);
  EXPECT_EQ(w.log.size(), 5001U);
}

TEST(AuditTrail, TellsHowManyEntriesItCouldNotKeep) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    const auto by = here.by();
    for (std::size_t i = 0; i < audit_trail::max_owed + 5; ++i)
      here.trail.outcome(audited_call, std::to_string(i), by, "200");
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), audit_trail::max_owed);
    here.log.down = false;
    // Under load that does not end, so that there is always one more to pay.
    for (int i = 0; here.trail.owed() > 0 && i < 1000; ++i) {
      (void)co_await here.trail.intent(audited_call, "i", by);
      here.trail.outcome(audited_call, "later" + std::to_string(i), by, "200");
    }
    EXPECT_EQ(here.trail.owed(), 0U);
    EXPECT_EQ(here.log.told_lost(), 5U);
    co_await here.trail.settled();
  });
  EXPECT_EQ(w.log.told_lost(), 5U) << "once";
}

TEST(AuditTrail, EndsInTimeAndCountsWhatTheLogDidNotTake) {
  trail_world w;
  unaudited left;
  w.run([&left](trail_world& here) -> task<> {
    here.log.down = true;
    here.report(0, 7);
    co_await here.trail.settled();
    const instant until = here.rt.now() + 3s;
    left = co_await here.trail.end(until);
    EXPECT_EQ(here.rt.now(), until);
    here.log.down = false;  // in time for the count
    (void)co_await runtime::sleep_for(here.rt, 1h);
  });
  EXPECT_EQ(left.lost, 7U);
  EXPECT_EQ(left.unanswered, 0U);
  EXPECT_EQ(w.log.told_lost(), 7U);
  EXPECT_EQ(w.log.size(), 1U) << "what was counted as lost does not come after all";
}

TEST(AuditTrail, EndsAtOnceWhenTheLogIsUpInTime) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.down = true;
    here.report(0, 7);
    auto ending = here.trail.end(here.rt.now() + 10s);
    runtime::spawn(here.rt, "log", recover(here, 2s));
    const unaudited left = co_await std::move(ending);
    EXPECT_EQ(left.lost + left.unanswered, 0U);
    EXPECT_LT(here.rt.now(), instant(2200ms));
  });
  EXPECT_EQ(w.log.size(), 7U);
}

TEST(AuditTrail, EndsInTimeWhereTheLogDoesNotAnswer) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    here.log.hung = true;
    here.report(0, 3);
    const unaudited left = co_await here.trail.end(instant(1s));
    EXPECT_EQ(here.rt.now(), instant(1s));
    EXPECT_EQ(left.lost, 0U) << "it may have them";
    EXPECT_EQ(left.unanswered, 3U);
  });
}

TEST(AuditTrail, LeavesTheLogAloneOnceItIsGone) {
  runtime::virtual_runtime rt{{}};
  failing_log log(rt, 1ms);
  {
    audit_trail trail(rt, log, secret("key"));
    const std::string nobody;
    log.down = true;
    trail.outcome(audited_write, "a", {nobody, nobody}, "WRITTEN");
  }
  runtime::spawn(rt, "test", pass(rt, 1h));
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(log.handed_over, 1U);
}

TEST(AuditTrail, AdmitsNothingThatTheLogDoesNotTake) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    const auto admitted = co_await here.trail.admit(audit::event::merge_confirmed, "merge", by);
    EXPECT_TRUE(admitted);
    EXPECT_EQ(here.log.size(), 1U);
    here.log.down = true;
    const auto refused = co_await here.trail.admit(audit::event::merge_confirmed, "merge", by);
    EXPECT_EQ(refused.error(), make_error_code(errc::audit_unavailable));
  });
}

}  // namespace
}  // namespace epicenter::epic::test
