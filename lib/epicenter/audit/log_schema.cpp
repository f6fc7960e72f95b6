#include <array>
#include <epicenter/audit/log_schema.hpp>
#include <epicenter/store/seal.hpp>

namespace epicenter::audit {
namespace {

#define EPICENTER_ENTRY_COLUMNS                                                                    \
  "seq, at, stage, type, subject, user, patient, result, details, disclosed, recipient, address, " \
  "description, purpose, exception, sealed, previous_hash, hash"

constexpr const char* schema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE entries(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, stage INTEGER NOT NULL,"
    " type TEXT NOT NULL, subject TEXT NOT NULL, user TEXT NOT NULL, patient TEXT NOT NULL,"
    " result TEXT NOT NULL, details TEXT NOT NULL, disclosed INTEGER NOT NULL, recipient TEXT NOT NULL,"
    " address TEXT NOT NULL, description TEXT NOT NULL, purpose TEXT NOT NULL, exception TEXT NOT NULL,"
    " sealed BLOB NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL);"
    "CREATE INDEX entries_type ON entries(type, seq);"
    "CREATE INDEX entries_user ON entries(user, seq);"
    "CREATE INDEX entries_patient ON entries(patient, seq);"
    "CREATE INDEX entries_at ON entries(at);"
    "CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;"
    "CREATE TABLE heads(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash BLOB NOT NULL,"
    " signature BLOB NOT NULL);"
    "CREATE TABLE keys(patient TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "COMMIT";

constexpr std::array<std::string_view, 16> sql{
    "INSERT INTO entries(" EPICENTER_ENTRY_COLUMNS
    ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    "SELECT " EPICENTER_ENTRY_COLUMNS " FROM entries WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    "INSERT OR REPLACE INTO heads VALUES(?1, ?2, ?3, ?4)",
    "SELECT seq, at, hash, signature FROM heads ORDER BY seq",
    "SELECT seq, at, hash, signature FROM heads ORDER BY seq DESC LIMIT 1",
    "SELECT seq, at, hash, signature FROM heads WHERE seq < ?1 ORDER BY seq DESC LIMIT 1",
    "SELECT min(seq) FROM entries WHERE at >= ?1",
    "SELECT wrapped FROM keys WHERE patient = ?1",
    "INSERT INTO keys VALUES(?1, ?2)",
    "DELETE FROM keys WHERE patient = ?1",
    "DELETE FROM entries WHERE seq <= ?1",
    "DELETE FROM heads WHERE seq < ?1",
    "SELECT count(*) FROM entries",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
};
static_assert(static_cast<std::size_t>(log_statement::rollback) == sql.size() - 1);

result<std::string> find_meta(store::database& db, std::string_view name) {
  auto find = db.prepare("SELECT value FROM meta WHERE name = ?1");
  if (!find) return fail(std::move(find.error()));
  auto there = find->bind(1, name).step();
  if (!there) return fail(std::move(there.error()));
  return *there ? find->bytes(0) : std::string();
}

result<> keep_meta(store::database& db, std::string_view name, std::string_view value) {
  auto keep = db.prepare("INSERT INTO meta VALUES(?1, ?2)");
  if (!keep) return fail(std::move(keep.error()));
  return keep->bind(1, name).bind_bytes(2, value).run().map([](int) {});
}

// A wrong key must show when the log is opened, not when patient data is needed.
result<> check_key(store::database& db, const secret& key) {
  constexpr std::string_view about = "the key of keys of this log";
  if (key.empty()) return {};
  if (key.reveal().size() != store::key_bytes) return fail(store::errc::wrong_key, "a key has 32 bytes");
  auto there = find_meta(db, "key");
  if (!there) return fail(std::move(there.error()));
  if (there->empty()) return keep_meta(db, "key", store::seal(key, about, about));
  auto opened = store::unseal(key, about, *there);
  if (!opened) return fail(std::move(opened.error()));
  return {};
}

}  // namespace

const std::string_view entry_columns = EPICENTER_ENTRY_COLUMNS;
#undef EPICENTER_ENTRY_COLUMNS

result<> configure_log(store::database& db, const chained_log_options& options, bool in_memory) {
  if (auto set = store::make_durable(db, in_memory); !set) return set;
  auto version = db.query_text("PRAGMA user_version");
  if (!version) return fail(std::move(version.error()));
  if (*version == "0") {
    if (auto made = db.execute(schema); !made) return made;
  } else if (*version != "1") {
    return fail(store::errc::unavailable, "the audit log is of version " + *version + ", not 1");
  }
  return check_key(db, options.key_of_keys);
}

result<std::vector<store::statement>> prepare_log(store::database& db) {
  std::vector<store::statement> statements;
  for (const auto text : sql) {
    auto prepared = db.prepare(text);
    if (!prepared) return fail(std::move(prepared.error()));
    statements.push_back(std::move(*prepared));
  }
  return statements;
}

result<std::string> id_of_log(store::database& db) {
  auto there = find_meta(db, "id");
  if (!there || !there->empty()) return there;
  std::string made = to_hex(store::make_key().reveal().substr(0, 16));
  if (auto kept = keep_meta(db, "id", made); !kept) return fail(std::move(kept.error()));
  return made;
}

chained_entry chained_entry_of(const store::statement& from) {
  chained_entry one;
  one.what.seq = static_cast<std::uint64_t>(from.number(0));
  one.what.at = wall_time(duration(from.number(1)));
  one.what.stage = from.number(2) == 0 ? stage::intent : stage::outcome;
  one.what.type = from.text(3);
  one.what.subject = from.text(4);
  one.what.user = from.text(5);
  one.what.patient = from.text(6);
  one.what.result = from.text(7);
  one.what.details = from.text(8);
  disclosure out{from.text(10), from.text(11), from.text(12), from.text(13), from.text(14)};
  if (from.number(9) != 0 || out != disclosure{}) one.what.disclosed = std::move(out);
  const auto flag = [&from](int column) { return from.number(column) == 0 || from.number(column) == 1; };
  one.well_formed = flag(2) && flag(9);
  one.sealed = from.bytes(15);
  one.previous_hash = from.bytes(16);
  one.hash = from.bytes(17);
  return one;
}

}  // namespace epicenter::audit
