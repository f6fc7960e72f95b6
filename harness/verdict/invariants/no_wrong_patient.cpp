#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// No caller was shown what belongs to another patient than the one that it asked for.
finding no_wrong_patient(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "resources shown";
  f.examined = seen.resources_shown;
  for (const auto& s : seen.foreign) {
    f.violated("operation " + s.operation + " was shown " + s.resource_type + " of another patient");
  }
  return f;
}

}  // namespace epicenter::verdict
