// A client has used up its documents for the day.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// After so many, document queries are refused with 4135 until the lever is gone.
extern const lever_type daily_cap_lever;

}  // namespace epicenter::mock
