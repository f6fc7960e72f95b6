#include <charconv>
#include <epicenter/commands/cursor.hpp>

namespace epicenter::commands {
namespace {

// How many words the phrase has if the words begin with it; else 0.
std::size_t begins_with(std::span<const word> words, std::string_view phrase) {
  std::size_t count = 0;
  while (!phrase.empty()) {
    const auto space = phrase.find(' ');
    if (count == words.size() || words[count].text != phrase.substr(0, space)) return 0;
    ++count;
    if (space == std::string_view::npos) break;
    phrase.remove_prefix(space + 1);
  }
  return count;
}

}  // namespace

bool cursor::accept(std::string_view phrase) {
  const std::size_t count = begins_with(rest(), phrase);
  at_ += count;
  return count > 0;
}

bool cursor::accept_any(std::initializer_list<std::string_view> phrases) {
  for (const auto phrase : phrases) {
    if (accept(phrase)) return true;
  }
  return false;
}

bool cursor::accept_listed(std::string_view phrases) {
  std::size_t longest = 0;
  while (true) {
    const auto bar = phrases.find('|');
    longest = std::max(longest, begins_with(rest(), phrases.substr(0, bar)));
    if (bar == std::string_view::npos) break;
    phrases.remove_prefix(bar + 1);
  }
  at_ += longest;
  return longest > 0;
}

std::optional<std::string> cursor::accept_number() {
  if (done() || !words_[at_].is_number) return std::nullopt;
  return words_[at_++].text;
}

std::optional<unsigned> cursor::accept_count(unsigned lowest, unsigned highest) {
  if (done() || !words_[at_].is_number) return std::nullopt;
  const std::string& text = words_[at_].text;
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < lowest || value > highest) return std::nullopt;
  ++at_;
  return value;
}

}  // namespace epicenter::commands
