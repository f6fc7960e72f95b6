// The ledger's tables. Blocking: called from blocking work only.
#pragma once

#include <epicenter/store/ledger_schema.hpp>
#include <epicenter/store/private_file.hpp>
#include <epicenter/store/row_seal.hpp>
#include <optional>

namespace epicenter::store {

/// A call into errc::unavailable means the database itself failed, and the transaction around it must be
/// rolled back; every other error left the tables as they were.
class ledger_table {
 public:
  static result<ledger_table> open(const std::string& path, ledger_options);

  result<> begin();
  result<> commit();
  void rollback();
  void committed() {}

  result<> plan(const ledger_row&);
  result<> advance(const ledger::change&);
  result<ledger_row> find(const std::string& operation);
  result<ledger_row> find_order(const std::string& tenant, const std::string& type, const std::string& key);
  result<std::vector<ledger_row>> list(write_state, std::size_t limit);
  result<std::vector<ledger_row>> all();

  result<> note_search(const std::string& operation, const search_made&);
  result<write_history> history(const std::string& operation);
  result<std::vector<write_history>> worklist(std::size_t limit);
  result<> resolve_written(const resolution&, const std::string& resource_id);
  result<> release_once(const resolution&);
  result<std::uint64_t> purge(wall_time before);

  const std::string& path() const { return path_; }
  bool in_memory() const;
  const ledger_options& options() const { return options_; }

 private:
  ledger_table(std::string path, ledger_options options, std::optional<owner_lock> lock, database db,
               std::vector<statement> statements)
      : path_(std::move(path)),
        options_(std::move(options)),
        seal_(options_.key),
        lock_(std::move(lock)),
        db_(std::move(db)),
        statements_(std::move(statements)) {}

  /// A transition as it is stored.
  struct change_made {
    write_state from;
    write_state to;
    wall_time at;
    std::string_view by;
    column reason;
    column resource_id;
  };

  statement& use(ledger_statement which) { return statements_[static_cast<std::size_t>(which)]; }
  result<std::int64_t> number_of(ledger_statement);
  result<std::uint64_t> room_left();
  result<ledger_row> one_row(statement& query);
  result<std::vector<ledger_row>> rows_of(statement& query);
  result<ledger_row> row_of(const statement& from);
  std::string open_text(const statement& from, int at, row_seal::purpose, write_history& of);
  result<transition> transition_of(const statement& from, write_history& of);
  result<search_made> search_of(const statement& from, write_history& of);
  result<> refuse_known(const ledger_row&);
  result<> change_state(const ledger::change&);
  result<> note_transition(std::int64_t row, std::int64_t version, const change_made&);
  result<> complete(write_history&);
  result<ledger_row> under_review(const resolution&);

  std::string path_;
  ledger_options options_;
  row_seal seal_;
  std::optional<owner_lock> lock_;  // given back after the database is closed
  database db_;
  std::vector<statement> statements_;  // destroyed before the connection
  std::optional<std::uint64_t> room_;  // of this transaction; empty: nobody has asked
};

}  // namespace epicenter::store
