// The ledger's one table and the statements over it. Blocking: called from blocking work only.
#pragma once

#include <epicenter/store/ledger.hpp>
#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {

/// A call into errc::unavailable means the database itself failed, and the transaction around it must be
/// rolled back; every other error left the table as it was.
class ledger_table {
 public:
  /// Opens the file, creates the table where there is none. A file of a newer version is refused.
  static result<ledger_table> open(const std::string& path);

  result<> begin();
  result<> commit();
  void rollback();

  result<> plan(const ledger_row&);
  result<> advance(const ledger::change&);
  result<ledger_row> find(const std::string& operation);
  result<std::vector<ledger_row>> list(write_state, std::size_t limit);
  result<std::vector<ledger_row>> all();

 private:
  ledger_table(database db, std::vector<statement> statements)
      : db_(std::move(db)), statements_(std::move(statements)) {}
  statement& use(std::size_t which) { return statements_[which]; }

  database db_;
  std::vector<statement> statements_;  // destroyed before the connection
};

}  // namespace epicenter::store
