#include <gmock/gmock.h>

#include <epicenter/audit/event_types.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/operations/circuit_audit.hpp>
#include <epicenter/resilience/breaker.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"
#include "lib/epicenter/operations/tests/unsteady_log.hpp"
#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::operations {
namespace {

using resilience::breaker;
using resilience::breaker_event;
using resilience::breaker_state;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A breaker whose events go the way that an adapter's go.
struct CircuitAudit : ::testing::Test {
  void pass(duration how_long) {
    const auto wait = [](runtime::runtime& world, duration d) -> runtime::task<> {
      auto slept = co_await runtime::sleep_for(world, d);
      EXPECT_TRUE(slept);
    };
    runtime::spawn(rt, "time", wait(rt, how_long));
    rt.run();
  }
  void publish(const breaker_event& change) {
    epic::event told;
    told.what = epic::events::circuit_changed{resilience::endpoint_class::search, change};
    tell(told);
  }

  runtime::virtual_runtime rt{{}};
  test::unsteady_log log{rt};
  event_stream stream;
  std::optional<circuit_audit> audited{std::in_place, rt, stream, log};
  epic::event_observer tell = stream.observer("north");
  breaker circuit{
      {}, [] { return std::uint64_t{7}; }, [this](const breaker_event& change) { publish(change); }};
};

TEST_F(CircuitAudit, NamesWhoForcedWhatAndWhy) {
  circuit.force_open(rt.now(), 90s, "admin_7", "Epic asked for a pause");
  pass(1s);
  const auto all = log.entries();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].type, audit::event::breaker_forced);
  EXPECT_EQ(all[0].stage, audit::stage::outcome);
  EXPECT_EQ(all[0].user, "admin_7");
  EXPECT_EQ(all[0].subject, "north/search");
  EXPECT_EQ(all[0].result, "forced_open");
  EXPECT_EQ(all[0].at, rt.wall() - 1s);
  const auto details = json::parse(all[0].details).value();
  EXPECT_EQ(details.string_at("from"), "closed");
  EXPECT_EQ(details.string_at("to"), "forced_open");
  EXPECT_EQ(details.string_at("reason"), "Epic asked for a pause");
  EXPECT_EQ(*details.find("for_seconds"), json::value(90.0));
}

TEST_F(CircuitAudit, HoldsEveryWayToForceInOrderAndNothingThatHappensByItself) {
  circuit.force_open(rt.now(), 5s, "a", "");
  circuit.force_open(rt.now(), 5s, "a", "again: it is so already");
  circuit.to_half_open(rt.now(), "b", "");
  circuit.force_closed(rt.now(), 1s, "c", "");
  circuit.watch_only(rt.now(), 1s, "d", "");
  circuit.reset(rt.now(), "e", "");
  circuit.force_closed(rt.now(), 1s, "f", "");
  pass(2s);
  circuit.acquire(rt.now())->complete(resilience::outcome::ok(), rt.now());
  EXPECT_EQ(circuit.state(), breaker_state::closed) << "the force has ended by itself";
  for (int i = 0; i < 200; ++i) {
    auto let_in = circuit.acquire(rt.now());
    if (!let_in) break;
    let_in->complete(resilience::outcome::fail(resilience::failure_kind::server_error), rt.now());
  }
  EXPECT_EQ(circuit.state(), breaker_state::open) << "by itself";
  pass(1s);
  std::vector<std::string> seen;
  for (const auto& one : log.entries()) seen.push_back(one.user + ' ' + one.result);
  EXPECT_THAT(seen, ElementsAre("a forced_open", "b half_open", "c forced_closed", "d metrics_only",
                                "e closed", "f forced_closed"));
}

TEST_F(CircuitAudit, DoesNotHoldTheOperatorUpAndOwesWhatTheLogRefuses) {
  log.down = true;
  EXPECT_TRUE(circuit.force_open(rt.now(), 0s, "admin_7", "")) << "at once";
  circuit.to_half_open(rt.now(), "admin_8", "");
  pass(10min);
  EXPECT_EQ(audited->owed(), 2U);
  EXPECT_LT(log.asked, 20U) << "pauses grow";
  const auto refused = store::test::run(rt, audited->flush());
  EXPECT_FALSE(refused) << "and says so to who asks";
  log.down = false;
  pass(1min + 1s);
  EXPECT_EQ(audited->owed(), 0U);
  std::vector<std::string> users;
  for (const auto& one : log.entries()) users.push_back(one.user);
  EXPECT_THAT(users, ElementsAre("admin_7", "admin_8"));
}

TEST_F(CircuitAudit, CountsWhatItCannotKeepAndTellsTheLog) {
  log.down = true;
  for (std::size_t i = 0; i < audit_outbox::max_owed + 7; ++i) {
    if (i % 2 == 0) {
      circuit.force_open(rt.now(), 0s, "admin_7", "");
    } else {
      circuit.reset(rt.now(), "admin_7", "");
    }
  }
  EXPECT_EQ(audited->owed(), audit_outbox::max_owed);
  log.down = false;
  log.latency = 0ms;
  pass(1min);
  const auto all = log.entries();
  ASSERT_THAT(all, SizeIs(audit_outbox::max_owed + 1));
  EXPECT_EQ(all.back().type, audit::event::entries_lost);
  EXPECT_EQ(all.back().result, "7");
}

TEST_F(CircuitAudit, TakesNoNoteOfOtherEventsAndEndsWithItsObject) {
  epic::test::random_events source(1, false);
  std::size_t by_hand = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto told = source.next(1s);
    const auto* change = std::get_if<epic::events::circuit_changed>(&told.what);
    const bool manual = change != nullptr && change->change.is_transition() &&
                        change->change.cause == resilience::transition_cause::manual;
    by_hand += manual ? 1U : 0U;
    tell(told);
  }
  stream.publish(clock_stepped{5s}, rt.now());
  pass(10s);
  EXPECT_EQ(log.size(), by_hand);
  audited.reset();
  circuit.force_open(rt.now(), 0s, "admin_7", "");
  pass(10s);
  EXPECT_EQ(log.size(), by_hand);
}

// An answer that comes when the outbox is gone.
TEST_F(CircuitAudit, MayGoWhileAnEntryIsUnderWay) {
  circuit.force_open(rt.now(), 0s, "admin_7", "");
  audited.reset();
  pass(1s);
  EXPECT_EQ(log.size(), 1U);
  EXPECT_THAT(rt.live_tasks(), IsEmpty());
}

}  // namespace
}  // namespace epicenter::operations
