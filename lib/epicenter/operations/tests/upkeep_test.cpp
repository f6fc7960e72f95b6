// The upkeep over months, with stores that only look like it.
#include "lib/epicenter/operations/tests/upkeep_world.hpp"

namespace epicenter::operations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Upkeep : test::upkeep_world {};

constexpr duration a_day = 24h;

duration time_of_day(wall_time t) {
  return t - std::chrono::floor<std::chrono::days>(t);
}

TEST_F(Upkeep, RunsEveryJobOnceADayAtItsHour) {
  open(options());
  pass(200 * a_day);
  for (const auto job : all_upkeep_jobs) {
    EXPECT_GE(runs(job, upkeep_end::ok), 200U) << name_of(job);
    EXPECT_LE(runs(job, upkeep_end::ok), 201U) << name_of(job) << ": once at the start, then once a day";
    EXPECT_EQ(runs(job, upkeep_end::failed) + runs(job, upkeep_end::alarm), 0U);
  }
  std::set<std::chrono::sys_days> seen;
  const duration all_work = 5 * (3min + 1s);
  for (std::size_t i = 0; i < ran.size(); ++i) {
    const bool at_the_start = i < all_upkeep_jobs.size();
    if (ran[i].job == upkeep_job::ledger_purge) {
      EXPECT_TRUE(seen.insert(std::chrono::floor<std::chrono::days>(ran_at[i])).second || seen.size() == 1);
    }
    if (at_the_start) continue;
    EXPECT_GE(time_of_day(ran_at[i]), 2h);
    EXPECT_LE(time_of_day(ran_at[i]), 2h + 30min + all_work);
  }
  EXPECT_EQ(ledger_store.most_at_once + log_store.most_at_once, 2) << "one of each store, never two";
  EXPECT_EQ(log.purged_by, "upkeep");
}

TEST_F(Upkeep, SpreadsItsRunsOverTheJitter) {
  open(options());
  pass(200 * a_day);
  duration earliest = a_day;
  duration latest{};
  for (const wall_time one : ledger_store.copied) {
    if (one < rt.wall() - 190 * a_day) continue;
    earliest = std::min(earliest, time_of_day(one) - 2h);
    latest = std::max(latest, time_of_day(one) - 2h);
  }
  EXPECT_LT(earliest, 6min);
  EXPECT_GT(latest, 24min);
}

TEST_F(Upkeep, NeverRunsTwoAtOnceHoweverLongTheyTake) {
  auto chosen = options();
  chosen.back_up_every = chosen.verify_every = chosen.purge_every = 10min;
  chosen.jitter = 5min;
  ledger_store.latency = 7min;
  log_store.latency = 23min;
  int at_once = 0;
  open(chosen);
  // Both stores count in one: a third hand that looks each second.
  const auto look = [](runtime::runtime& world, const test::kept_store& a, const test::kept_store& b,
                       int& most) -> runtime::task<> {
    for (int i = 0; i < 19'000; ++i) {
      auto slept = co_await runtime::sleep_for(world, 10s);
      if (!slept) co_return;
      most = std::max(most, a.at_once + b.at_once);
    }
  };
  runtime::spawn(rt, "look", look(rt, ledger_store, log_store, at_once));
  pass(55h);
  EXPECT_EQ(at_once, 1);
  for (const auto job : all_upkeep_jobs) EXPECT_GT(runs(job, upkeep_end::ok), 30U) << name_of(job);
}

TEST_F(Upkeep, KeepsSoManyCopiesAndTouchesTheOldOnesWhenTheNewIsWhole) {
  auto chosen = options();
  chosen.copies = 3;
  std::size_t fewest = 100;
  ledger_store.when_whole = [&] {
    if (ledger_store.copied.size() > 4) fewest = std::min(fewest, files().size());
  };
  open(chosen, {&ledger, nullptr});
  pass(30 * a_day);
  EXPECT_EQ(fewest, 4U) << "three old ones and the new";
  const auto left = files();
  ASSERT_THAT(left, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    const wall_time made = ledger_store.copied[ledger_store.copied.size() - 3 + i];
    EXPECT_EQ(left[i], name_of_copy("ledger", made - 3min)) << "named by when it was begun";
  }
  ledger_store.fails = true;
  pass(30 * a_day);
  EXPECT_EQ(files(), left) << "nothing goes where nothing comes";
}

TEST_F(Upkeep, TriesAgainAfterPausesThatGrowAndNeverGivesUp) {
  auto chosen = options();
  chosen.verify_every = chosen.purge_every = 0s;
  ledger_store.latency = 0s;
  ledger_store.fails = true;
  open(chosen, {&ledger, nullptr});
  pass(40 * a_day);
  const auto& tried = ledger_store.tried;
  ASSERT_GT(tried.size(), 40U * 18);
  EXPECT_LT(tried.size(), 40U * 25 + 10);
  for (std::size_t i = 1; i < tried.size(); ++i) {
    const duration pause = tried[i] - tried[i - 1];
    const duration least = std::min<duration>(1min * (1 << std::min<std::size_t>(i - 1, 10)), 1h);
    EXPECT_GE(pause, least);
    EXPECT_LE(pause, least + least / 4 + 1s);
  }
  EXPECT_EQ(ran.size(), tried.size()) << "each is told";
  EXPECT_EQ(ran.back().failures_in_a_row, ran.size());
  EXPECT_THAT(ran.back().detail, HasSubstr("the disk is full"));
  EXPECT_TRUE(status(upkeep_job::ledger_back_up).overdue);
  EXPECT_THAT(
      reasons_of(kept->report()),
      ElementsAre(HasSubstr("upkeep: ledger_back_up is overdue: the store cannot be read or written")));
  ledger_store.fails = false;
  pass(80min);
  EXPECT_EQ(ran.back().end, upkeep_end::ok);
  EXPECT_EQ(status(upkeep_job::ledger_back_up).failures_in_a_row, 0U);
  EXPECT_THAT(reasons_of(kept->report()), IsEmpty());
}

TEST_F(Upkeep, OneStoreThatFailsHoldsUpNoOther) {
  ledger_store.fails = true;
  open(options());
  pass(30 * a_day);
  EXPECT_GE(runs(upkeep_job::audit_back_up, upkeep_end::ok), 30U);
  EXPECT_GE(runs(upkeep_job::audit_verify, upkeep_end::ok), 30U);
  EXPECT_GT(runs(upkeep_job::ledger_purge, upkeep_end::failed), 30U);
}

TEST_F(Upkeep, DoesNotReplaceGoodCopiesWhenAProcessStartsAgainAndAgain) {
  open(options(), {&ledger, nullptr});
  pass(10 * a_day + 12h);
  const auto good = files();
  ASSERT_THAT(good, SizeIs(7));
  const auto copied = ledger_store.copied.size();
  for (int i = 0; i < 20; ++i) {
    stop();
    open(options(), {&ledger, nullptr});
    EXPECT_TRUE(rt.now() < instant{} + 12 * a_day);
    pass(31min);
    EXPECT_EQ(status(upkeep_job::ledger_back_up).last_success->time_since_epoch() / 1min,
              (ledger_store.copied.back() - 3min).time_since_epoch() / 1min)
        << "known from the name of the copy";
  }
  EXPECT_EQ(files(), good);
  EXPECT_EQ(ledger_store.copied.size(), copied);
  EXPECT_GE(ledger_store.purged.size(), 30U) << "the other jobs run after each start";
  stop();
  pass(3 * a_day);
  open(options(), {&ledger, nullptr});
  EXPECT_FALSE(status(upkeep_job::ledger_back_up).overdue);
  pass(34min);
  EXPECT_EQ(ledger_store.copied.size(), copied + 1) << "nothing was copied for days: it does not wait";
}

TEST_F(Upkeep, PurgesWhatIsPastTheRetention) {
  auto chosen = options();
  chosen.retention = std::chrono::years(7);
  chosen.actor = "records";
  open(chosen);
  pass(3 * a_day);
  ASSERT_THAT(log_store.purge_limits, SizeIs(4));
  EXPECT_EQ(log_store.purge_limits.back(),
            store::retention_limit(log_store.purged.back() - 3min, std::chrono::years(7)));
  EXPECT_EQ(ledger_store.purge_limits.back(),
            store::retention_limit(ledger_store.purged.back() - 3min, std::chrono::years(7)));
  EXPECT_EQ(log.purged_by, "records");
}

TEST_F(Upkeep, RemovesNothingFromALogThatDoesNotVerify) {
  open(options());
  pass(a_day);
  const auto purged = log_store.purged.size();
  log.next.findings.push_back({audit::flaw::edited, 17});
  log.next.findings.push_back({audit::flaw::gap, 20});
  pass(10 * a_day);
  EXPECT_EQ(log_store.purged.size(), purged);
  EXPECT_GE(runs(upkeep_job::audit_verify, upkeep_end::alarm), 9U) << "told each day, not each hour";
  EXPECT_LE(runs(upkeep_job::audit_verify, upkeep_end::alarm), 10U);
  EXPECT_GT(runs(upkeep_job::audit_purge, upkeep_end::failed), 9U);
  const auto report = kept->report();
  EXPECT_EQ(report.chain_intact, false);
  EXPECT_EQ(report.chain_flaw, "edited at entry 17; 2 findings");
  EXPECT_THAT(reasons_of(report), ::testing::Contains(HasSubstr("the chain does not verify: edited")));
  log.next.findings.clear();
  pass(2 * a_day);
  EXPECT_GT(log_store.purged.size(), purged);
  EXPECT_THAT(reasons_of(kept->report()), IsEmpty());
}

TEST_F(Upkeep, GoesOnWhereTheCalendarIsSet) {
  open(options());
  pass(10 * a_day);
  for (const duration skew : {-365 * a_day, 365 * a_day, duration{}}) {
    rt.set_wall_skew(skew);
    const auto before = ledger_store.copied.size();
    pass(10 * a_day);
    EXPECT_GE(ledger_store.copied.size(), before + 9);
    EXPECT_LE(ledger_store.copied.size(), before + 11);
    EXPECT_THAT(files(), SizeIs(14));
    EXPECT_TRUE(
        std::filesystem::exists(where.file(name_of_copy("ledger", ledger_store.copied.back() - 3min))));
  }
}

TEST_F(Upkeep, SaysThatTheFolderOfCopiesIsGone) {
  auto chosen = options();
  chosen.folder = where.file("missing");
  open(chosen, {&ledger, nullptr});
  pass(2h);
  EXPECT_EQ(ledger_store.copied.size(), 0U);
  ASSERT_GT(runs(upkeep_job::ledger_back_up, upkeep_end::failed), 2U);
  const auto of_copies = std::find_if(ran.begin(), ran.end(),
                                      [](const auto& one) { return one.job == upkeep_job::ledger_back_up; });
  EXPECT_THAT(of_copies->detail, HasSubstr("No such file or directory"));
  std::filesystem::create_directory(chosen.folder);
  pass(80min);
  EXPECT_EQ(ledger_store.copied.size(), 1U);
}

// A copy that cannot be removed: a folder of files has taken its place since.
TEST_F(Upkeep, MakesNoMoreCopiesWhileOldOnesCannotBeRemoved) {
  auto chosen = options();
  chosen.copies = 1;
  const auto away = where.file("copies.away");
  chosen.folder = where.file("copies");
  std::filesystem::create_directory(chosen.folder);
  open(chosen, {&ledger, nullptr});
  ledger_store.when_whole = [&] { std::filesystem::rename(chosen.folder, away); };
  pass(12h);
  EXPECT_EQ(ledger_store.copied.size(), 1U);
  EXPECT_GT(runs(upkeep_job::ledger_back_up, upkeep_end::failed), 5U);
  ledger_store.when_whole = {};
  std::filesystem::rename(away, chosen.folder);
  pass(80min);
  EXPECT_EQ(ledger_store.copied.size(), 1U) << "the one that was made counts";
  EXPECT_EQ(status(upkeep_job::ledger_back_up).failures_in_a_row, 0U);
}

}  // namespace
}  // namespace epicenter::operations
