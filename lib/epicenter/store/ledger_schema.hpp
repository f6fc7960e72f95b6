// The ledger's tables and statements.
#pragma once

#include <epicenter/store/ledger.hpp>
#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {

/// Order of the statements that prepare_ledger makes.
enum class ledger_statement : std::size_t {
  insert_row,
  change_row,
  release_row,
  find_row,
  find_order,
  list_rows,
  all_rows,
  insert_transition,
  insert_search,
  transitions,
  searches,
  purge_searches,
  purge_transitions,
  purge_rows,
  pages,
  free_pages,
  begin,
  commit,
  rollback,
};

/// Makes the tables, or brings those of an older version up to date. A newer version is refused.
result<> configure_ledger(database&, const ledger_options&, bool in_memory);
result<std::vector<statement>> prepare_ledger(database&);

}  // namespace epicenter::store
