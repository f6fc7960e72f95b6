// The few things of SQLite's C API that the stores need, with owners and errors of our own.
#pragma once

#include <cstdint>
#include <epicenter/store/error.hpp>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace epicenter::store {

/// A prepared statement, used again and again. Not thread-safe.
class statement {
 public:
  statement(sqlite3* db, sqlite3_stmt* handle) : db_(db), handle_(handle) {}

  /// Parameters count from 1. Bound text must outlive the next step.
  statement& bind(int index, std::string_view text);
  statement& bind(int index, std::int64_t number);
  statement& bind_bytes(int index, std::string_view bytes);
  /// True while there is a row. Resets the statement when it ends or fails. errc::unavailable.
  result<bool> step();
  /// Runs to the end and returns how many rows it changed.
  result<int> run();
  std::string text(int column) const;
  std::string bytes(int column) const;
  std::int64_t number(int column) const;
  /// True where bytes were bound, not a text or a number.
  bool is_bytes(int column) const;
  void reset();

 private:
  struct finalizer {
    void operator()(sqlite3_stmt*) const;
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// One connection to one database. Used by one thread at a time.
class database {
 public:
  static result<database> open(const std::string& path);
  /// A second connection that reads what is committed, beside one that writes. Never writes.
  static result<database> open_to_read(const std::string& path);

  result<statement> prepare(std::string_view sql);
  /// Runs statements that return no rows of interest.
  result<> execute(const char* sql);
  /// The first column of the first row, as text.
  result<std::string> query_text(std::string_view sql);
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct closer {
    void operator()(sqlite3*) const;
  };
  static result<database> open_with(const std::string& path, int flags);
  explicit database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A write-ahead log, a sync for every commit, and free pages that hold nothing of what was deleted.
/// errc::unavailable.
result<> make_durable(database&, bool in_memory);

/// errc::unavailable with SQLite's words for the code. Its own message may quote values (patient ids); these
/// words never do.
tl::unexpected<error> sqlite_failed(int code);

}  // namespace epicenter::store
