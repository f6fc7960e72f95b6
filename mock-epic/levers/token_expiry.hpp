// All tokens die at once: what a client sees when keys are revoked or the authorization server loses its
// sessions.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Takes no parameters. Counts the tokens that were valid as touched and as injected.
result<std::unique_ptr<active_lever>> make_token_expiry(const lever_spec&, const lever_world&);

}  // namespace epicenter::mock
