#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <epicenter/store/backup.hpp>
#include <epicenter/store/private_file.hpp>
#include <epicenter/store/sqlite.hpp>
#include <fstream>

#include "lib/epicenter/store/tests/ledger_world.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::store::test {
namespace {

using testing::HasSubstr;

unsigned mode_of(const std::string& path) {
  struct stat there {};
  EXPECT_EQ(::stat(path.c_str(), &there), 0) << path;
  return there.st_mode & 0777U;
}

TEST(LedgerFile, BelongsToOneObjectAtATime) {
  temporary_folder folder;
  virtual_runtime rt({});
  {
    const auto mine = open_ledger(rt, folder.ledger()).value();
    const auto second = open_ledger(rt, folder.ledger());
    ASSERT_EQ(second.error(), make_error_code(errc::in_use));
    EXPECT_THAT(second.error().message(), HasSubstr("process " + std::to_string(::getpid())));
  }
  EXPECT_TRUE(open_ledger(rt, folder.ledger()));
}

TEST(LedgerFile, BelongsToOneProcessAtATime) {
  temporary_folder folder;
  virtual_runtime rt({});
  const auto mine = open_ledger(rt, folder.ledger()).value();
  const pid_t child = ::fork();
  if (child == 0) {
    virtual_runtime other({});
    const auto theirs = open_ledger(other, folder.ledger());
    ::_exit(!theirs && theirs.error() == make_error_code(errc::in_use) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(LedgerFile, IsMadePrivateWhereItWasNot) {
  temporary_folder folder;
  virtual_runtime rt({});
  std::ofstream(folder.ledger()).flush();
  ::chmod(folder.ledger().c_str(), 0644);
  ASSERT_TRUE(open_ledger(rt, folder.ledger()));
  EXPECT_EQ(mode_of(folder.ledger()), 0600U);
  const std::string link = (folder.path() / "link.db").string();
  ASSERT_EQ(::symlink(folder.ledger().c_str(), link.c_str()), 0);
  EXPECT_EQ(open_ledger(rt, link).error(), make_error_code(errc::unavailable));
}

TEST(LedgerFile, IsBroughtUpToDateFromTheFirstVersion) {
  temporary_folder folder;
  {
    auto old = database::open(folder.ledger()).value();
    ASSERT_TRUE(old.execute(
        "CREATE TABLE ledger(seq INTEGER PRIMARY KEY, operation TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
        " resource_type TEXT NOT NULL, patient TEXT NOT NULL, payload_sha256 TEXT NOT NULL, state TEXT NOT"
        " NULL, attempts INTEGER NOT NULL, resource_id TEXT NOT NULL, reason TEXT NOT NULL, planned_at"
        " INTEGER NOT NULL, updated_at INTEGER NOT NULL);"
        "CREATE INDEX ledger_state ON ledger(state, seq);"
        "INSERT INTO ledger VALUES(1,'a','order_lab','ServiceRequest','p1','h1','SENDING',1,'','',1,2);"
        "PRAGMA user_version = 1"));
  }
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  EXPECT_EQ(run(rt, ledger->plan(row_of("a"))).error(), make_error_code(errc::exists));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::unknown))));
  EXPECT_EQ(run(rt, ledger->history("a")).value().transitions.size(), 1U);
}

task<> plan_into(ledger& to, std::string operation, std::vector<result<>>& answers) {
  auto planned = co_await to.plan(row_of(std::move(operation)));
  answers.push_back(std::move(planned));
}

// Plans "op-0", "op-1", … fifty to a commit, until one is refused; that answer. `planned`: those before it.
result<> fill(virtual_runtime& rt, ledger& to, std::size_t& planned) {
  std::vector<result<>> answers;
  for (int i = 0; i < 10'000; i += 50) {
    for (int j = i; j < i + 50; ++j)
      runtime::spawn(rt, "plan", plan_into(to, "op-" + std::to_string(j), answers));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
    const auto refused = [](const result<>& one) { return !one; };
    const auto first = std::find_if(answers.begin(), answers.end(), refused);
    planned = static_cast<std::size_t>(first - answers.begin());
    if (first != answers.end()) return *first;
  }
  return {};
}

TEST(LedgerFile, RefusesNewWritesWhileItIsFullAndSettlesOldOnes) {
  watched_vfs disk;
  disk.skip_syncs();
  temporary_folder folder;
  virtual_runtime rt({});
  ledger_options options;
  options.max_bytes = 512 << 10;
  options.reserve_bytes = 128 << 10;
  const auto ledger = open_ledger(rt, folder.ledger(), options).value();
  std::size_t planned = 0;
  const auto last = fill(rt, *ledger, planned);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error(), make_error_code(errc::no_room));
  EXPECT_THAT(last.error().message(), HasSubstr("disk is full"));
  EXPECT_GT(planned, 100U);
  EXPECT_EQ(run(rt, ledger->plan(row_of("op-0"))).error(), make_error_code(errc::exists));
  for (int i = 0; i < 20; ++i) {
    const std::string operation = "op-" + std::to_string(i);
    const auto sent =
        run(rt, ledger->advance(move_of(operation, write_state::planned, write_state::sending)));
    ASSERT_TRUE(sent) << operation;
  }
  EXPECT_LE(std::filesystem::file_size(folder.ledger()), options.max_bytes);
}

TEST(LedgerFile, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  watched_vfs disk;
  disk.skip_syncs();
  temporary_folder folder;
  virtual_runtime rt({});
  ledger_options options;
  options.max_bytes = 128 << 10;
  options.reserve_bytes = 0;
  {
    const auto ledger = open_ledger(rt, folder.ledger(), options).value();
    std::size_t planned = 0;
    const auto last = fill(rt, *ledger, planned);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error(), make_error_code(errc::unavailable));
    EXPECT_THAT(last.error().message(), HasSubstr("the disk is full"));
    EXPECT_TRUE(run(rt, ledger->find("op-0")));
    EXPECT_EQ(run(rt, ledger->all()).value().size(), planned) << "a commit is there whole, or not at all";
  }
  const auto larger = open_ledger(rt, folder.ledger()).value();
  EXPECT_TRUE(run(rt, larger->plan(row_of("one more"))));
}

TEST(LedgerFile, KeepsRoomOnItsDiskForWhatIsOpen) {
  temporary_folder folder;
  virtual_runtime rt({});
  ledger_options options;
  options.reserve_bytes = std::numeric_limits<std::uint64_t>::max();  // no disk has that much
  const auto ledger = open_ledger(rt, folder.ledger(), options).value();
  EXPECT_EQ(run(rt, ledger->plan(row_of("a"))).error(), make_error_code(errc::no_room));
}

TEST(LedgerFile, IsCopiedWholeWhileItIsInUse) {
  temporary_folder folder;
  virtual_runtime rt({});
  const std::string copy = (folder.path() / "copy.db").string();
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  ASSERT_TRUE(run(rt, ledger->plan(row_of("a"))));
  std::ofstream(copy) << "an earlier copy";
  ASSERT_TRUE(run(rt, ledger->back_up(copy)));
  ASSERT_TRUE(run(rt, ledger->plan(row_of("b"))));
  EXPECT_EQ(mode_of(copy), 0600U);
  EXPECT_FALSE(std::filesystem::exists(copy + ".part"));
  EXPECT_FALSE(std::filesystem::exists(copy + "-wal")) << "one file is all there is to keep";
  {
    const auto restored = open_ledger(rt, copy).value();
    EXPECT_TRUE(run(rt, restored->find("a")));
    EXPECT_EQ(run(rt, restored->find("b")).error(), make_error_code(errc::not_found));
  }
  const auto nowhere = run(rt, ledger->back_up("/nonexistent/copy.db"));
  EXPECT_EQ(nowhere.error(), make_error_code(errc::unavailable));
  const auto memory = open_ledger(rt, ":memory:").value();
  EXPECT_EQ(run(rt, memory->back_up(copy)).error(), make_error_code(errc::not_allowed));
}

// Plans a row long ago and leaves it in the state.
void left_in(virtual_runtime& rt, ledger& to, const std::string& operation, write_state state, wall_time at) {
  ledger_row row = row_of(operation);
  row.planned_at = at;
  ASSERT_TRUE(run(rt, to.plan(row)));
  for (const auto& [from, next] :
       {std::pair{write_state::planned, write_state::sending}, std::pair{write_state::sending, state}}) {
    if (state == write_state::planned) continue;
    auto change = move_of(operation, from, next);
    change.at = at;
    ASSERT_TRUE(run(rt, to.advance(change)));
  }
}

TEST(LedgerFile, KeepsRowsForSixYearsAndOpenOnesForEver) {
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, ":memory:").value();
  const wall_time six_years_ago = retention_limit(rt.wall(), default_retention);
  const wall_time old = six_years_ago - 1h;
  left_in(rt, *ledger, "written", write_state::written, old);
  left_in(rt, *ledger, "review", write_state::needs_review, old);
  left_in(rt, *ledger, "open", write_state::planned, old);
  left_in(rt, *ledger, "young", write_state::written, six_years_ago + 1h);
  EXPECT_EQ(run(rt, ledger->purge(six_years_ago + 1s)).error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(run(rt, ledger->purge(six_years_ago)).value(), 1U);
  std::vector<std::string> left;
  const auto rows = run(rt, ledger->all()).value();
  for (const auto& row : rows) left.push_back(row.operation);
  EXPECT_THAT(left, testing::ElementsAre("review", "open", "young"));
}

TEST(Retention, CountsCalendarYears) {
  using namespace std::chrono;
  const auto at = [](int y, unsigned m, unsigned d) {
    return wall_time(sys_days(year(y) / month(m) / day(d)));
  };
  EXPECT_EQ(retention_limit(at(2026, 1, 5) + 7h, years(6)), at(2020, 1, 5) + 7h);
  EXPECT_EQ(retention_limit(at(2028, 2, 29), years(6)), at(2022, 2, 28));
  EXPECT_EQ(retention_limit(at(2028, 2, 29), years(4)), at(2024, 2, 29));
}

}  // namespace
}  // namespace epicenter::store::test
