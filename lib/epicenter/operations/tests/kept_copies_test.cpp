#include <gmock/gmock.h>

#include <epicenter/operations/kept_copies.hpp>
#include <epicenter/operations/upkeep_schedule.hpp>
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/operations/tests/log_folder.hpp"

namespace epicenter::operations {
namespace {

using ::testing::ElementsAre;

wall_time day(int number) {
  return wall_time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) + number * 24h;
}

struct KeptCopies : ::testing::Test {
  void make(const std::string& name) const { std::ofstream(where.file(name)) << "x"; }
  std::string make(int number) const {
    auto name = name_of_copy("ledger", day(number));
    make(name);
    return name;
  }
  std::vector<std::string> there() const {
    std::vector<std::string> names;
    const auto all = copies.list();
    for (const auto& one : all.value()) names.push_back(one.name);
    return names;
  }
  test::log_folder where;
  kept_copies copies{where.file(""), "ledger"};
};

TEST_F(KeptCopies, AreNamedByWhenTheyWereMade) {
  EXPECT_EQ(name_of_copy("ledger", day(4) + 2h + 3min + 12s + 999ms), "ledger-20260105T020312Z.db");
  runtime::random_stream random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto when = wall_time(std::chrono::seconds(random.between(0, 9'000'000'000)));
    EXPECT_EQ(date_of_copy("audit", name_of_copy("audit", when)), when);
  }
}

TEST_F(KeptCopies, AreNotTakenForOtherFiles) {
  const std::string good = "ledger-20260105T020312Z.db";
  ASSERT_TRUE(date_of_copy("ledger", good));
  EXPECT_FALSE(date_of_copy("audit", good));
  for (const auto* bad :
       {"", "ledger", "ledger-20260105T020312Z.db-wal", "ledger-20260105T020312Z.db.part", "ledger.db",
        "ledger-20260230T020312Z.db", "ledger-00260105T020312Z.db", "ledger-29260105T020312Z.db",
        "ledger-20260105T240312Z.db", "ledger-20260105T026012Z.db", "ledger-2026x105T020312Z.db",
        "ledger-20260105 020312Z.db", "ledger_20260105T020312Z.db", "Ledger-20260105T020312Z.db",
        "ledger--0260105T020312Z.db", "ledger-20260105T0-0312Z.db"}) {
    EXPECT_FALSE(date_of_copy("ledger", bad)) << bad;
  }
  // No single byte may differ.
  runtime::random_stream random(2);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = good;
    changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    const auto date = date_of_copy("ledger", changed);
    EXPECT_TRUE(!date || name_of_copy("ledger", *date) == changed) << changed;
  }
}

TEST_F(KeptCopies, LoseTheOldestAndNothingElse) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(make(i));
  for (const auto* other : {"audit-20200105T020312Z.db", "ledger.db", "notes.txt"}) make(other);
  std::filesystem::create_directory(where.file("ledger-20190105T020312Z.db"));
  EXPECT_EQ(copies.remove_oldest(3, all[4]).value(), 3U);
  EXPECT_THAT(there(), ElementsAre(all[2], all[3], all[4]));
  for (const auto* other :
       {"audit-20200105T020312Z.db", "ledger.db", "notes.txt", "ledger-20190105T020312Z.db"}) {
    EXPECT_TRUE(std::filesystem::exists(where.file(other))) << other;
  }
  EXPECT_EQ(copies.remove_oldest(1, all[4]).value(), 1U);
  EXPECT_THAT(there(), ElementsAre(all[4]));
}

TEST_F(KeptCopies, LoseNothingWhereTheNewOneIsNotThere) {
  const auto old = make(1);
  EXPECT_FALSE(copies.remove_oldest(1, name_of_copy("ledger", day(2))));
  EXPECT_THAT(there(), ElementsAre(old));
}

// The clock was a year ahead, or is a year behind.
TEST_F(KeptCopies, LoseThoseOfAWrongClockFirstAndNeverTheNewOne) {
  const auto ahead = make(400);
  const auto further = make(401);
  const auto good = make(1);
  const auto newest = make(2);
  EXPECT_EQ(copies.remove_oldest(3, newest).value(), 3U);
  EXPECT_THAT(there(), ElementsAre(good, newest, further));
  EXPECT_EQ(copies.remove_oldest(2, newest).value(), 2U);
  EXPECT_THAT(there(), ElementsAre(good, newest));
}

TEST_F(KeptCopies, AreTidiedOfWhatWasNeverFinished) {
  const auto whole = make(1);
  for (const auto* left : {"ledger-20260105T020312Z.db.part", "ledger-20260105T020312Z.db.part-journal",
                           "ledger-20260105T020312Z.db.part-wal"}) {
    make(left);
  }
  for (const auto* other : {"audit-20260105T020312Z.db.part", "ledger.part"}) make(other);
  ASSERT_TRUE(copies.remove_unfinished());
  std::vector<std::string> left;
  for (const auto& one : std::filesystem::directory_iterator(where.file(""))) {
    left.push_back(one.path().filename().string());
  }
  EXPECT_THAT(left, ::testing::UnorderedElementsAre(whole, "audit-20260105T020312Z.db.part", "ledger.part"));
}

TEST_F(KeptCopies, SayThatTheFolderIsMissing) {
  const kept_copies nowhere(where.file("missing"), "ledger");
  EXPECT_EQ(nowhere.list().error(), make_error_code(errc::copies_unavailable));
  EXPECT_EQ(nowhere.remove_unfinished().error(), make_error_code(errc::copies_unavailable));
  EXPECT_EQ(nowhere.remove_oldest(1, "x").error(), make_error_code(errc::copies_unavailable));
}

TEST(UpkeepSchedule, FindsTheBeginningOfThePeriod) {
  EXPECT_EQ(period_begin(day(3) + 1h, 24h, 2h), day(2) + 2h);
  EXPECT_EQ(period_begin(day(3) + 2h, 24h, 2h), day(3) + 2h);
  EXPECT_EQ(period_begin(day(3) + 23h, 24h, 2h), day(3) + 2h);
  runtime::random_stream random(3);
  for (int i = 0; i < 5000; ++i) {
    const duration every = random.between(duration(1min), duration(31 * 24h));
    const duration at = random.between(duration{}, duration(24h) - 1ns);
    const wall_time now(random.between(-duration(1000 * 24h), duration(40'000 * 24h)));
    const wall_time begin = period_begin(now, every, at);
    EXPECT_LE(begin, now);
    EXPECT_GT(begin + every, now);
    EXPECT_EQ((begin.time_since_epoch() - at) % every, duration{});
    EXPECT_EQ(period_begin(begin, every, at), begin);
  }
}

TEST(UpkeepSchedule, PausesGrowToTheirBound) {
  std::vector<duration> pauses;
  for (std::uint32_t i = 1; i <= 6; ++i) pauses.push_back(growing_pause(i, 1min, 10min));
  EXPECT_THAT(pauses, ElementsAre(1min, 2min, 4min, 8min, 10min, 10min));
  EXPECT_EQ(growing_pause(4'000'000'000U, 1min, 1h), 1h);
  EXPECT_EQ(growing_pause(1, 2h, 1h), 1h);
}

}  // namespace
}  // namespace epicenter::operations
