// What tests of logs read back.
#pragma once

#include <epicenter/operations/log_file.hpp>
#include <vector>

#include "lib/epicenter/base/tests/scratch_folder.hpp"

namespace epicenter::operations::test {

using log_folder = testkit::scratch_folder;

inline std::string read(const std::string& path) {
  return testkit::read_file(path);
}

inline std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace epicenter::operations::test
