#include "harness/scenario/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace epicenter::scenario {
namespace {

/// Insertions, deletions, substitutions and swaps of neighbours. Both words are short: callers pass keys.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string folded(std::string_view word) {
  std::string text;
  for (const char c : word) {
    if (c >= 'A' && c <= 'Z')
      text += static_cast<char>(c - 'A' + 'a');
    else
      text += c == '-' ? '_' : c;
  }
  return text;
}

}  // namespace

std::string source_mark::text() const {
  if (line == 0) return file.empty() ? "(default)" : file;
  return fmt::format("{}:{}:{}", file, line, column);
}

std::string diagnostic::text() const {
  std::string out = at.text() + ": " + message + "\n";
  if (line_text.empty()) return out;
  const std::string number = std::to_string(at.line);
  out += fmt::format("{:>6} | {}\n", number, line_text);
  out += fmt::format("{:>6} | {}^\n", "", std::string(static_cast<std::size_t>(std::max(0, caret)), ' '));
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > 64) return {};
  const std::string wanted = folded(word);
  const std::size_t limit = wanted.size() < 4 ? 1 : wanted.size() < 8 ? 2 : 3;
  std::size_t best = limit + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, folded(candidate));
    if (distance >= best) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  if (!near.empty()) return fmt::format("; did you mean '{}'?", near);
  return fmt::format("; known are {}", fmt::join(candidates, ", "));
}

}  // namespace epicenter::scenario
