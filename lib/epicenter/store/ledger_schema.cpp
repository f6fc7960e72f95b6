#include <array>
#include <epicenter/store/ledger_schema.hpp>
#include <epicenter/store/ledger_sealing.hpp>

namespace epicenter::store {
namespace {

// Each step brings a file from the version of its place to the next.
constexpr std::array<const char*, 3> steps{
    "CREATE TABLE ledger("
    " seq INTEGER PRIMARY KEY, operation TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " resource_type TEXT NOT NULL, patient TEXT NOT NULL, payload_sha256 TEXT NOT NULL, state TEXT NOT NULL,"
    " attempts INTEGER NOT NULL, resource_id TEXT NOT NULL, reason TEXT NOT NULL,"
    " planned_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);"
    "CREATE INDEX ledger_state ON ledger(state, seq);",

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
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",

    // Rows under a key are sealed whole (match_key), which an older program would take for rows of nobody.
    "",
};

#define EPICENTER_LEDGER_COLUMNS                                                                    \
  "operation, kind, resource_type, patient, payload_sha256, state, attempts, resource_id, reason, " \
  "planned_at, updated_at, tenant, order_key, encounter, user, code, sealed, queued, send_by, "     \
  "version, released"
// What has a person's hands off it for good.
#define EPICENTER_SETTLED "state IN ('WRITTEN', 'REJECTED', 'NOT_SENT', 'DUPLICATE') AND updated_at < ?1"
constexpr std::array<std::string_view, 19> sql{
    "INSERT INTO ledger(operation, kind, resource_type, patient, payload_sha256, state, attempts,"
    " resource_id, reason, planned_at, updated_at, tenant, order_key, encounter, user, code, sealed, queued,"
    " send_by) VALUES(?1, ?2, ?3, ?4, ?5, 'PLANNED', 0, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
    " ?16) ON CONFLICT DO NOTHING RETURNING seq",
    "UPDATE ledger SET state = ?3, reason = ?4, updated_at = ?5, attempts = attempts + ?6,"
    " resource_id = CASE WHEN ?7 = '' THEN resource_id ELSE ?7 END, version = version + 1,"
    // Who is still PLANNED has not been sent since it was released.
    " released = CASE WHEN ?2 = 'PLANNED' AND ?3 = 'NEEDS_REVIEW' THEN 0 ELSE released END"
    " WHERE operation = ?1 AND state = ?2 RETURNING seq, version",
    "UPDATE ledger SET released = 1 WHERE operation = ?1",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger WHERE operation = ?1",
    "SELECT " EPICENTER_LEDGER_COLUMNS
    " FROM ledger WHERE tenant = ?1 AND resource_type = ?2 AND order_key = ?3",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger WHERE state = ?1 ORDER BY seq LIMIT ?2",
    "SELECT " EPICENTER_LEDGER_COLUMNS " FROM ledger ORDER BY seq",
    "INSERT INTO transitions VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    "INSERT INTO searches SELECT seq, (SELECT count(*) FROM searches WHERE row = seq), ?2, ?3, ?4, ?5"
    " FROM ledger WHERE operation = ?1",
    "SELECT from_state, to_state, at, by, reason, resource_id, version FROM transitions"
    " WHERE row = (SELECT seq FROM ledger WHERE operation = ?1) ORDER BY version",
    "SELECT at, complete, found, how FROM searches"
    " WHERE row = (SELECT seq FROM ledger WHERE operation = ?1) ORDER BY number",
    "DELETE FROM searches WHERE row IN (SELECT seq FROM ledger WHERE " EPICENTER_SETTLED ")",
    "DELETE FROM transitions WHERE row IN (SELECT seq FROM ledger WHERE " EPICENTER_SETTLED ")",
    "DELETE FROM ledger WHERE " EPICENTER_SETTLED,
    "PRAGMA page_count",
    "PRAGMA freelist_count",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
};
#undef EPICENTER_SETTLED
#undef EPICENTER_LEDGER_COLUMNS
static_assert(static_cast<std::size_t>(ledger_statement::rollback) == sql.size() - 1);

// True where there was nothing yet.
result<bool> upgrade(database& db) {
  auto found = db.query_text("PRAGMA user_version");
  if (!found) return fail(std::move(found.error()));
  const auto version = static_cast<std::size_t>(std::stoul(*found));
  if (version > steps.size()) {
    return fail(errc::unavailable, "it was written by a newer program: its version is " + *found +
                                       ", and this program knows " + std::to_string(steps.size()));
  }
  for (std::size_t at = version; at < steps.size(); ++at) {
    const std::string step = "BEGIN IMMEDIATE;" + std::string(steps.at(at)) +
                             "PRAGMA user_version = " + std::to_string(at + 1) + ";COMMIT";
    if (auto done = db.execute(step.c_str()); !done) return fail(std::move(done.error()));
  }
  return version == 0;
}

result<> bound_size(database& db, std::uint64_t max_bytes) {
  if (max_bytes == 0) return {};
  auto page = db.query_text("PRAGMA page_size");
  if (!page) return fail(std::move(page.error()));
  const std::uint64_t pages = std::max<std::uint64_t>(1, max_bytes / std::stoull(*page));
  const std::string set = "PRAGMA max_page_count = " + std::to_string(pages);
  return db.execute(set.c_str());
}

}  // namespace

result<> configure_ledger(database& db, const ledger_options& options, bool in_memory) {
  if (auto set = make_durable(db, in_memory); !set) return set;
  auto made_now = upgrade(db);
  if (!made_now) return fail(std::move(made_now.error()));
  if (auto right = match_key(db, options.key, *made_now); !right) return right;
  return bound_size(db, options.max_bytes);
}

result<std::vector<statement>> prepare_ledger(database& db) {
  std::vector<statement> statements;
  for (const auto text : sql) {
    auto prepared = db.prepare(text);
    if (!prepared) return fail(std::move(prepared.error()));
    statements.push_back(std::move(*prepared));
  }
  return statements;
}

}  // namespace epicenter::store
