// What a person decides of writes that nobody knows about.
#include <stdlib.h>

#include <filesystem>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

void lose_posts(world& w, int times) {
  w.epic_site.script = [times](const http::request& request) mutable -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token" || times-- <= 0) return std::nullopt;
    return rule{twist::reset, std::nullopt};
  };
}

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
  const auto found = co_await w.epic().resolve_as_written("op-1", "ServiceRequest/eFound", "nurse-1");
  EXPECT_EQ(found->resource, "ServiceRequest/eFound");
  const auto row = co_await w.row("op-1");
  EXPECT_EQ(row.state, store::write_state::written);
  EXPECT_EQ(row.resource_id, "eFound");
  const auto released = co_await w.epic().release_once("op-2", "nurse-1");
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
  EXPECT_EQ(by_person, 3U) << "who decided is on record";
  std::set<std::string> ids;
  for (const auto& one : w.epic_site.requests) EXPECT_TRUE(ids.insert(one.request_id).second);
}

task<> release_twice(world& w) {
  co_await lose_two(w);
  const auto again = co_await w.epic().release_once("op-1", "nurse-1");
  EXPECT_EQ(again->state, write_state::unknown);
  const auto busy = co_await w.epic().release_once("op-1", "nurse-2");
  EXPECT_EQ(busy.error(), make_error_code(errc::not_found)) << "it is under way";
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  const auto list = co_await w.epic().worklist(10);
  EXPECT_EQ(list->size(), 2U);
  EXPECT_FALSE(list->front().may_release);
  const auto third = co_await w.epic().release_once("op-1", "nurse-1");
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
  std::vector<task<result<write_outcome>>> all;
  all.push_back(w.epic().release_once("op-1", "nurse-1"));
  all.push_back(w.epic().release_once("op-1", "nurse-2"));
  all.push_back(w.epic().resolve_as_written("op-1", "eFound", "nurse-3"));
  const auto ends = co_await runtime::when_all(w.rt(), std::move(all));
  EXPECT_EQ(ends[0].has_value() + ends[1].has_value() + ends[2].has_value(), 1);
}

TEST(Review, TakesOneDecisionOfSeveralAtOnce) {
  world w;
  lose_posts(w, 2);
  w.run(race);
  EXPECT_LE(w.epic_site.filings.size(), 1U);
}

std::string new_folder() {
  std::string folder = (std::filesystem::temp_directory_path() / "epicenter_review_XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  return folder;
}

store::ledger_options sealed() {
  store::ledger_options made;
  made.key = secret(std::string(32, 'k'));
  return made;
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
  EXPECT_EQ(list->size(), 2U);
  EXPECT_TRUE(list->front().may_release);
  EXPECT_FALSE(list->back().may_release) << "released before the crash: once means once";
  const auto released = co_await w.epic().release_once("op-1", "nurse-1");
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
  ASSERT_EQ(w.epic_site.filings.size(), 2U);
  EXPECT_EQ(w.epic_site.filings[0].identifier, "urn:epicenter:operation|op-queued");
  EXPECT_EQ(w.epic_site.filings[1].identifier, "urn:epicenter:operation|op-1");
  std::filesystem::remove_all(folder);
}

task<> nonsense(world& w) {
  co_await lose_two(w);
  const auto who = co_await w.epic().resolve_as_written("op-1", "eFound", "");
  EXPECT_EQ(who.error(), make_error_code(errc::invalid_argument));
  const auto what = co_await w.epic().resolve_as_written("op-1", "Patient/eFound", "nurse-1");
  EXPECT_EQ(what.error(), make_error_code(errc::invalid_argument)) << "another type";
  const auto none = co_await w.epic().release_once("op-9", "nurse-1");
  EXPECT_EQ(none.error(), make_error_code(errc::not_found));
  lab_order fine = w.order("op-3");
  (void)co_await w.epic().order_lab(std::move(fine));
  const auto done = co_await w.epic().release_once("op-3", "nurse-1");
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
