#include <algorithm>
#include <array>
#include <epicenter/commands/number_words.hpp>
#include <epicenter/commands/words.hpp>

namespace epicenter::commands {
namespace {

constexpr std::size_t max_digits = 9;
constexpr std::string_view unknown = "~";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

struct spelling {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array<spelling, 9> foreign{{
    {"\xC2\xB0", " degrees "},  // degree sign
    {"\xE2\x80\x99", "'"},      // typographic apostrophes
    {"\xE2\x80\x98", "'"},
    {"\xE2\x80\x9C", "\""},  // and quotation marks
    {"\xE2\x80\x9D", "\""},
    {"\xE2\x80\xB2", "'"},  // prime and double prime
    {"\xE2\x80\xB3", "\""},
    {"\xE2\x80\x93", "-"},  // en dash
    {"\xC2\xA0", " "},      // no-break space
}};

// Plain lower-case ASCII; every byte that has no place in it is the unknown sign.
std::string folded(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto known = std::find_if(foreign.begin(), foreign.end(), [&](const spelling& s) {
      return text.substr(0, s.written.size()) == s.written;
    });
    if (known != foreign.end()) {
      plain += known->meant;
      text.remove_prefix(known->written.size());
      continue;
    }
    const char c = text.front();
    if (is_upper(c))
      plain += static_cast<char>(c - 'A' + 'a');
    else if (c >= ' ' && c <= '~')
      plain += c;
    else if (c == '\t' || c == '\n' || c == '\r')
      plain += ' ';
    else
      plain += unknown;
    text.remove_prefix(1);
  }
  return plain;
}

class splitter {
 public:
  explicit splitter(std::string_view text) : text_(text) {}

  std::vector<word> split() {
    while (at_ < text_.size()) {
      if (is_digit(text_[at_]))
        take_number();
      else if (is_letter(text_[at_]))
        take_word();
      else
        take_sign();
    }
    return std::move(words_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : ' '; }

  // A comma before exactly three digits groups them.
  bool groups_digits() const {
    return peek(0) == ',' && is_digit(peek(1)) && is_digit(peek(2)) && is_digit(peek(3)) &&
           !is_digit(peek(4));
  }

  void take_number() {
    std::string digits;
    std::size_t points = 0;
    while (is_digit(peek(0)) || groups_digits() || (peek(0) == '.' && is_digit(peek(1)))) {
      if (peek(0) == '.') ++points;
      if (peek(0) != ',') digits += peek(0);
      ++at_;
    }
    const auto first = digits.find_first_not_of('0');
    const bool has_whole = first != std::string::npos && digits[first] != '.';
    if (first == std::string::npos)
      digits = "0";
    else
      digits = (has_whole ? "" : "0") + digits.substr(first);
    if (points > 1 || digits.size() > max_digits)
      words_.push_back({std::string(unknown), false});
    else
      words_.push_back({std::move(digits), true});
  }

  void take_word() {
    std::string letters;
    while (is_letter(peek(0)) || is_digit(peek(0)) || peek(0) == '\'') {
      if (peek(0) != '\'') letters += peek(0);
      ++at_;
    }
    words_.push_back({std::move(letters), false});
  }

  // Feet: right after a number, and before one or the end. Inches: right after the number that follows feet.
  bool takes_feet() {
    const bool after_number =
        at_ > 0 && is_digit(text_[at_ - 1]) && !words_.empty() && words_.back().is_number;
    const auto next = text_.find_first_not_of(' ', at_ + 1);
    const bool fits =
        peek(0) == '\'' && after_number && (next == std::string_view::npos || is_digit(text_[next]));
    if (fits && !is_inches()) words_.push_back({"feet", false});
    return fits;
  }
  bool is_inches() const {
    return words_.size() >= 3 && words_.back().is_number && words_[words_.size() - 2].text == "feet" &&
           words_[words_.size() - 3].is_number && is_digit(text_[at_ - 1]);
  }
  bool takes_inches() {
    const bool two_marks = peek(0) == '\'' && peek(1) == '\'';
    if ((peek(0) != '"' && !two_marks) || at_ == 0 || !is_inches()) return false;
    words_.push_back({"inches", false});
    if (two_marks) ++at_;
    return true;
  }

  void take_sign() {
    const char c = peek(0);
    const bool after_space = at_ == 0 || text_[at_ - 1] == ' ';
    if (takes_inches() || takes_feet()) {
      ++at_;
      return;
    }
    if (c == '/')
      words_.push_back({"over", false});
    else if (c == '%')
      words_.push_back({"percent", false});
    else if (c == '&')
      words_.push_back({"and", false});
    else if (c == '-' ? after_space && is_digit(peek(1)) : separators.find(c) == std::string_view::npos)
      words_.push_back({std::string(unknown), false});
    ++at_;
  }

  static constexpr std::string_view separators = " .,;:!?'\"()[]-";
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<word> words_;
};

bool is_filler(const word& one) {
  constexpr std::array<std::string_view, 15> fillers{"please", "the",     "a",        "an",   "me",
                                                     "my",     "patient", "patients", "this", "his",
                                                     "her",    "their",   "um",       "uh",   "kindly"};
  return std::find(fillers.begin(), fillers.end(), one.text) != fillers.end();
}

}  // namespace

std::optional<std::vector<word>> words_of(std::string_view text) {
  if (text.size() > max_utterance_bytes) return std::nullopt;
  const std::string plain = folded(text);
  auto words = splitter(plain).split();
  if (words.size() > max_words) return std::nullopt;
  if (words.size() >= 2 && words[0].text == "hey" && words[1].text == "epic")
    words.erase(words.begin(), words.begin() + 2);
  std::erase_if(words, is_filler);
  return with_number_words(std::move(words));
}

std::string joined(std::span<const word> words) {
  std::string text;
  for (const auto& one : words) {
    if (!text.empty()) text += ' ';
    text += one.text;
  }
  return text;
}

}  // namespace epicenter::commands
