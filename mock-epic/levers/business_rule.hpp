// A business rule of the site refuses what the API would take.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Writes (or all requests) are refused with an issue business-rule.
extern const lever_type business_rule_lever;

}  // namespace epicenter::mock
