#include "harness/cli/proxy_verbs/table.hpp"

#include <unistd.h>

#include <algorithm>

namespace epicenter::cli {

std::string table(const std::vector<row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& r : rows) {
    widths.resize(std::max(widths.size(), r.size()));
    for (std::size_t i = 0; i < r.size(); ++i) widths[i] = std::max(widths[i], r[i].size());
  }
  std::string text;
  for (const auto& r : rows) {
    for (std::size_t i = 0; i < r.size(); ++i) {
      text += r[i];
      if (i + 1 < r.size()) text.append(widths[i] - r[i].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

bool on_terminal() {
  return ::isatty(STDOUT_FILENO) != 0;
}

}  // namespace epicenter::cli
