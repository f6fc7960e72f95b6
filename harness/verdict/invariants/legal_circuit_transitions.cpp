#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// The transitions of each breaker form a path of legal edges from closed.
finding legal_circuit_transitions(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "transitions";
  std::vector<std::string_view> state(seen.classes.size(), "closed");
  for (const auto& change : seen.circuits) {
    ++f.examined;
    auto& now = state[change.endpoint_class];
    const std::string edge = seen.classes[change.endpoint_class] + ": " + std::string(change.from) + " → " +
                             std::string(change.to) + " by " + std::string(change.cause);
    if (change.from != now) f.violated(edge + ", but it was " + std::string(now));
    if (!change.legal) f.violated(edge + ": no such edge");
    now = change.to;
  }
  return f;
}

}  // namespace epicenter::verdict
