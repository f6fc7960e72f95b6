#include "harness/verdict/invariants/filed.hpp"
#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// Every write reported as done, to the caller or in the ledger, is in Epic at the end.
finding no_lost_write(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "writes";
  const auto filed = filed_by_identifier(seen);
  const auto examine = [&](const std::string& operation, const std::string& state, const char* who) {
    ++f.examined;
    if (state == "WRITTEN" && all_commits_known(seen) && !filed.contains(operation)) {
      f.violated("write " + operation + " is WRITTEN " + who +
                 " but Epic has no resource of that identifier");
    }
  };
  for (const auto& w : seen.writes_asked) examine(w.operation, w.told, "for its caller");
  for (const auto& row : seen.ledger) examine(row.operation, row.state, "in the ledger");
  require_commits(seen, f);
  return f;
}

}  // namespace epicenter::verdict
