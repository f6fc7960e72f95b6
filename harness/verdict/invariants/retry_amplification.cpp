#include "harness/verdict/invariants/invariant.hpp"
#include "harness/verdict/measure.hpp"

namespace epicenter::verdict {

/// (first sends + retries + hedges) / first sends stays within the bound over the experiment, token and
/// reconcile calls aside.
finding retry_amplification(const observations& seen, const scenario::invariant& invariant) {
  finding f;
  f.examined_what = "calls";
  const auto m = measure(seen, scenario::metric_id::retry_amplification, instant::min(), instant::max());
  f.examined = m.samples;
  if (m.empty()) {
    f.inconclusive("no call was sent");
  } else if (invariant.at_most && m.compare(*invariant.at_most) > 0) {
    f.violated("amplification was " + show_bound(scenario::metric_id::retry_amplification, *m.value()) +
               ", at most " + show_bound(scenario::metric_id::retry_amplification, *invariant.at_most) +
               " is allowed");
  }
  return f;
}

}  // namespace epicenter::verdict
