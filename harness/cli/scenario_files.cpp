#include "harness/cli/scenario_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace epicenter::cli {

loaded_files load_scenarios(const std::vector<std::string>& paths) {
  auto loaded = scenario::load_paths(paths);
  loaded_files files;
  files.scenarios = std::move(loaded.scenarios);
  std::set<std::string> broken;
  for (const auto& d : loaded.diagnostics) {
    fmt::print(stderr, "{}\n", d.text());
    broken.insert(d.at.file);
    files.exit_code = 3;
  }
  if (files.exit_code != 0) {
    const auto n = loaded.diagnostics.size();
    fmt::print(stderr, "epicenter: {} mistake{} in {} file{}\n", n, n == 1 ? "" : "s", broken.size(),
               broken.size() == 1 ? "" : "s");
  }
  return files;
}

}  // namespace epicenter::cli
