// Files of delays that were measured.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace epicenter::scenario {

/// One duration a line, such as 120ms, in any order; '#' begins a comment, blank lines count for nothing. The
/// file has 1 to 100,000 lines, 4 MB at most, and no duration is longer than a delay may be. An error tells
/// file and line, and repeats nothing of the content: the path may lead to what nobody should see.
tl::expected<std::vector<duration>, std::string> read_delay_samples(const std::string& path);

}  // namespace epicenter::scenario
