// All tokens die at once: what a client sees when the authorization server loses its sessions.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// An instant. Counts the tokens that were valid.
extern const lever_type token_expiry_lever;

}  // namespace epicenter::mock
