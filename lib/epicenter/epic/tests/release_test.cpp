// A person's one release, whatever ends before it is sent.
#include <epicenter/policy/service.hpp>

#include "lib/epicenter/epic/tests/review_world.hpp"

namespace epicenter::epic::test {
namespace {

using store::write_state::needs_review;
using store::write_state::planned;
using store::write_state::sending;
using store::write_state::unknown;

/// As `epicenter worklist release` does it, while the application is stopped.
task<> release_in_the_ledger(world& w) {
  const auto seen = co_await w.row("op-w");
  store::resolution decided;
  decided.operation = "op-w";
  decided.actor = "nurse-1";
  decided.version = seen.version;
  EXPECT_TRUE(co_await w.ledger->release_once(decided));
}

task<> move(world& w, store::write_state from, store::write_state to) {
  store::ledger::change change{"op-w", from, to, {}, {}, {}};
  EXPECT_TRUE(co_await w.ledger->advance(change));
}

task<> released_while_stopped(world& w) {
  co_await lose_one(w);
  co_await w.epic().stop(1s);
  co_await release_in_the_ledger(w);
  co_await start_again(w);
  co_await settled(w);
  co_await w.epic().stop(1s);
  co_await start_again(w);
  co_await settled(w);
}

TEST(Release, WhileTheApplicationIsStoppedIsSentByTheNextStartOnce) {
  world w("interactive", ":memory:", sealed());
  lose_posts(w, 1);
  w.run(released_while_stopped);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING UNKNOWN NEEDS_REVIEW SENDING WRITTEN");
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 2U);
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
  EXPECT_EQ(entries_by(w, "nurse-1"), 1U) << "who let it be sent is in the audit log";
}

// Sites whose searches prove something would let a queued write be sent again.
task<> killed_while_it_is_sent(world& w, bool queue) {
  store::ledger_row row;
  row.operation = "op-w";
  row.kind = "order_lab";
  row.resource_type = "ServiceRequest";
  row.patient = patient_id;
  row.payload = R"({"resourceType":"ServiceRequest"})";
  row.queued = queue;
  row.send_by = w.rt().wall() + 24h;
  EXPECT_TRUE(co_await w.ledger->plan(row));
  co_await move(w, planned, sending);
  co_await move(w, sending, unknown);
  co_await move(w, unknown, needs_review);
  co_await release_in_the_ledger(w);
  co_await move(w, planned, sending);
  co_await start_again(w);
  co_await settled(w);
}

TEST(Release, ThatWasUnderWayInACrashIsLookedForAndNotSentAgain) {
  for (const bool queue : {false, true}) {
    for (const bool filed : {false, true}) {
      world w("interactive", ":memory:", sealed());
      w.options.site.identifiers_searchable.emplace("ServiceRequest");
      if (filed)
        w.epic_site.filings.push_back({"ServiceRequest", "f7", "urn:epicenter:operation|op-w", patient_id});
      w.run([queue](world& in) { return killed_while_it_is_sent(in, queue); });
      EXPECT_EQ(w.path_of("op-w"), filed ? "UNKNOWN WRITTEN" : "UNKNOWN NEEDS_REVIEW");
      EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 0U);
    }
  }
}

task<> one_is_left(world& w, std::string_view reason, bool may_release) {
  const auto list = co_await w.epic().worklist(10);
  if (list->size() != 1) {
    ADD_FAILURE() << list->size() << " on the worklist";
    co_return;
  }
  EXPECT_EQ(list->front().reason, reason);
  EXPECT_EQ(list->front().may_release, may_release);
}

task<> down_at_the_start(world& w) {
  co_await lose_one(w);
  co_await w.epic().stop(1s);
  co_await release_in_the_ledger(w);
  co_await w.epic_site.down();
  co_await start_again(w);
  co_await settled(w);
  co_await one_is_left(w, "transport", true);
  w.epic_site.up();
  auto slept = co_await runtime::sleep_for(w.rt(), 1min);
  EXPECT_TRUE(slept);
  co_await release_now(w, write_state::written);
}

TEST(Release, ThatEpicWasNotThereForMayBeGivenAgain) {
  world w("interactive", ":memory:", sealed());
  lose_posts(w, 1);
  w.run(down_at_the_start);
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
}

task<> down_when_released(world& w) {
  co_await lose_one(w);
  co_await w.epic_site.down();
  co_await release_now(w, write_state::needs_review);
  co_await one_is_left(w, "transport", true);
  w.epic_site.up();
  auto slept = co_await runtime::sleep_for(w.rt(), 1min);
  EXPECT_TRUE(slept);
  co_await release_now(w, write_state::written);
  const auto list = co_await w.epic().worklist(10);
  EXPECT_TRUE(list->empty());
}

TEST(Release, ThatCameToNothingIsNotUsedUp) {
  world w;
  lose_posts(w, 1);
  w.run(down_when_released);
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
}

task<> nothing_to_send(world& w) {
  co_await lose_one(w);
  co_await w.epic().stop(1s);
  co_await release_in_the_ledger(w);
  co_await start_again(w);
  co_await settled(w);
  co_await one_is_left(w, "content_not_kept", false);
  const auto row = co_await w.row("op-w");
  EXPECT_FALSE(row.released) << "it was not used";
}

TEST(Release, OfWhatNoLedgerKeepsGoesBackToThePerson) {
  world w;
  lose_posts(w, 1);
  w.run(nothing_to_send);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
}

task<> switched_off(world& w, policy::service& flags) {
  co_await lose_one(w);
  co_await w.epic().stop(1s);
  co_await release_in_the_ledger(w);
  const policy::change_origin by{"admin-7", "a test", {}};
  EXPECT_TRUE(flags.apply({{"epic_fhir_write", policy::set_enabled{false}}}, by));
  co_await start_again(w);
  co_await settled(w);
  co_await one_is_left(w, "switched_off", true);
}

TEST(Release, IsNotSentWhileWritingIsSwitchedOff) {
  world w("interactive", ":memory:", sealed());
  policy::service_options options;
  options.observer = [](std::span<const policy::policy_change>) { return result<>{}; };
  const std::shared_ptr<policy::service> flags = policy::service::open(std::move(options)).value();
  w.options.flags = flags;
  lose_posts(w, 1);
  w.run([&flags](world& in) { return switched_off(in, *flags); });
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
}

}  // namespace
}  // namespace epicenter::epic::test
