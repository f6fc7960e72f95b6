// A ledger that an earlier version, or one without a key, has left, opened with a key.
#include <epicenter/store/seal.hpp>
#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/store/tests/clear_text.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::store::test {
namespace {

using testing::HasSubstr;

// The second version of the tables, word for word.
constexpr const char* second_version =
    "CREATE TABLE ledger(seq INTEGER PRIMARY KEY, operation TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " resource_type TEXT NOT NULL, patient TEXT NOT NULL, payload_sha256 TEXT NOT NULL, state TEXT NOT NULL,"
    " attempts INTEGER NOT NULL, resource_id TEXT NOT NULL, reason TEXT NOT NULL,"
    " planned_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);"
    "CREATE INDEX ledger_state ON ledger(state, seq);"
    "ALTER TABLE ledger ADD COLUMN tenant TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN order_key TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN encounter TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN user TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN code TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE ledger ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE ledger ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE ledger ADD COLUMN send_by INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE ledger ADD COLUMN version INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE ledger ADD COLUMN released INTEGER NOT NULL DEFAULT 0;"
    "UPDATE ledger SET order_key = operation;"
    "CREATE UNIQUE INDEX ledger_order ON ledger(tenant, resource_type, order_key);"
    "CREATE TABLE transitions(row INTEGER NOT NULL, version INTEGER NOT NULL, from_state TEXT NOT NULL,"
    " to_state TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,"
    " resource_id TEXT NOT NULL, PRIMARY KEY(row, version)) WITHOUT ROWID;"
    "CREATE TABLE searches(row INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " complete INTEGER NOT NULL, found INTEGER NOT NULL, how TEXT NOT NULL,"
    " PRIMARY KEY(row, number)) WITHOUT ROWID;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version = 2";

constexpr const char* insert_row =
    "INSERT INTO ledger(seq, operation, kind, resource_type, patient, payload_sha256, state, attempts,"
    " resource_id, reason, planned_at, updated_at, tenant, order_key, encounter, user, code, sealed, version)"
    " VALUES(?1, ?2, 'order_lab', 'ServiceRequest', 'ePatient.Zz7', '5e1f9a7c-hash', 'NEEDS_REVIEW', 1,"
    " 'eMaybe.Zz7', 'not_found', 1, 2, 'north', ?4, 'eEncounter.Zz7', 'dr-1', '58410-2Zz7', ?3, 2)";
constexpr const char* texts =
    "INSERT INTO transitions SELECT seq, 2, 'UNKNOWN', 'NEEDS_REVIEW', 2, 'adapter', 'saw eMaybe.Zz7',"
    " 'eMaybe.Zz7' FROM ledger; INSERT INTO searches SELECT seq, 0, 2, 1, 0, 'at eSearch.Zz7' FROM ledger";

/// A file as the version before this has left it: rows "op-0"…, the first of them with payloads under the
/// key. Rows that were deleted without being overwritten, and a log that is not folded in, hold clear text
/// too.
void leave_second_version(const std::string& path, int rows, const secret* key) {
  auto file = database::open(path).value();
  ASSERT_EQ(file.query_text("PRAGMA journal_mode = WAL").value(), "wal");
  ASSERT_TRUE(file.execute(second_version));
  ASSERT_TRUE(file.execute("PRAGMA secure_delete = OFF; BEGIN"));
  auto insert = file.prepare(insert_row).value();
  for (int i = 0; i < 2 * rows; ++i) {
    const std::string operation = "op-" + std::to_string(i);
    const std::string sealed =
        key == nullptr ? std::string()
                       : seal(*key, i == 1 ? "another" : operation, telling_row(operation).payload);
    insert.bind(1, std::int64_t{i + 1}).bind(2, operation).bind_bytes(3, sealed);
    ASSERT_TRUE(insert.bind(4, "Order.Zz7" + std::to_string(i)).run());
  }
  ASSERT_TRUE(file.execute("COMMIT"));
  ASSERT_TRUE(file.execute(texts));
  const std::string gone = "DELETE FROM ledger WHERE seq > " + std::to_string(rows);
  ASSERT_TRUE(file.execute(gone.c_str()));
  if (key == nullptr) return;
  auto keep = file.prepare("INSERT INTO meta VALUES('key', ?1)").value();
  constexpr std::string_view about = "the key of this ledger";
  ASSERT_TRUE(keep.bind_bytes(1, seal(*key, about, about)).run());
}

void check_rows(virtual_runtime& rt, ledger& at, int rows, bool with_payloads) {
  const auto all = run(rt, at.worklist(10'000)).value();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(rows));
  for (int i = 0; i < rows; ++i) {
    const auto& one = all.at(static_cast<std::size_t>(i));
    EXPECT_EQ(one.row.operation, "op-" + std::to_string(i));
    EXPECT_EQ(one.row.patient, "ePatient.Zz7");
    EXPECT_EQ(one.row.encounter, "eEncounter.Zz7");
    EXPECT_EQ(one.row.code, "58410-2Zz7");
    EXPECT_EQ(one.row.payload_sha256, "5e1f9a7c-hash");
    EXPECT_EQ(one.row.order_key, "Order.Zz7" + std::to_string(i));
    EXPECT_EQ(one.row.resource_id, "eMaybe.Zz7");
    EXPECT_EQ(one.row.reason, "not_found");
    EXPECT_EQ(one.transitions.at(0).reason, "saw eMaybe.Zz7");
    EXPECT_EQ(one.transitions.at(0).resource_id, "eMaybe.Zz7");
    EXPECT_EQ(one.searches.at(0).how, "at eSearch.Zz7");
    const bool lost = with_payloads && i == 1;  // it did not open before, either
    EXPECT_EQ(one.row.damaged, lost);
    EXPECT_EQ(one.row.payload, with_payloads && !lost ? telling_row("").payload : "");
  }
  ledger_row again = telling_row("new");
  again.order_key = "Order.Zz70";
  EXPECT_EQ(run(rt, at.plan(again)).error(), make_error_code(errc::exists)) << "its number is taken";
}

TEST(Sealing, LeavesNothingInClearOfAFileOfTheVersionBefore) {
  for (const bool had_key : {true, false}) {
    temporary_folder folder;
    watched_vfs disk;
    disk.skip_syncs();
    const secret key = make_key();
    leave_second_version(folder.ledger(), 40, had_key ? &key : nullptr);
    ASSERT_THAT(in_clear(folder.path()), HasSubstr("ledger.db: ePatient.Zz7")) << "the look is blind";
    {
      virtual_runtime rt({});
      const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
      EXPECT_EQ(in_clear(folder.path()), "");
      check_rows(rt, *ledger, 40, had_key);
      EXPECT_EQ(in_clear(folder.path()), "");
    }
    EXPECT_EQ(in_clear(folder.path()), "");
    virtual_runtime rt({});
    check_rows(rt, *open_ledger(rt, folder.ledger(), under(key)).value(), 40, had_key);
  }
}

TEST(Sealing, LeavesNothingInTheLogOfAProcessThatDied) {
  temporary_folder from;
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  virtual_runtime rt({});
  {
    const auto ledger = open_ledger(rt, from.ledger()).value();
    ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
    tell_all(rt, *ledger, "a");
    std::filesystem::copy_file(from.ledger(), folder.ledger());
    std::filesystem::copy_file(from.ledger() + "-wal", folder.ledger() + "-wal");
  }
  ASSERT_THAT(in_clear(folder.path()), HasSubstr("ledger.db-wal: ePatient.Zz7"));
  const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
  EXPECT_EQ(in_clear(folder.path()), "");
  EXPECT_EQ(run(rt, ledger->history("a")).value().transitions.size(), 5U);
  EXPECT_EQ(run(rt, ledger->find("a")).value().patient, "ePatient.Zz7");
}

TEST(Sealing, IsDoneInTheEndOnADiskThatFails) {
  int failed = 0;
  int half_way = 0;
  for (std::uint64_t seed = 1; seed <= seeds(12); ++seed) {
    temporary_folder folder;
    watched_vfs disk(seed);
    disk.skip_syncs();
    leave_second_version(folder.ledger(), 40, nullptr);
    const secret key = make_key();
    virtual_runtime rt({});
    for (int tries = 0; tries < 4; ++tries) {
      disk.fail_at_random(100'000);
      const bool opened = open_ledger(rt, folder.ledger(), under(key)).has_value();
      disk.fail_at_random(0);
      if (opened) break;
      ++failed;
      auto file = database::open(folder.ledger()).value();
      const auto far = file.query_text("SELECT value FROM meta WHERE name = 'rows'").value();
      half_way += far == "sealed, and to be written anew" ? 1 : 0;
    }
    const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
    EXPECT_EQ(in_clear(folder.path()), "") << "seed " << seed;
    check_rows(rt, *ledger, 40, false);
  }
  EXPECT_GT(failed, 5) << "the disk has to fail for this to say something";
  EXPECT_GT(half_way, 0) << "and between the two halves, too";
}

TEST(Sealing, IsDoneInTheEndThoughThePowerFails) {
  for (std::uint64_t seed = 1; seed <= seeds(6); ++seed) {
    temporary_folder folder;
    const secret key = make_key();
    watched_vfs disk(seed);
    disk.remember_syncs();
    {
      virtual_runtime rt({});
      const auto ledger = open_ledger(rt, folder.ledger()).value();
      ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
      tell_all(rt, *ledger, "a");
    }
    {
      virtual_runtime rt({});
      const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
      disk.lose_power();
    }
    disk.restore_power();
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
    EXPECT_EQ(in_clear(folder.path()), "") << "seed " << seed;
    EXPECT_EQ(run(rt, ledger->find("a")).value().resource_id, "eFound.Zz7") << "seed " << seed;
  }
}

TEST(Sealing, WaitsUntilNobodyElseReadsTheFile) {
  temporary_folder folder;
  leave_second_version(folder.ledger(), 3, nullptr);
  const secret key = make_key();
  virtual_runtime rt({});
  {
    auto reader = database::open(folder.ledger()).value();
    ASSERT_TRUE(reader.execute("BEGIN; SELECT count(*) FROM ledger"));
    EXPECT_EQ(open_ledger(rt, folder.ledger(), under(key)).error(), make_error_code(errc::unavailable));
  }
  EXPECT_TRUE(open_ledger(rt, folder.ledger(), under(key)));
  EXPECT_EQ(in_clear(folder.path()), "");
}

TEST(Sealing, IsOfNoUseToAnOlderProgramAndNewerFilesAreToThisOne) {
  temporary_folder folder;
  virtual_runtime rt({});
  ASSERT_TRUE(open_ledger(rt, folder.ledger(), under(make_key())));
  {
    auto file = database::open(folder.ledger()).value();
    EXPECT_EQ(file.query_text("PRAGMA user_version").value(), "3");
    ASSERT_TRUE(file.execute("PRAGMA user_version = 4"));
  }
  const auto newer = open_ledger(rt, folder.ledger());
  ASSERT_EQ(newer.error(), make_error_code(errc::unavailable));
  EXPECT_THAT(newer.error().message(),
              HasSubstr("newer program: its version is 4, and this program knows 3"));
}

}  // namespace
}  // namespace epicenter::store::test
