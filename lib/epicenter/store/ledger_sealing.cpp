#include <epicenter/store/ledger_sealing.hpp>
#include <epicenter/store/row_seal.hpp>
#include <vector>

namespace epicenter::store {
namespace {

constexpr std::string_view about_key = "the key of this ledger";
// How far the sealing of an older file has come, in the table meta under 'rows'.
constexpr std::string_view sealed_not_cleaned = "sealed, and to be written anew";
constexpr std::string_view sealed_and_clean = "sealed";

result<std::string> note_of(database& db, std::string_view name) {
  auto find = db.prepare("SELECT value FROM meta WHERE name = ?1");
  if (!find) return fail(std::move(find.error()));
  auto there = find->bind(1, name).step();
  if (!there) return fail(std::move(there.error()));
  return *there ? find->bytes(0) : std::string();
}

result<> note(database& db, std::string_view name, std::string_view value) {
  auto keep = db.prepare("INSERT OR REPLACE INTO meta VALUES(?1, ?2)");
  if (!keep) return fail(std::move(keep.error()));
  return keep->bind(1, name).bind_bytes(2, value).run().map([](int) {});
}

/// A row of an earlier version: all in clear but its payload, which was sealed alone.
struct old_row {
  std::int64_t seq = 0;
  ledger_row row;
  bool payload_lost = false;
};

old_row old_row_of(const statement& from, const secret& key) {
  old_row made;
  made.seq = from.number(0);
  ledger_row& row = made.row;
  row.operation = from.text(1);
  row.resource_type = from.text(2);
  row.tenant = from.text(3);
  row.order_key = from.text(4);
  row.patient = from.text(5);
  row.encounter = from.text(6);
  row.code = from.text(7);
  row.payload_sha256 = from.text(8);
  row.resource_id = from.text(9);
  row.reason = from.text(10);
  const std::string payload = from.bytes(11);
  if (payload.empty()) return made;
  auto opened = unseal(key, row.operation, payload);
  made.payload_lost = !opened;
  if (opened) row.payload = opened->reveal();
  return made;
}

class sealing {
 public:
  sealing(database& db, const secret& key) : db_(db), key_(key), seal_(key) {}

  // In the order of their numbers, one by one: a large file need not fit into memory.
  result<> all_rows() {
    auto find = db_.prepare(
        "SELECT seq, operation, resource_type, tenant, order_key, patient, encounter, code, payload_sha256,"
        " resource_id, reason, sealed FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT 1");
    auto keep = db_.prepare(
        "UPDATE ledger SET patient = '', encounter = '', code = '', payload_sha256 = '', order_key = ?2,"
        " resource_id = ?3, reason = ?4, sealed = ?5 WHERE seq = ?1");
    if (!find) return fail(std::move(find.error()));
    if (!keep) return fail(std::move(keep.error()));
    for (std::int64_t last = std::numeric_limits<std::int64_t>::min();;) {
      auto more = find->bind(1, last).step();
      if (!more) return fail(std::move(more.error()));
      if (!*more) return {};
      const old_row one = old_row_of(*find, key_);
      find->reset();
      last = one.seq;
      if (auto done = keep_sealed(*keep, one); !done) return done;
      if (auto done = texts_of(one); !done) return done;
    }
  }

 private:
  using purpose = row_seal::purpose;

  result<> keep_sealed(statement& keep, const old_row& one) {
    const ledger_row& row = one.row;
    const column order = seal_.order_column(row);
    const column id = seal_.seal_text(purpose::resource_id, row.operation, row.resource_id);
    const column reason = seal_.seal_text(purpose::reason, row.operation, row.reason);
    const std::string sealed = seal_.seal_row(row, one.payload_lost);
    bind(bind(bind(keep.bind(1, one.seq), 2, order), 3, id), 4, reason).bind_bytes(5, sealed);
    return keep.run().map([](int) {});
  }

  result<> texts_of(const old_row& one) {
    const std::string& operation = one.row.operation;
    auto reasons = seal_texts("SELECT version, reason FROM transitions WHERE row = ?1",
                              "UPDATE transitions SET reason = ?3 WHERE row = ?1 AND version = ?2", one.seq,
                              purpose::reason, operation);
    if (!reasons) return reasons;
    auto ids = seal_texts("SELECT version, resource_id FROM transitions WHERE row = ?1",
                          "UPDATE transitions SET resource_id = ?3 WHERE row = ?1 AND version = ?2", one.seq,
                          purpose::resource_id, operation);
    if (!ids) return ids;
    return seal_texts("SELECT number, how FROM searches WHERE row = ?1",
                      "UPDATE searches SET how = ?3 WHERE row = ?1 AND number = ?2", one.seq, purpose::search,
                      operation);
  }

  result<> seal_texts(std::string_view find, std::string_view keep, std::int64_t row, purpose what,
                      std::string_view operation) {
    auto query = db_.prepare(find);
    auto update = db_.prepare(keep);
    if (!query) return fail(std::move(query.error()));
    if (!update) return fail(std::move(update.error()));
    std::vector<std::pair<std::int64_t, column>> sealed;
    query->bind(1, row);
    for (;;) {
      auto more = query->step();
      if (!more) return fail(std::move(more.error()));
      if (!*more) break;
      sealed.emplace_back(query->number(0), seal_.seal_text(what, operation, query->text(1)));
    }
    for (const auto& [number, text] : sealed) {
      auto done = bind(update->bind(1, row).bind(2, number), 3, text).run();
      if (!done) return fail(std::move(done.error()));
    }
    return {};
  }

  database& db_;
  const secret& key_;
  row_seal seal_;
};

result<> seal_all(database& db, const secret& key, bool first_key, bool made_now) {
  if (first_key) {
    if (auto kept = note(db, "key", seal(key, about_key, about_key)); !kept) return kept;
  }
  if (made_now) return note(db, "rows", sealed_and_clean);
  // Texts of rows that are gone: nobody asks for them, and they are in clear.
  auto dropped = db.execute(
      "DELETE FROM transitions WHERE row NOT IN (SELECT seq FROM ledger);"
      "DELETE FROM searches WHERE row NOT IN (SELECT seq FROM ledger)");
  if (!dropped) return dropped;
  if (auto done = sealing(db, key).all_rows(); !done) return done;
  return note(db, "rows", sealed_not_cleaned);
}

result<> in_one_transaction(database& db, const secret& key, bool first_key, bool made_now) {
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = seal_all(db, key, first_key, made_now);
  if (done) done = db.execute("COMMIT");
  // Fails where SQLite has rolled back by itself; either way nothing of the transaction is left.
  if (!done) (void)db.execute("ROLLBACK");
  return done;
}

// Whatever the pages and the log held in clear.
result<> write_anew(database& db) {
  if (auto done = db.execute("VACUUM"); !done) return done;
  auto busy = db.query_text("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy) return fail(std::move(busy.error()));
  if (*busy != "0") return fail(errc::unavailable, "another program reads it, and it is to be sealed");
  return note(db, "rows", sealed_and_clean);
}

}  // namespace

result<> match_key(database& db, const secret& key, bool made_now) {
  auto known = note_of(db, "key");
  if (!known) return fail(std::move(known.error()));
  if (key.empty()) {
    if (known->empty()) return {};
    return fail(errc::wrong_key, "it is sealed, and no key was given");
  }
  if (key.reveal().size() != key_bytes) return fail(errc::wrong_key, "a key has 32 bytes");
  if (!known->empty()) {
    auto opened = unseal(key, about_key, *known);
    if (!opened) return fail(std::move(opened.error()));
  }
  auto rows = note_of(db, "rows");
  if (!rows) return fail(std::move(rows.error()));
  if (*rows == sealed_and_clean) return {};
  if (*rows != sealed_not_cleaned) {
    if (auto done = in_one_transaction(db, key, known->empty(), made_now); !done) return done;
  }
  return made_now ? result<>() : write_anew(db);
}

}  // namespace epicenter::store
