// Thresholds: two bounds make three levels, strict at both ends.
#pragma once

#include "harness/verdict/measure.hpp"

namespace epicenter::verdict {

/// Healthy beyond the healthy bound, critical beyond the critical one, warning between and on either bound.
scenario::level level_of(const scenario::threshold&, const measurement&);
/// "healthy > 99%, critical < 95%"
std::string show_bounds(const scenario::threshold&);
/// The figure of a phase, with its level where there was anything to measure.
reports::figure figure_of(const scenario::threshold&, const measurement&);

bool within(const scenario::bound&, const measurement&);
/// "at most 1"
std::string show(scenario::metric_id, const scenario::bound&);

}  // namespace epicenter::verdict
