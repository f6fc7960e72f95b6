// What a person decides of writes that nobody knows about.
#include <stdlib.h>

#include <filesystem>

#include "lib/epicenter/epic/tests/review_world.hpp"

namespace epicenter::epic::test {
namespace {

// Two orders of which nobody knows.
task<> lose_two(world& w) {
  for (const auto* operation : {"op-1", "op-2"}) {
    lab_order asked = w.order(operation);
    asked.who.deadline = w.now() + 10min;
    const auto got = co_await w.epic().order_lab(std::move(asked));
    EXPECT_EQ(got->state, write_state::needs_review);
  }
}

task<> decide(world& w) {
  co_await lose_two(w);
  const auto list = co_await w.epic().worklist(10);
  EXPECT_EQ(list->size(), 2U);
  EXPECT_EQ(list->front().operation, "op-1");
  EXPECT_EQ(list->front().patient, patient_id);
  EXPECT_EQ(list->front().reason, "not_found");
  EXPECT_EQ(list->front().attempts, 1U);
  EXPECT_EQ(list->front().searches, 5U);
  EXPECT_TRUE(list->front().may_release);
  review_decision is_there{"op-1", list->front().version, "nurse-1"};
  const auto found = co_await w.epic().resolve_as_written(std::move(is_there), "ServiceRequest/eFound");
  EXPECT_EQ(found->resource, "ServiceRequest/eFound");
  const auto row = co_await w.row("op-1");
  EXPECT_EQ(row.state, store::write_state::written);
  EXPECT_EQ(row.resource_id, "eFound");
  review_decision is_not{"op-2", list->back().version, "nurse-1"};
  const auto released = co_await w.epic().release_once(std::move(is_not));
  EXPECT_EQ(released->state, write_state::written);
  EXPECT_EQ(released->resource, "ServiceRequest/f1");
  const auto empty = co_await w.epic().worklist(10);
  EXPECT_TRUE(empty->empty());
}

TEST(Review, EndsWithWhatAPersonFoundInTheChart) {
  world w;
  lose_posts(w, 2);
  w.run(decide);
  EXPECT_EQ(w.path_of("op-1"), "PLANNED SENDING UNKNOWN NEEDS_REVIEW WRITTEN");
  EXPECT_EQ(w.path_of("op-2"), "PLANNED SENDING UNKNOWN NEEDS_REVIEW PLANNED SENDING WRITTEN");
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
  std::size_t by_person = 0;
  w.audit->for_each([&by_person](const audit::entry& one) { by_person += one.user == "nurse-1" ? 1U : 0U; });
  EXPECT_EQ(by_person, 4U) << "who decided is on record, before and after";
  std::set<std::string> ids;
  for (const auto& one : w.epic_site.requests) EXPECT_TRUE(ids.insert(one.request_id).second);
}

task<> release_twice(world& w) {
  co_await lose_two(w);
  const auto seen = co_await w.seen_by("nurse-1", "op-1");
  const auto again = co_await w.epic().release_once(seen);
  EXPECT_EQ(again->state, write_state::unknown);
  const auto seen_busy = co_await w.seen_by("nurse-2", "op-1");
  const auto busy = co_await w.epic().release_once(seen_busy);
  EXPECT_EQ(busy.error(), make_error_code(errc::not_found)) << "it is under way";
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  const auto list = co_await w.epic().worklist(10);
  EXPECT_EQ(list->size(), 2U);
  EXPECT_FALSE(list->front().may_release);
  const auto seen_again = co_await w.seen_by("nurse-1", "op-1");
  const auto third = co_await w.epic().release_once(seen_again);
  EXPECT_EQ(third.error(), make_error_code(errc::conflict)) << "once means once";
}

TEST(Review, ReleasesAWriteOnce) {
  world w;
  lose_posts(w, 3);
  w.run(release_twice);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 3U);
}

task<> race(world& w) {
  co_await lose_two(w);
  const auto first = co_await w.seen_by("nurse-1", "op-1");
  const auto second = co_await w.seen_by("nurse-2", "op-1");
  const auto third = co_await w.seen_by("nurse-3", "op-1");
  std::vector<task<result<write_outcome>>> all;
  all.push_back(w.epic().release_once(first));
  all.push_back(w.epic().release_once(second));
  all.push_back(w.epic().resolve_as_written(third, "eFound"));
  const auto ends = co_await runtime::when_all(w.rt(), std::move(all));
  int heard = 0;
  for (const auto& end : ends) {
    heard += end ? 1 : 0;
    if (end) continue;
    const bool late =
        end.error() == make_error_code(errc::moved_on) || end.error() == make_error_code(errc::not_found);
    EXPECT_TRUE(late) << end.error().message();
  }
  EXPECT_EQ(heard, 1);
  const auto left = co_await w.epic().worklist(10);
  EXPECT_EQ(left->size(), 1U) << "the other write";
}

TEST(Review, TakesOneDecisionOfSeveralAtOnce) {
  world w;
  lose_posts(w, 2);
  w.run(race);
  EXPECT_LE(w.epic_site.filings.size(), 1U);
}

// Somebody looks; somebody else releases the write, it is sent and lost again. There may be two copies now.
task<> decide_late(world& w) {
  co_await lose_two(w);
  const auto early = co_await w.seen_by("nurse-1", "op-1");
  const auto other = co_await w.seen_by("nurse-2", "op-1");
  const auto sent = co_await w.epic().release_once(other);
  EXPECT_EQ(sent->state, write_state::unknown);
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  const auto late = co_await w.epic().resolve_as_written(early, "eFound");
  EXPECT_EQ(late.error(), make_error_code(errc::moved_on));
  EXPECT_THAT(late.error().message(), testing::HasSubstr("version 4 was looked at, it is 8"));
  const auto late_too = co_await w.epic().release_once(early);
  EXPECT_EQ(late_too.error(), make_error_code(errc::moved_on));
  const auto list = co_await w.epic().worklist(10);
  EXPECT_EQ(list->size(), 2U) << "nothing was changed";
  const auto looked_again = co_await w.seen_by("nurse-1", "op-1");
  EXPECT_TRUE(co_await w.epic().resolve_as_written(looked_again, "eFound"));
}

TEST(Review, IsOfWhatThePersonHasSeen) {
  world w;
  lose_posts(w, 3);
  w.run(decide_late);
}

std::string new_folder() {
  std::string folder = (std::filesystem::temp_directory_path() / "epicenter_review_XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  return folder;
}

// What the earlier process left behind: one write for a person, one in the queue, one that was released and
// not sent any more.
task<> before_the_crash(world& w) {
  co_await lose_two(w);
  co_await w.epic_site.down();
  lab_order queued = w.order("op-queued");
  queued.who.queue = true;
  const auto waits = co_await w.epic().order_lab(std::move(queued));
  EXPECT_EQ(waits->state, write_state::queued);
  store::resolution decided;
  decided.operation = "op-2";
  decided.actor = "nurse-1";
  EXPECT_TRUE(co_await w.ledger->release_once(decided));
}

task<> after_the_crash(world& w) {
  EXPECT_TRUE(co_await w.epic().start());
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  const auto sent = co_await w.row("op-queued");
  EXPECT_EQ(sent.state, store::write_state::written) << "as the caller asked";
  const auto list = co_await w.epic().worklist(10);
  EXPECT_EQ(list->size(), 1U);
  EXPECT_TRUE(list->front().may_release);
  const auto taken_up = co_await w.row("op-2");
  EXPECT_EQ(taken_up.state, store::write_state::written) << "as the person has decided before the crash";
  const auto seen = co_await w.seen_by("nurse-1", "op-1");
  const auto released = co_await w.epic().release_once(seen);
  EXPECT_EQ(released->state, write_state::written);
}

TEST(Review, GoesOnAfterACrash) {
  const std::string folder = new_folder();
  {
    world before("interactive", folder + "/ledger.db", sealed());
    lose_posts(before, 2);
    before.run(before_the_crash);
  }
  world w("interactive", folder + "/ledger.db", sealed());
  w.run(after_the_crash);
  std::vector<std::string> filed;
  for (const auto& one : w.epic_site.filings) filed.push_back(one.identifier);
  EXPECT_THAT(filed,
              testing::UnorderedElementsAre("urn:epicenter:operation|op-queued",
                                            "urn:epicenter:operation|op-2", "urn:epicenter:operation|op-1"));
  std::filesystem::remove_all(folder);
}

task<> nonsense(world& w) {
  co_await lose_two(w);
  const auto seen = co_await w.seen_by("nurse-1", "op-1");
  auto nobody = seen;
  nobody.actor.clear();
  const auto who = co_await w.epic().resolve_as_written(nobody, "eFound");
  EXPECT_EQ(who.error(), make_error_code(errc::invalid_argument));
  auto blind = seen;
  blind.version = 0;
  const auto unseen = co_await w.epic().resolve_as_written(blind, "eFound");
  EXPECT_EQ(unseen.error(), make_error_code(errc::invalid_argument));
  const auto unseen_too = co_await w.epic().release_once(blind);
  EXPECT_EQ(unseen_too.error(), make_error_code(errc::invalid_argument));
  const auto what = co_await w.epic().resolve_as_written(seen, "Patient/eFound");
  EXPECT_EQ(what.error(), make_error_code(errc::invalid_argument)) << "another type";
  auto other = seen;
  other.operation = "op-9";
  const auto none = co_await w.epic().release_once(other);
  EXPECT_EQ(none.error(), make_error_code(errc::not_found));
  lab_order fine = w.order("op-3");
  (void)co_await w.epic().order_lab(std::move(fine));
  const auto seen_done = co_await w.seen_by("nurse-1", "op-3");
  const auto done = co_await w.epic().release_once(seen_done);
  EXPECT_EQ(done.error(), make_error_code(errc::not_found)) << "written: nothing to decide";
}

TEST(Review, IsOfWhatIsOnTheWorklistAndBySomebody) {
  world w;
  lose_posts(w, 2);
  w.run(nonsense);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 3U);
}

}  // namespace
}  // namespace epicenter::epic::test
