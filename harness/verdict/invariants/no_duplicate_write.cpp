#include "harness/verdict/invariants/filed.hpp"
#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// No write is in Epic more than once. Twice is proven by what is at hand, also where commits are missing.
finding no_duplicate_write(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "filed resources";
  for (const auto& [identifier, times] : filed_by_identifier(seen)) {
    f.examined += static_cast<std::uint64_t>(times);
    if (times > 1) {
      f.violated("write " + std::string(identifier) + " was filed " + std::to_string(times) + " times");
    }
  }
  require_commits(seen, f);
  return f;
}

}  // namespace epicenter::verdict
