#include "mock-epic/stubs/edit_distance.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t compared = 256;

}  // namespace

double relative_distance(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  a = a.substr(0, compared);
  b = b.substr(0, compared);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, change});
    }
  }
  const std::size_t longest = std::max(a.size(), b.size());
  if (longest == 0) return 0;
  // Texts that differ only beyond what was compared are near, not equal.
  return std::max(static_cast<double>(row[b.size()]) / static_cast<double>(longest), 0.001);
}

}  // namespace epicenter::mock::stubs
