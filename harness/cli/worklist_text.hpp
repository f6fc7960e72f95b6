// The worklist as people and programs read it.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/store/ledger.hpp>
#include <string>
#include <vector>

namespace epicenter::cli {

/// A table, oldest first; the patient is in `show` only: this one is read over shoulders.
std::string worklist_table(const std::vector<store::ledger_row>&, wall_time now);
json::value worklist_json(const std::vector<store::ledger_row>&);
/// All that is known of one write, a line each.
std::string write_text(const store::write_history&, wall_time now);
json::value write_json(const store::write_history&);

}  // namespace epicenter::cli
