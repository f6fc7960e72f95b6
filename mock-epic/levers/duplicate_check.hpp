// Epic refuses what it has on file already.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// An identical create is refused with 409 and 59141.
extern const lever_type duplicate_check_lever;

}  // namespace epicenter::mock
