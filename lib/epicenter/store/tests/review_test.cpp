#include <gmock/gmock.h>

#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::store::test {
namespace {

using testing::ElementsAre;

// A ledger with one write that needs a person.
class Review : public testing::Test {
 protected:
  Review() {
    ledger_row row = row_of("a");
    row.user = "dr-1";
    EXPECT_TRUE(run(rt, ledger->plan(row)));
    EXPECT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
    EXPECT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::unknown))));
    EXPECT_TRUE(run(rt, ledger->note_search("a", search_made{wall_time(3s), true, 0, "identifier"})));
    EXPECT_TRUE(run(rt, ledger->note_search("a", search_made{wall_time(4s), false, 2, "fingerprint"})));
    give_up();
  }

  void give_up() {
    ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::unknown, write_state::needs_review))));
  }
  resolution by(std::string actor, std::uint32_t version = 0) const {
    return resolution{"a", std::move(actor), "looked at the chart", wall_time(9s), version};
  }
  ledger_row row() { return run(rt, ledger->find("a")).value(); }

  virtual_runtime rt{{}};
  std::unique_ptr<store::ledger> ledger = open_ledger(rt, ":memory:").value();
};

TEST_F(Review, ShowsAllThatIsKnown) {
  EXPECT_TRUE(run(rt, ledger->plan(row_of("b"))));
  const auto list = run(rt, ledger->worklist(10)).value();
  ASSERT_EQ(list.size(), 1U);
  const auto& one = list.front();
  EXPECT_EQ(one.row.operation, "a");
  EXPECT_EQ(one.row.attempts, 1U);
  EXPECT_EQ(one.row.user, "dr-1");
  EXPECT_EQ(one.row.version, 4U);
  std::string path;
  for (const auto& step : one.transitions) path += std::string(name_of(step.to)) + " ";
  EXPECT_EQ(path, "PLANNED SENDING UNKNOWN NEEDS_REVIEW ");
  EXPECT_EQ(one.transitions.at(0).by, "dr-1");
  EXPECT_EQ(one.transitions.at(0).at, wall_time(1s));
  EXPECT_EQ(one.transitions.at(1).by, "adapter");
  EXPECT_EQ(one.transitions.at(1).reason, "because");
  EXPECT_EQ(one.transitions.at(3).from, write_state::unknown);
  ASSERT_EQ(one.searches.size(), 2U);
  EXPECT_TRUE(one.searches.at(0).complete);
  EXPECT_EQ(one.searches.at(1).found, 2U);
  EXPECT_EQ(one.searches.at(1).how, "fingerprint");
  EXPECT_EQ(run(rt, ledger->history("z")).error(), make_error_code(errc::not_found));
  const auto search = run(rt, ledger->note_search("z", search_made{}));
  EXPECT_EQ(search.error(), make_error_code(errc::not_found));
}

TEST_F(Review, FindsThatTheWriteIsInTheEhr) {
  EXPECT_EQ(run(rt, ledger->resolve_written(by(""), "sr1")).error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(run(rt, ledger->resolve_written(by("nurse"), "")).error(), make_error_code(errc::not_allowed));
  ASSERT_TRUE(run(rt, ledger->resolve_written(by("nurse"), "sr1")));
  EXPECT_EQ(row().state, write_state::written);
  EXPECT_EQ(row().resource_id, "sr1");
  const auto last = run(rt, ledger->history("a")).value().transitions.back();
  EXPECT_EQ(last.by, "nurse");
  EXPECT_EQ(last.at, wall_time(9s));
  EXPECT_EQ(last.reason, "looked at the chart");
  EXPECT_EQ(last.resource_id, "sr1");
  const auto again = run(rt, ledger->resolve_written(by("other"), "sr2"));
  EXPECT_EQ(again.error(), make_error_code(errc::stale_state)) << "the second of two persons";
  EXPECT_EQ(run(rt, ledger->release_once(by("other"))).error(), make_error_code(errc::stale_state));
  EXPECT_EQ(row().resource_id, "sr1");
}

TEST_F(Review, ReleasesAWriteOnceAndNeverAgain) {
  ASSERT_TRUE(run(rt, ledger->release_once(by("nurse"))));
  EXPECT_EQ(row().state, write_state::planned);
  EXPECT_TRUE(row().released);
  EXPECT_EQ(run(rt, ledger->history("a")).value().transitions.back().by, "nurse");
  EXPECT_EQ(run(rt, ledger->release_once(by("nurse"))).error(), make_error_code(errc::stale_state));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::unknown))));
  give_up();
  EXPECT_EQ(run(rt, ledger->release_once(by("nurse"))).error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(row().state, write_state::needs_review);
  EXPECT_TRUE(run(rt, ledger->resolve_written(by("nurse"), "sr1")));
}

TEST_F(Review, TakesBackAReleaseThatWasNotUsed) {
  ASSERT_TRUE(run(rt, ledger->release_once(by("nurse"))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::needs_review))));
  EXPECT_FALSE(row().released) << "from PLANNED: it was not sent since";
  ASSERT_TRUE(run(rt, ledger->release_once(by("nurse"))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
  EXPECT_TRUE(row().released);
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::needs_review))));
  EXPECT_TRUE(row().released) << "it may have been";
}

TEST_F(Review, RefusesADecisionAboutAnEarlierState) {
  const auto seen = row().version;
  ASSERT_TRUE(run(rt, ledger->release_once(by("one", seen))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::unknown))));
  give_up();
  EXPECT_EQ(run(rt, ledger->resolve_written(by("two", seen), "sr1")).error(),
            make_error_code(errc::stale_state));
  EXPECT_TRUE(run(rt, ledger->resolve_written(by("two", row().version), "sr1")));
}

TEST_F(Review, IsTheOnlyWayOutOfAFinalState) {
  for (int from = 0; from < 8; ++from) {
    for (int to = 0; to < 8; ++to) {
      const auto before = static_cast<write_state>(from);
      const auto after = static_cast<write_state>(to);
      if (is_final(before)) {
        EXPECT_FALSE(may_advance(before, after));
      }
    }
  }
  const auto moved = run(rt, ledger->advance(move_of("a", write_state::needs_review, write_state::planned)));
  EXPECT_EQ(moved.error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(row().state, write_state::needs_review);
}

TEST(Protocol, AllowsOnlyTheMovesOfTheReference) {
  using enum write_state;
  EXPECT_TRUE(may_advance(planned, sending));
  EXPECT_TRUE(may_advance(planned, not_sent));
  EXPECT_TRUE(may_advance(sending, planned)) << "401, 429, not connected: not processed";
  EXPECT_TRUE(may_advance(sending, written));
  EXPECT_TRUE(may_advance(sending, unknown));
  EXPECT_TRUE(may_advance(unknown, duplicate));
  EXPECT_TRUE(may_advance(unknown, needs_review));
  EXPECT_FALSE(may_advance(planned, written)) << "nothing was sent";
  EXPECT_FALSE(may_advance(planned, unknown));
  EXPECT_FALSE(may_advance(planned, planned));
  EXPECT_FALSE(may_advance(sending, sending)) << "one send a decision";
  EXPECT_FALSE(may_advance(written, planned));
}

}  // namespace
}  // namespace epicenter::store::test
