// A client loses a scope.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// New tokens lack it, and what it permitted is refused with 403, with tokens issued before too.
extern const lever_type scope_loss_lever;

}  // namespace epicenter::mock
