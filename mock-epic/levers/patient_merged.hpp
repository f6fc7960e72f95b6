// A patient was merged into another.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Requests about the merged patient get 4107, those that ask with a redirect to the surviving one.
extern const lever_type patient_merged_lever;

}  // namespace epicenter::mock
