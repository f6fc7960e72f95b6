// Epic goes by a key set that it has cached.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Requests for a token are checked against another key set than the one registered now.
extern const lever_type jwks_stale_lever;

}  // namespace epicenter::mock
