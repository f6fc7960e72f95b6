#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <epicenter/store/ledger_table.hpp>
#include <limits>

namespace epicenter::store {
namespace {

constexpr std::string_view memory_path = ":memory:";
constexpr std::string_view schema_version = "1";
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS ledger("
    " seq INTEGER PRIMARY KEY, operation TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, resource_type TEXT NOT "
    "NULL,"
    " patient TEXT NOT NULL, payload_sha256 TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " resource_id TEXT NOT NULL, reason TEXT NOT NULL, planned_at INTEGER NOT NULL, updated_at INTEGER NOT "
    "NULL);"
    "CREATE INDEX IF NOT EXISTS ledger_state ON ledger(state, seq);"
    "PRAGMA user_version = 1;";

// Order of the statements in `sql` below.
enum statement_number : std::size_t {
  insert_row,
  change_row,
  find_row,
  list_rows,
  all_rows,
  begin_,
  commit_,
  undo_
};

#define EPICENTER_LEDGER_COLUMNS                                                                    \
  "operation, kind, resource_type, patient, payload_sha256, state, attempts, resource_id, reason, " \
  "planned_at,"                                                                                     \
  " updated_at"
constexpr std::array<std::string_view, 8> sql{
    "INSERT INTO ledger(" EPICENTER_LEDGER_COLUMNS
    ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10) ON CONFLICT(operation) DO NOTHING",
    "UPDATE ledger SET state = ?3, reason = ?4, updated_at = ?5, attempts = attempts + ?6,"
    " resource_id = CASE WHEN ?7 = '' THEN resource_id ELSE ?7 END WHERE operation = ?1 AND state = ?2",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger WHERE operation = ?1",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger WHERE state = ?1 ORDER BY seq LIMIT ?2",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger ORDER BY seq",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
};
#undef EPICENTER_LEDGER_COLUMNS

std::int64_t ns(wall_time at) {
  return at.time_since_epoch().count();
}
wall_time from_ns(std::int64_t value) {
  return wall_time(duration(value));
}

result<ledger_row> row_of(const statement& from) {
  auto state = parse_write_state(from.text(5));
  if (!state) return fail(std::move(state.error()));
  ledger_row row;
  row.operation = from.text(0);
  row.kind = from.text(1);
  row.resource_type = from.text(2);
  row.patient = from.text(3);
  row.payload_sha256 = from.text(4);
  row.state = *state;
  row.attempts = static_cast<std::uint32_t>(from.number(6));
  row.resource_id = from.text(7);
  row.reason = from.text(8);
  row.planned_at = from_ns(from.number(9));
  row.updated_at = from_ns(from.number(10));
  return row;
}

result<std::vector<ledger_row>> rows_of(statement& query) {
  std::vector<ledger_row> rows;
  for (;;) {
    auto more = query.step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return rows;
    auto row = row_of(query);
    if (!row) {
      query.reset();
      return fail(std::move(row.error()));
    }
    rows.push_back(std::move(*row));
  }
}

// SQLite gives its files the mode of the database; so the database is there, with ours, before SQLite opens
// it. An existing one is never opened here: closing a second descriptor would drop the locks of the first.
result<> make_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd >= 0) {
    ::close(fd);
    return {};
  }
  if (errno == EEXIST && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0) return {};
  return fail(errc::unavailable, std::string("cannot open the file: ") + std::strerror(errno));
}

result<> configure(database& db, bool in_memory) {
  if (!in_memory) {
    auto mode = db.query_text("PRAGMA journal_mode = WAL");
    if (!mode) return fail(std::move(mode.error()));
    if (*mode != "wal") return fail(errc::unavailable, "the file system cannot keep a write-ahead log");
  }
  if (auto set = db.execute("PRAGMA synchronous = FULL"); !set) return set;
  auto version = db.query_text("PRAGMA user_version");
  if (!version) return fail(std::move(version.error()));
  if (*version == schema_version) return {};
  if (*version != "0") return fail(errc::unavailable, "the ledger is of version " + *version + ", not 1");
  return db.execute(schema);
}

}  // namespace

result<ledger_table> ledger_table::open(const std::string& path) {
  if (path.empty()) return fail(errc::unavailable, "no file named");
  const bool in_memory = path == memory_path;
  if (!in_memory) {
    if (auto made = make_private(path); !made) return fail(std::move(made.error()));
  }
  auto db = database::open(path);
  if (!db) return fail(std::move(db.error()));
  if (auto ready = configure(*db, in_memory); !ready) return fail(std::move(ready.error()));
  std::vector<statement> statements;
  for (const auto text : sql) {
    auto prepared = db->prepare(text);
    if (!prepared) return fail(std::move(prepared.error()));
    statements.push_back(std::move(*prepared));
  }
  return ledger_table(std::move(*db), std::move(statements));
}

result<> ledger_table::begin() {
  return use(begin_).run().map([](int) {});
}
result<> ledger_table::commit() {
  return use(commit_).run().map([](int) {});
}
void ledger_table::rollback() {
  // Fails where SQLite has rolled back by itself (disk full); either way nothing of the transaction is left.
  (void)use(undo_).run();
}

result<> ledger_table::plan(const ledger_row& row) {
  statement& insert = use(insert_row);
  insert.bind(1, row.operation).bind(2, row.kind).bind(3, row.resource_type).bind(4, row.patient);
  insert.bind(5, row.payload_sha256).bind(6, name_of(write_state::planned)).bind(7, row.resource_id);
  insert.bind(8, row.reason).bind(9, ns(row.planned_at)).bind(10, ns(row.planned_at));
  auto inserted = insert.run();
  if (!inserted) return fail(std::move(inserted.error()));
  if (*inserted == 1) return {};
  auto there = find(row.operation);
  if (!there) return fail(std::move(there.error()));
  const bool same = there->kind == row.kind && there->resource_type == row.resource_type &&
                    there->patient == row.patient && there->payload_sha256 == row.payload_sha256;
  return same ? fail(errc::exists) : fail(errc::content_differs);
}

result<> ledger_table::advance(const ledger::change& change) {
  statement& update = use(change_row);
  update.bind(1, change.operation).bind(2, name_of(change.from)).bind(3, name_of(change.to));
  update.bind(4, change.reason).bind(5, ns(change.at));
  update.bind(6, std::int64_t{change.to == write_state::sending ? 1 : 0}).bind(7, change.resource_id);
  auto changed = update.run();
  if (!changed) return fail(std::move(changed.error()));
  if (*changed == 1) return {};
  auto there = find(change.operation);
  if (!there) return fail(std::move(there.error()));
  return fail(errc::stale_state,
              "is " + std::string(name_of(there->state)) + ", not " + std::string(name_of(change.from)));
}

result<ledger_row> ledger_table::find(const std::string& operation) {
  statement& query = use(find_row);
  auto more = query.bind(1, operation).step();
  if (!more) return fail(std::move(more.error()));
  if (!*more) return fail(errc::not_found);
  auto row = row_of(query);
  query.reset();
  return row;
}

result<std::vector<ledger_row>> ledger_table::list(write_state state, std::size_t limit) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return rows_of(
      use(list_rows).bind(1, name_of(state)).bind(2, static_cast<std::int64_t>(std::min(limit, most))));
}

result<std::vector<ledger_row>> ledger_table::all() {
  return rows_of(use(all_rows));
}

}  // namespace epicenter::store
