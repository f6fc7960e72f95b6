#include <sqlite3.h>

#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {

tl::unexpected<error> sqlite_failed(int code) {
  if ((code & 0xFF) == SQLITE_FULL) return fail(errc::unavailable, "the disk is full");
  return fail(errc::unavailable, sqlite3_errstr(code));
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

// Without an address SQLite would take the value for NULL.
statement& statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(handle_.get(), index, text.data() == nullptr ? "" : text.data(),
                    static_cast<int>(text.size()), nullptr);  // SQLITE_STATIC
  return *this;
}

statement& statement::bind_bytes(int index, std::string_view bytes) {
  sqlite3_bind_blob(handle_.get(), index, bytes.data() == nullptr ? "" : bytes.data(),
                    static_cast<int>(bytes.size()), nullptr);
  return *this;
}

statement& statement::bind(int index, std::int64_t number) {
  sqlite3_bind_int64(handle_.get(), index, number);
  return *this;
}

result<bool> statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  reset();
  if (code == SQLITE_DONE) return false;
  return sqlite_failed(sqlite3_extended_errcode(db_));
}

result<int> statement::run() {
  for (;;) {
    auto more = step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return sqlite3_changes(db_);
  }
}

std::string statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(handle_.get(), column);
  if (bytes == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string statement::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  if (bytes == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return {static_cast<const char*>(bytes), size};
}

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

bool statement::is_bytes(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_BLOB;
}

void statement::reset() {
  sqlite3_reset(handle_.get());
}

void database::closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

result<database> database::open(const std::string& path) {
  return open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
}

// Not SQLITE_OPEN_READONLY: a reader of a write-ahead log maps its index, which it may have to make.
result<database> database::open_to_read(const std::string& path) {
  auto opened = open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
  if (!opened) return opened;
  if (auto set = opened->execute("PRAGMA query_only = ON"); !set) return fail(std::move(set.error()));
  return opened;
}

result<database> database::open_with(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database db(handle);
  if (code != SQLITE_OK) return sqlite_failed(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 1000);
  return db;
}

result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return sqlite_failed(code);
  return statement(handle_.get(), handle);
}

result<> database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_failed(code);
  return {};
}

result<std::string> database::query_text(std::string_view sql) {
  auto query = prepare(sql);
  if (!query) return fail(std::move(query.error()));
  auto row = query->step();
  if (!row) return fail(std::move(row.error()));
  std::string text = *row ? query->text(0) : std::string();
  query->reset();
  return text;
}

result<> make_durable(database& db, bool in_memory) {
  if (!in_memory) {
    auto mode = db.query_text("PRAGMA journal_mode = WAL");
    if (!mode) return fail(std::move(mode.error()));
    if (*mode != "wal") return fail(errc::unavailable, "the file system cannot keep a write-ahead log");
  }
  // Folding the log in costs two more syncs: every 16 MiB, not every 4.
  return db.execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000");
}

}  // namespace epicenter::store
