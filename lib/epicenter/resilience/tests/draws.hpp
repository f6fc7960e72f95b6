// Random numbers and moments for the property tests of this module.
#pragma once

#include "lib/epicenter/base/tests/draws.hpp"

namespace epicenter::resilience::testing {

using testkit::draws;
using testkit::seeds_or;

inline instant at(duration since_epoch) {
  return instant(since_epoch);
}

}  // namespace epicenter::resilience::testing
