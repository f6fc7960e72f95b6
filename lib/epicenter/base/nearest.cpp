#include <algorithm>
#include <array>
#include <epicenter/base/nearest.hpp>

namespace epicenter {
namespace {

constexpr std::size_t longest = 64;
using row = std::array<std::size_t, longest + 1>;

std::size_t distance_between(std::string_view a, std::string_view b) {
  row before_last{};
  row last{};
  row current{};
  for (std::size_t j = 0; j <= b.size(); ++j) last.at(j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current.at(0) = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      std::size_t best = std::min({last.at(j) + 1, current.at(j - 1) + 1, last.at(j - 1) + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = std::min(best, before_last.at(j - 2) + 1);
      current.at(j) = best;
    }
    before_last = last;
    last = current;
  }
  return last.at(b.size());
}

}  // namespace

std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates,
                                      std::size_t most) {
  if (word.empty() || word.size() > longest) return {};
  const std::size_t limit = word.size() < 4 ? 1 : word.size() < 8 ? 2 : 3;
  struct found {
    std::size_t distance;
    std::string_view word;
  };
  std::vector<found> near;
  for (const auto candidate : candidates) {
    const std::size_t more = std::max(candidate.size(), word.size()) - std::min(candidate.size(), word.size());
    if (more > limit || candidate.size() > longest) continue;
    const std::size_t distance = distance_between(word, candidate);
    if (distance <= limit) near.push_back({distance, candidate});
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const found& a, const found& b) { return a.distance < b.distance; });
  std::vector<std::string_view> words;
  for (const auto& one : near) {
    if (words.size() == most) break;
    words.push_back(one.word);
  }
  return words;
}

}  // namespace epicenter
