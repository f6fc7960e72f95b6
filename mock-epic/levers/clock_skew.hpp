// Epic's clock is off.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Every time that Epic goes by and tells (assertions, the Date header, new resources) is shifted.
extern const lever_type clock_skew_lever;

}  // namespace epicenter::mock
