// The audit log's tables and statements.
#pragma once

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/store/sqlite.hpp>

namespace epicenter::audit {

/// Order of the statements that prepare_log makes.
enum class log_statement : std::size_t {
  insert_entry,
  entries_after,
  insert_head,
  all_heads,
  last_head,
  head_before,
  first_young,
  find_key,
  insert_key,
  delete_key,
  purge_entries,
  purge_heads,
  count,
  begin,
  commit,
  rollback,
};

/// The columns of an entry, in the order that read_entry and chained_entry_of expect.
extern const std::string_view entry_columns;

/// Makes the tables where there are none. A newer version is refused.
result<> configure_log(store::database&, const chained_log_options&, bool in_memory);
result<std::vector<store::statement>> prepare_log(store::database&);
/// The name of this log: made once, when the file is made.
result<std::string> id_of_log(store::database&);

chained_entry chained_entry_of(const store::statement&);

}  // namespace epicenter::audit
