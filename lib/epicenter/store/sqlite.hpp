// The few things of SQLite's C API that the ledger needs, with owners and errors of our own.
#pragma once

#include <cstdint>
#include <epicenter/store/ledger.hpp>
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
  /// True while there is a row. Resets the statement when it ends or fails. errc::unavailable.
  result<bool> step();
  /// Runs to the end and returns how many rows it changed.
  result<int> run();
  std::string text(int column) const;
  std::int64_t number(int column) const;
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

  result<statement> prepare(std::string_view sql);
  /// Runs statements that return no rows of interest.
  result<> execute(const char* sql);
  /// The first column of the first row, as text.
  result<std::string> query_text(std::string_view sql);

 private:
  struct closer {
    void operator()(sqlite3*) const;
  };
  explicit database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, closer> handle_;
};

}  // namespace epicenter::store
