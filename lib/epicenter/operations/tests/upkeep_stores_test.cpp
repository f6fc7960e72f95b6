// The upkeep of real stores, and what it finds when somebody has been at them.
#include <epicenter/audit/event_types.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/audit/tests/log_world.hpp"
#include "lib/epicenter/operations/tests/upkeep_world.hpp"

namespace epicenter::operations {
namespace {

using audit::test::numbered;
using audit::test::watched_vfs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr duration a_day = 24h;

struct UpkeepOfStores : test::upkeep_world {
  UpkeepOfStores() {
    disk.skip_syncs();
    log_options.on_head = audit::export_to_file(heads_path());
    std::filesystem::create_directory(where.file("copies"));
    real_log = audit::open_chained_log(rt, log_path(), log_options).value();
    real_ledger = store::open_ledger(rt, ledger_path()).value();
  }
  void TearDown() override {
    test::upkeep_world::TearDown();
    kept.reset();
    real_log.reset();
    real_ledger.reset();
  }
  std::string log_path() const { return where.file("audit.db"); }
  std::string ledger_path() const { return where.file("ledger.db"); }
  std::string heads_path() const { return where.file("heads.jsonl"); }
  std::vector<kept_copy> copies(const std::string& store) const {
    return kept_copies(where.file("copies"), store).list().value();
  }

  void open_both() {
    auto chosen = options();
    chosen.folder = where.file("copies");
    chosen.heads_path = heads_path();
    chosen.copies = 3;
    open(chosen, {real_ledger.get(), real_log.get()});
  }
  // What the process does meanwhile.
  void work(int from, int to) {
    for (int i = from; i <= to; ++i) {
      runtime::spawn(rt, "append", audit::test::append_one(*real_log, numbered(i, i).front()));
      runtime::spawn(rt, "plan", plan_one(*real_ledger, i));
      pass(1s);
    }
  }
  static runtime::task<> plan_one(store::ledger& to, int number) {
    auto row = store::test::row_of("op-" + std::to_string(number));
    auto planned = co_await to.plan(std::move(row));
    EXPECT_TRUE(planned);
  }
  void change(const std::string& sql) const {
    auto file = store::database::open(log_path()).value();
    ASSERT_TRUE(file.execute(("DROP TRIGGER IF EXISTS entries_stay;" + sql).c_str())) << sql;
  }
  result<upkeep_ran> now(upkeep_job job) {
    std::optional<result<upkeep_ran>> answer;
    runtime::spawn(rt, "now", store::test::keep_answer(answer, kept->run_now(job)));
    pass(10s);
    return std::move(answer.value());
  }

  watched_vfs disk;
  audit::chained_log_options log_options = audit::test::with_keys(10);
  std::unique_ptr<audit::chained_log> real_log;
  std::unique_ptr<store::ledger> real_ledger;
};

TEST_F(UpkeepOfStores, MakesCopiesThatOpenAndHoldEverything) {
  open_both();
  work(1, 25);
  pass(10 * a_day);
  work(26, 30);
  pass(a_day);
  EXPECT_TRUE(std::all_of(ran.begin(), ran.end(), [](const auto& one) { return one.end == upkeep_end::ok; }));
  ASSERT_THAT(copies("ledger"), SizeIs(3));
  ASSERT_THAT(copies("audit"), SizeIs(3));
  runtime::virtual_runtime other({});
  const auto rows = store::open_ledger(other, where.file("copies/") + copies("ledger").front().name).value();
  EXPECT_THAT(store::test::run(other, rows->all()).value(), SizeIs(25)) << "of three days ago";
  const auto log_copy =
      audit::open_chained_log(other, where.file("copies/") + copies("audit").back().name, log_options)
          .value();
  EXPECT_EQ(log_copy->size(), 30U);
  const auto checked = store::test::run(other, log_copy->verify({}, {})).value();
  EXPECT_TRUE(checked.intact());
  EXPECT_THAT(ran.back().detail, ::testing::AnyOf(HasSubstr("removed"), HasSubstr("verify")));
}

TEST_F(UpkeepOfStores, FindsAnEditedRowSaysSoAndRemovesNothing) {
  open_both();
  work(1, 25);
  pass(a_day);
  EXPECT_EQ(kept->report().chain_intact, true);
  change("UPDATE entries SET user = 'somebody else' WHERE seq = 7");
  pass(a_day);
  EXPECT_EQ(kept->report().chain_intact, false);
  EXPECT_EQ(kept->report().chain_flaw, "edited at entry 7; 1 findings");
  EXPECT_GE(runs(upkeep_job::audit_purge, upkeep_end::failed), 1U);
  const auto size = real_log->size();
  rt.set_wall_skew(8 * 366 * a_day);
  pass(2 * a_day);
  EXPECT_EQ(real_log->size(), size) << "old, and evidence";
  change("UPDATE entries SET user = 'dr-1' WHERE seq = 7");
  const auto again = now(upkeep_job::audit_verify);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->end, upkeep_end::ok);
  EXPECT_EQ(kept->report().chain_intact, true) << "at once, when it is mended and looked at";
}

TEST_F(UpkeepOfStores, FindsAnEndThatWasCutOffByTheExportedHeads) {
  open_both();
  work(1, 25);
  pass(a_day);
  change("DELETE FROM entries WHERE seq > 15; DELETE FROM heads WHERE seq > 15");
  const auto looked = now(upkeep_job::audit_verify);
  ASSERT_TRUE(looked);
  EXPECT_EQ(looked->end, upkeep_end::alarm);
  EXPECT_THAT(looked->detail, HasSubstr("cut_short"));
}

TEST_F(UpkeepOfStores, DoesNotCallALogIntactWhoseHeadsAreGone) {
  open_both();
  work(1, 25);
  pass(a_day);
  std::filesystem::rename(heads_path(), heads_path() + ".away");
  auto looked = now(upkeep_job::audit_verify);
  EXPECT_EQ(looked->end, upkeep_end::failed);
  EXPECT_THAT(looked->detail, HasSubstr("the file is missing"));
  // One line that a crash cut short is what happens; two are not.
  std::filesystem::rename(heads_path() + ".away", heads_path());
  std::ofstream(heads_path(), std::ios::app) << "{\"log\n";
  EXPECT_EQ(now(upkeep_job::audit_verify)->end, upkeep_end::ok);
  std::ofstream(heads_path(), std::ios::app) << "{\"log\n";
  looked = now(upkeep_job::audit_verify);
  EXPECT_EQ(looked->end, upkeep_end::failed);
  EXPECT_THAT(looked->detail, HasSubstr("2 lines are damaged"));
}

TEST_F(UpkeepOfStores, SeesThatTheExportOfHeadsHasStopped) {
  open_both();
  work(1, 25);
  pass(a_day);
  std::filesystem::copy_file(heads_path(), heads_path() + ".old");
  work(26, 60);
  pass(2min);
  EXPECT_EQ(now(upkeep_job::audit_verify)->end, upkeep_end::ok);
  std::filesystem::rename(heads_path() + ".old", heads_path());
  const auto looked = now(upkeep_job::audit_verify);
  EXPECT_EQ(looked->end, upkeep_end::failed);
  EXPECT_THAT(looked->detail, HasSubstr("signed long since"));
}

TEST_F(UpkeepOfStores, KeepsTheOldCopiesOnAFullDiskAndMakesANewOneWhenThereIsRoom) {
  open_both();
  work(1, 25);
  pass(5 * a_day);
  const auto good = copies("ledger");
  ASSERT_THAT(good, SizeIs(3));
  disk.fail_at_random(1'000'000);
  pass(2 * a_day);
  EXPECT_GT(runs(upkeep_job::ledger_back_up, upkeep_end::failed), 20U);
  std::vector<std::string> left;
  for (const auto& one : std::filesystem::directory_iterator(where.file("copies"))) {
    left.push_back(one.path().filename().string());
  }
  EXPECT_THAT(left, SizeIs(6)) << "three of each, and no pieces";
  EXPECT_EQ(copies("ledger").back().name, good.back().name);
  EXPECT_THAT(kept->report().jobs.front().last_failure, Not(IsEmpty()));
  disk.fail_at_random(0);
  pass(80min);
  EXPECT_GT(copies("ledger").back().made, good.back().made);
  EXPECT_THAT(copies("ledger"), SizeIs(3));
}

// Whatever part of writes fails: what has the name of a copy is whole.
TEST_F(UpkeepOfStores, NamesNothingACopyThatIsNot) {
  open_both();
  work(1, 25);
  const auto seeds = store::test::seeds(3);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    disk.fail_at_random(static_cast<std::int64_t>(20'000 * seed));
    pass(10 * a_day);
    disk.fail_at_random(0);
    for (const auto& one : copies("ledger")) {
      auto file = store::database::open_to_read(where.file("copies/") + one.name);
      ASSERT_TRUE(file) << one.name;
      EXPECT_EQ(file->query_text("PRAGMA integrity_check").value(), "ok");
      EXPECT_EQ(file->query_text("SELECT count(*) FROM ledger").value(), "25");
    }
  }
  EXPECT_GT(disk.failures(), 0U);
}

TEST_F(UpkeepOfStores, RemovesWhatIsOldAndTheChainVerifiesFromThere) {
  open_both();
  work(1, 25);
  pass(a_day);
  EXPECT_EQ(real_log->size(), 25U);
  rt.set_wall_skew(7 * 366 * a_day);
  pass(2 * a_day);
  EXPECT_LT(real_log->size(), 7U);
  audit::query asked;
  asked.type = audit::event::entries_purged;
  std::optional<result<std::vector<audit::entry>>> found;
  runtime::spawn(rt, "find", store::test::keep_answer(found, real_log->find(asked)));
  pass(1s);
  ASSERT_THAT(found->value(), SizeIs(1));
  EXPECT_EQ(found->value().front().user, "upkeep");
  pass(3 * a_day);
  EXPECT_EQ(kept->report().chain_intact, true);
}

TEST_F(UpkeepOfStores, TellsThatAStoreInMemoryHasNoCopies) {
  const auto in_memory = store::open_ledger(rt, ":memory:").value();
  auto chosen = options();
  chosen.folder = where.file("copies");
  open(chosen, {in_memory.get(), nullptr});
  pass(40min);
  EXPECT_EQ(runs(upkeep_job::ledger_back_up, upkeep_end::ok), 0U);
  EXPECT_THAT(status(upkeep_job::ledger_back_up).last_failure, HasSubstr("in memory has no copy"));
  EXPECT_GE(runs(upkeep_job::ledger_purge, upkeep_end::ok), 1U);
  stop();
  kept.reset();
}

runtime::task<> keep_for_real(runtime::runtime& rt, upkeep& kept, store::ledger& ledger,
                              const std::vector<upkeep_ran>& ran) {
  kept.start();
  for (int i = 0; i < 500 && ran.size() < all_upkeep_jobs.size(); ++i) {
    auto row = store::test::row_of("op-" + std::to_string(i));
    auto planned = co_await ledger.plan(std::move(row));
    EXPECT_TRUE(planned);
    auto slept = co_await runtime::sleep_for(rt, 5ms);
    EXPECT_TRUE(slept);
  }
  auto again = co_await kept.run_now(upkeep_job::ledger_back_up);
  EXPECT_TRUE(again && again->end == upkeep_end::ok);
  co_await kept.stop();
}

TEST(UpkeepForReal, CopiesAndLooksWhileOthersWrite) {
  const test::log_folder where;
  runtime::real_runtime rt;
  const auto ledger = store::open_ledger(rt, where.file("ledger.db")).value();
  const auto log = audit::open_chained_log(rt, where.file("audit.db"), audit::test::with_keys(10)).value();
  upkeep_options chosen;
  chosen.folder = where.file("copies");
  std::filesystem::create_directory(chosen.folder);
  chosen.jitter = 0s;
  std::vector<upkeep_ran> ran;
  const auto kept = upkeep::make(rt, {ledger.get(), log.get()}, chosen, [&ran](const upkeep_ran& one) {
                      ran.push_back(one);
                    }).value();
  runtime::spawn(rt, "test", keep_for_real(rt, *kept, *ledger, ran));
  rt.run();
  ASSERT_THAT(ran, SizeIs(all_upkeep_jobs.size() + 1));
  for (std::size_t i = 0; i < ran.size(); ++i) {
    EXPECT_EQ(ran[i].end, upkeep_end::ok) << ran[i].detail;
  }
  for (std::size_t i = 0; i < all_upkeep_jobs.size(); ++i) EXPECT_EQ(ran[i].job, all_upkeep_jobs.at(i));
  const auto copies = kept_copies(chosen.folder, "ledger").list().value();
  auto file = store::database::open_to_read(chosen.folder + '/' + copies.back().name).value();
  EXPECT_EQ(file.query_text("PRAGMA integrity_check").value(), "ok");
}

}  // namespace
}  // namespace epicenter::operations
