// Random numbers for the property tests of this module.
#pragma once

#include "lib/epicenter/base/tests/draws.hpp"

namespace epicenter::commands::testing {

using testkit::draws;
using testkit::seeds_or;

}  // namespace epicenter::commands::testing
