// Somebody changes a resource between a client's read and its write.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Writes that depend on a version are refused as if the version had changed.
extern const lever_type etag_conflict_lever;

}  // namespace epicenter::mock
