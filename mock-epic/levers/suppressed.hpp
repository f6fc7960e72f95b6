// The client is not authorized for some results of a search.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// They are left out, and 59204 in the outcome entry tells so.
extern const lever_type suppressed_lever;

}  // namespace epicenter::mock
