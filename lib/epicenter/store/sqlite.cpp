#include <sqlite3.h>

#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {
namespace {

// SQLite's own message may quote values (patient ids); the words for its code never do.
tl::unexpected<error> failed(int code) {
  return fail(errc::unavailable, sqlite3_errstr(code));
}

}  // namespace

void statement::finalizer::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

statement& statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(handle_.get(), index, text.data(), static_cast<int>(text.size()),
                    nullptr);  // SQLITE_STATIC
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
  return failed(sqlite3_extended_errcode(db_));
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

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

void statement::reset() {
  sqlite3_reset(handle_.get());
}

void database::closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

result<database> database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database db(handle);
  if (code != SQLITE_OK) return failed(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 1000);
  return db;
}

result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return failed(code);
  return statement(handle_.get(), handle);
}

result<> database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(code);
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

}  // namespace epicenter::store
