// at_most, at_least, above, below: bounds whose unit is known only once the metric beside them is.
#pragma once

#include <vector>

#include "harness/scenario/binding.hpp"
#include "harness/scenario/format.hpp"

namespace epicenter::scenario {

inline constexpr comparison comparisons[] = {comparison::at_most, comparison::at_least, comparison::above,
                                             comparison::below};

/// Accepts any value; read_bounds reads it when the metric is known.
binder<bool> bound_value();

template <class T>
void add_bound_keys(object_of<T>& keys) {
  for (const comparison how : comparisons)
    keys.set(std::string(name_of(how)), "bound of the metric, in its unit", bound_value(), {},
             [](T&, bool) {});
}

/// The bounds in the mapping that are sound; the others are reported.
std::vector<bound> read_bounds(reading& in, const node& at, metric_id metric);
/// How many are written, sound or not.
std::size_t count_bounds(const node& at);

}  // namespace epicenter::scenario
