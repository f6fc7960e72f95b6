// What clients file waits for a clinician to reconcile it.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Creates are readable by id and found by no search until the lever is gone.
extern const lever_type holding_tank_lever;

}  // namespace epicenter::mock
