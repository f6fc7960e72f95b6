// Results come in another order than they are filed in.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Search results are shuffled before they are cut into pages.
extern const lever_type reordered_results_lever;

}  // namespace epicenter::mock
