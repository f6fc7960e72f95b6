// Tables for people, and lines for programs.
#pragma once

#include <string>
#include <vector>

namespace epicenter::cli {

using row = std::vector<std::string>;

/// Columns as wide as their widest cell; the first row is the heading.
std::string table(const std::vector<row>&);
/// The standard output is a terminal.
bool on_terminal();

}  // namespace epicenter::cli
