#include <gmock/gmock.h>
#include <sys/stat.h>

#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::store::test {
namespace {

TEST(Ledger, MovesARowOnlyFromTheStateItIsIn) {
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, ":memory:").value();
  ASSERT_TRUE(run(rt, ledger->plan(row_of("a"))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
  EXPECT_EQ(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))).error(),
            make_error_code(errc::stale_state));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::written, "sr1"))));
  const auto row = run(rt, ledger->find("a")).value();
  EXPECT_EQ(row.state, write_state::written);
  EXPECT_EQ(row.attempts, 1U);
  EXPECT_EQ(row.resource_id, "sr1");
  EXPECT_EQ(row.reason, "because");
  EXPECT_EQ(row.planned_at, wall_time(1s));
  EXPECT_EQ(row.updated_at, wall_time(2s));
  EXPECT_EQ(run(rt, ledger->advance(move_of("b", write_state::planned, write_state::sending))).error(),
            make_error_code(errc::not_found));
  EXPECT_EQ(run(rt, ledger->find("b")).error(), make_error_code(errc::not_found));
}

TEST(Ledger, TellsTheSameContentFromAnother) {
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, ":memory:").value();
  ASSERT_TRUE(run(rt, ledger->plan(row_of("a"))));
  EXPECT_EQ(run(rt, ledger->plan(row_of("a"))).error(), make_error_code(errc::exists));
  EXPECT_EQ(run(rt, ledger->plan(row_of("a", "h2"))).error(), make_error_code(errc::content_differs));
  auto other_patient = row_of("a");
  other_patient.patient = "p2";
  EXPECT_EQ(run(rt, ledger->plan(other_patient)).error(), make_error_code(errc::content_differs));
  EXPECT_EQ(run(rt, ledger->all()).value().size(), 1U);
}

task<> plan_one(ledger& to, runtime::runtime& rt, std::string operation, std::vector<instant>& done) {
  auto planned = co_await to.plan(row_of(std::move(operation)));
  EXPECT_TRUE(planned);
  done.push_back(rt.now());
}

TEST(Ledger, CommitsTogetherWhateverWaits) {
  runtime::virtual_options options;
  options.blocking_latency = 1ms;
  virtual_runtime rt(options);
  const auto ledger = open_ledger(rt, ":memory:").value();
  std::vector<instant> done;
  for (int i = 0; i < 100; ++i) runtime::spawn(rt, "plan", plan_one(*ledger, rt, std::to_string(i), done));
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_EQ(done.size(), 100U);
  EXPECT_EQ(done.front(), instant(1ms)) << "the first goes at once";
  EXPECT_EQ(done.back(), instant(2ms)) << "the other 99 share the second commit";
}

TEST(Ledger, KeepsWhatWasDurableWhenTheProcessDies) {
  temporary_folder folder;
  const auto copy = folder.path() / "copy.db";
  {
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger()).value();
    ASSERT_TRUE(run(rt, ledger->plan(row_of("a"))));
    ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
    // What a kill -9 leaves behind: the files as they are now, the write-ahead log not folded in.
    std::filesystem::copy_file(folder.ledger(), copy);
    std::filesystem::copy_file(folder.ledger() + "-wal", copy.string() + "-wal");
  }
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, copy.string()).value();
  const auto rows = run(rt, ledger->list(write_state::sending, 10)).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().operation, "a");
}

TEST(Ledger, MakesItsFilesPrivate) {
  temporary_folder folder;
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  ASSERT_TRUE(run(rt, ledger->plan(row_of("a"))));
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat there {};
    ASSERT_EQ(::stat((folder.ledger() + suffix).c_str(), &there), 0) << suffix;
    EXPECT_EQ(there.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST(Ledger, SaysThatItIsUnavailable) {
  virtual_runtime rt({});
  EXPECT_EQ(open_ledger(rt, "").error(), make_error_code(errc::unavailable));
  EXPECT_EQ(open_ledger(rt, "/nonexistent/ledger.db").error(), make_error_code(errc::unavailable));
  temporary_folder folder;
  {
    const auto ledger = open_ledger(rt, folder.ledger()).value();
    // Another process holds the lock for longer than anybody waits: nothing of the batch may count as done.
    auto other = database::open(folder.ledger()).value();
    ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
    EXPECT_EQ(run(rt, ledger->plan(row_of("a"))).error(), make_error_code(errc::unavailable));
    ASSERT_TRUE(other.execute("ROLLBACK"));
    EXPECT_TRUE(run(rt, ledger->plan(row_of("a")))) << "works again by itself";
    ASSERT_TRUE(other.execute("DROP TABLE ledger"));
    EXPECT_EQ(run(rt, ledger->plan(row_of("b"))).error(), make_error_code(errc::unavailable));
  }
  {
    auto newer = database::open(folder.ledger()).value();
    ASSERT_TRUE(newer.execute("PRAGMA user_version = 99"));
  }
  EXPECT_EQ(open_ledger(rt, folder.ledger()).error(), make_error_code(errc::unavailable));
}

TEST(Ledger, ReadsBackTheNamesOfItsStates) {
  for (int i = 0; i < 8; ++i) {
    const auto state = static_cast<write_state>(i);
    EXPECT_EQ(parse_write_state(name_of(state)).value(), state);
  }
  EXPECT_FALSE(parse_write_state("LOST"));
  EXPECT_FALSE(is_final(write_state::unknown));
  EXPECT_TRUE(is_final(write_state::needs_review));
}

}  // namespace
}  // namespace epicenter::store::test
