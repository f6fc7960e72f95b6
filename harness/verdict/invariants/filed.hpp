// What Epic has on file, by identifier.
#pragma once

#include <map>
#include <string_view>

#include "harness/verdict/observations.hpp"

namespace epicenter::verdict {

/// How often each identifier was committed.
inline std::map<std::string_view, int> filed_by_identifier(const observations& seen) {
  std::map<std::string_view, int> filed;
  for (const auto& c : seen.commits) ++filed[c.identifier];
  return filed;
}

}  // namespace epicenter::verdict
