// Loading scenario files for a command, with everything that is wrong with them told at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/load.hpp"

namespace epicenter::cli {

struct loaded_files {
  std::vector<scenario::scenario> scenarios;
  int exit_code = 0;  ///< 3 where anything is invalid, not yet supported or not there
};

/// Prints every diagnostic to the standard error, then how many there are.
loaded_files load_scenarios(const std::vector<std::string>& paths);

}  // namespace epicenter::cli
