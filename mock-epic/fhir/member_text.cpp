#include "mock-epic/fhir/member_text.hpp"

#include <algorithm>

namespace epicenter::mock::fhir {
namespace {

/// Walks a text; each step stays within it.
class cursor {
 public:
  explicit cursor(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }
  char next() const { return done() ? '\0' : text_[at_]; }

  void skip_space() {
    while (next() == ' ' || next() == '\n' || next() == '\r' || next() == '\t') ++at_;
  }
  bool take(char c) {
    skip_space();
    if (next() != c) return false;
    ++at_;
    return true;
  }
  /// The text between the quotes; the cursor stands behind the closing one.
  std::string_view string() {
    const std::size_t begin = std::min(++at_, text_.size());
    while (true) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) {
        at_ = text_.size();
        return text_.substr(begin);
      }
      at_ = quote + 1;
      std::size_t escapes = 0;
      while (quote > begin + escapes && text_[quote - 1 - escapes] == '\\') ++escapes;
      if (escapes % 2 == 0) return text_.substr(begin, quote - begin);
    }
  }
  std::string_view value() {
    skip_space();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (!done()) {
      const char c = next();
      if (c == '"') {
        string();
        if (depth == 0) break;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      ++at_;
      if ((c == '}' || c == ']') && --depth == 0) break;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string_view> member_text(std::string_view object, std::string_view key) {
  // Most resources lack most choices of an element: that is soon told.
  if (object.find(key) == std::string_view::npos) return std::nullopt;
  cursor in(object);
  if (!in.take('{')) return std::nullopt;
  do {
    in.skip_space();
    if (in.next() != '"') return std::nullopt;
    const bool found = in.string() == key;
    if (!in.take(':')) return std::nullopt;
    const std::string_view value = in.value();
    if (found) return value;
  } while (in.take(','));
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
