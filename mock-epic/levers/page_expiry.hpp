// Sessions of searches expire before their pages are fetched.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Requests for a further page are refused with 4113.
extern const lever_type page_expiry_lever;

}  // namespace epicenter::mock
