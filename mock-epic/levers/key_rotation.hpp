// The keys that clients sign with have been replaced, and not every client knows.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Keys registered when the lever is applied no longer verify; those registered later do.
extern const lever_type key_rotation_lever;

}  // namespace epicenter::mock
