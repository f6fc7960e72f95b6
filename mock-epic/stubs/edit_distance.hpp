// How much two texts differ: what «nearest stub» is measured by.
#pragma once

#include <string_view>

namespace epicenter::mock::stubs {

/// Levenshtein's distance over the longer length, 0 (equal) to 1, of the first 256 bytes of each.
double relative_distance(std::string_view a, std::string_view b);

}  // namespace epicenter::mock::stubs
