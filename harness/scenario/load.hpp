// From files to scenarios, or to everything that is wrong with them.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "harness/scenario/diagnostic.hpp"
#include "harness/scenario/model.hpp"

namespace epicenter::scenario {

/// Sorted by place; at most 101, of which the last tells how many more there are.
using load_result = tl::expected<scenario, std::vector<diagnostic>>;

/// `file` is the name that marks carry.
load_result load_text(std::string file, std::string_view text);
load_result load(const std::string& path);

struct loaded {
  std::vector<scenario> scenarios;      ///< the sound ones, in order
  std::vector<diagnostic> diagnostics;  ///< of the others; empty: everything is sound
};

/// A folder stands for all its *.yaml and *.yml files in name order, without its subfolders. Two scenarios of
/// one name are refused: their outputs would lie in one place. A path that leads nowhere, or a folder without
/// scenarios, is a diagnostic of kind unreadable.
loaded load_paths(const std::vector<std::string>& paths);

}  // namespace epicenter::scenario
