#include "harness/verdict/invariants/filed.hpp"
#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// No write is in Epic more than once.
finding no_duplicate_write(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "filed resources";
  for (const auto& [identifier, times] : filed_by_identifier(seen)) {
    f.examined += static_cast<std::uint64_t>(times);
    if (times > 1) {
      f.violated("write " + std::string(identifier) + " was filed " + std::to_string(times) + " times");
    }
  }
  if (seen.commits_missing > 0) f.inconclusive("the mock's journal no longer holds every commit");
  return f;
}

}  // namespace epicenter::verdict
