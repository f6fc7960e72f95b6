#include <algorithm>
#include <array>
#include <map>

#include "harness/verdict/invariants/filed.hpp"
#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {
namespace {

constexpr std::array<std::string_view, 5> final_states{"WRITTEN", "REJECTED", "DUPLICATE", "NOT_SENT",
                                                       "NEEDS_REVIEW"};

bool is_final(std::string_view state) {
  return std::find(final_states.begin(), final_states.end(), state) != final_states.end();
}

}  // namespace

/// Every write the caller asked for, and every one that Epic has, is in the ledger in a final state that
/// agrees with what Epic has and does not contradict what the caller was told.
finding every_write_accounted(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "writes";
  std::map<std::string_view, std::string_view> ledger;
  for (const auto& row : seen.ledger) {
    if (!ledger.emplace(row.operation, row.state).second) {
      f.violated("write " + row.operation + " has two ledger rows");
    }
  }
  const auto filed = filed_by_identifier(seen);

  for (const auto& asked : seen.writes_asked) {
    ++f.examined;
    const auto row = ledger.find(asked.operation);
    if (row == ledger.end()) {
      // Refused before a ledger row existed: the caller knows that nothing was sent, and nothing may have
      // been.
      if (asked.told == "REFUSED" && !filed.contains(asked.operation)) continue;
      f.violated("write " + asked.operation + " (caller told " + asked.told + ") has no ledger row");
      continue;
    }
    if (!is_final(row->second)) {
      f.violated("write " + asked.operation + " is still " + std::string(row->second) +
                 " in the ledger at the end");
    } else if (is_final(asked.told) && asked.told != row->second) {
      f.violated("write " + asked.operation + ": the caller was told " + asked.told + ", the ledger says " +
                 std::string(row->second));
    }
  }
  for (const auto& [identifier, times] : filed) {
    const auto row = ledger.find(identifier);
    if (row == ledger.end()) {
      f.violated("Epic has a resource with identifier " + std::string(identifier) + " that is in no ledger");
    } else if (row->second == "NOT_SENT" || row->second == "REJECTED") {
      f.violated("write " + std::string(identifier) + " is " + std::string(row->second) + " but Epic has it");
    }
  }
  require_commits(seen, f);
  return f;
}

}  // namespace epicenter::verdict
