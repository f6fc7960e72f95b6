// Nothing makes a create idempotent.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// An identical create is filed again, also where Epic would refuse it.
extern const lever_type duplicate_on_replay_lever;

}  // namespace epicenter::mock
