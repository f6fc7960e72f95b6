// What must not lie on a disk in clear, and a look for it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::store::test {

inline ledger_options under(const secret& key) {
  ledger_options options;
  options.key = key;
  return options;
}

/// Every text of this row and of the changes that tell_all makes is one of telling().
inline ledger_row telling_row(std::string operation) {
  ledger_row row = row_of(std::move(operation), "5e1f9a7c-hash");
  row.tenant = "north";
  row.user = "dr-1";
  row.patient = "ePatient.Zz7";
  row.encounter = "eEncounter.Zz7";
  row.code = "58410-2Zz7";
  row.order_key = "Order.Zz7";
  row.payload = R"({"note":"fell off a planted horse Zz7"})";
  return row;
}

/// Plans it, loses it, looks for it, and lets a person decide.
inline void tell_all(virtual_runtime& rt, ledger& to, const std::string& operation) {
  using enum write_state;
  EXPECT_TRUE(run(rt, to.advance(move_of(operation, planned, sending))));
  ledger::change lost = move_of(operation, sending, unknown, "eMaybe.Zz7");
  lost.reason = "answer named eMaybe.Zz7";
  EXPECT_TRUE(run(rt, to.advance(lost)));
  EXPECT_TRUE(run(rt, to.note_search(operation, search_made{wall_time(3s), true, 0, "identifier"})));
  EXPECT_TRUE(run(rt, to.note_search(operation, search_made{wall_time(4s), true, 1, "at eSearch.Zz7"})));
  EXPECT_TRUE(run(rt, to.advance(move_of(operation, unknown, needs_review))));
  const resolution decided{operation, "nurse", "smithzzseven", wall_time(9s), 0};
  EXPECT_TRUE(run(rt, to.resolve_written(decided, "eFound.Zz7")));
}

inline const std::vector<std::string>& telling() {
  static const std::vector<std::string> all{
      "ePatient.Zz7", "eEncounter.Zz7", "58410-2Zz7",  "Order.Zz7", "planted",     "5e1f9a7c-hash",
      "eMaybe.Zz7",   "eFound.Zz7",     "eSearch.Zz7", "Zz7",       "smithzzseven"};
  return all;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// "ledger.db-wal: ePatient.Zz7, …" of every file in the folder; empty where nothing is in clear.
inline std::string in_clear(const std::filesystem::path& folder) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string bytes = bytes_of(entry.path());
    for (const auto& text : telling()) {
      if (bytes.find(text) == std::string::npos) continue;
      found += entry.path().filename().string();
      found += ": " + text + ", ";
    }
  }
  return found;
}

}  // namespace epicenter::store::test
