#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// Nothing was served from the cache past the age at which it must no longer be served.
finding stale_within_bound(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "stale answers";
  for (const auto& s : seen.stale) {
    ++f.examined;
    if (s.age > s.bound) {
      f.violated("operation " + s.operation + " was served data " + format_duration(s.age) + " old, bound " +
                 format_duration(s.bound));
    }
  }
  return f;
}

}  // namespace epicenter::verdict
