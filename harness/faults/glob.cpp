#include "harness/faults/glob.hpp"

#include <vector>

namespace epicenter::faults {

bool glob_matches(std::string_view pattern, std::string_view text, char separator) {
  // Which prefixes of the pattern can have consumed the text so far: backtracking would be exponential.
  std::vector<bool> reached(pattern.size() + 1, false);
  reached[0] = true;
  auto is_double = [&](std::size_t i) { return i + 1 < pattern.size() && pattern[i + 1] == '*'; };
  auto skip_stars = [&] {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!reached[i] || pattern[i] != '*') continue;
      reached[i + (is_double(i) ? 2 : 1)] = true;
      // The second star of a pair is never entered by itself: it would match as a single one.
    }
  };
  skip_stars();
  for (const char c : text) {
    const bool crosses = separator != '\0' && c == separator;
    std::vector<bool> next(pattern.size() + 1, false);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!reached[i]) continue;
      if (pattern[i] == '*') {
        if (is_double(i) || !crosses) next[i] = true;
      } else if (pattern[i] == '?' ? !crosses : pattern[i] == c) {
        next[i + 1] = true;
      }
    }
    reached.swap(next);
    skip_stars();
  }
  return reached[pattern.size()];
}

}  // namespace epicenter::faults
