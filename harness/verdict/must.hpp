// `must`: events in time.
#pragma once

#include "harness/verdict/measure.hpp"

namespace epicenter::verdict {

/// Judges one entry of an experiment's `must` over what was seen.
reports::check judge_must(const scenario::must&, const observations&);

/// The moment an anchor stands for; nothing where the fault never began or never ended.
std::optional<instant> moment_of(const scenario::anchor&, const observations&);

}  // namespace epicenter::verdict
