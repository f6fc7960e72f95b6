// A chart is restricted: nobody sees it without breaking the glass.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Requests about such a patient are refused with 403 and 4130, a read of the Patient with 4131.
extern const lever_type break_the_glass_lever;

}  // namespace epicenter::mock
