// What Epic has on file, by identifier.
#pragma once

#include <map>
#include <string_view>

#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// How often each identifier was committed.
inline std::map<std::string_view, int> filed_by_identifier(const observations& seen) {
  std::map<std::string_view, int> filed;
  for (const auto& c : seen.commits) ++filed[c.identifier];
  return filed;
}

/// Whether every commit of the experiment is at hand: where one is missing, absence proves nothing.
inline bool all_commits_known(const observations& seen) {
  return seen.commits_known && seen.commits_missing == 0;
}

inline void require_commits(const observations& seen, finding& f) {
  if (!seen.commits_known) f.inconclusive("the mock's journal was not read");
  if (seen.commits_missing > 0) f.inconclusive("the mock's journal no longer holds every commit");
}

}  // namespace epicenter::verdict
