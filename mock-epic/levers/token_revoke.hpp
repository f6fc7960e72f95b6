// All tokens are revoked at once.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// An instant. Counts the tokens that were valid.
extern const lever_type token_revoke_lever;

}  // namespace epicenter::mock
