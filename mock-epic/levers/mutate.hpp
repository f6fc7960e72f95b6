// A record changes behind the client's back.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// An instant: a new version of a resource appears. It stays when the lever is gone.
extern const lever_type mutate_lever;

}  // namespace epicenter::mock
