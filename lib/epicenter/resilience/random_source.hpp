// Where jitter comes from.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <functional>

namespace epicenter::resilience {

/// Gives numbers uniform over all 64-bit values. The owner derives it from a named stream of its runtime.
using random_source = std::function<std::uint64_t()>;

/// Uniform in [from, to]; from when the range is empty. Takes exactly one number unless the range is empty.
duration uniform(const random_source&, duration from, duration to);

}  // namespace epicenter::resilience
