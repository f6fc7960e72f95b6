// One pass over the text. Whatever looks wrong ends the attempt.
#include <algorithm>
#include <bit>
#include <cstring>
#include <epicenter/json/document_builder.hpp>
#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/utf8.hpp>

namespace epicenter::json::detail {
namespace {

constexpr std::size_t deepest = 200;  // a stack frame each

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Inside a string: neither its end, nor an escape, a control character or a part of a longer character.
bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' &&
         c != '\\';
}

// How many of eight characters are plain, up to the first that is not. A borrow runs upwards from a hit only,
// and bytes of longer characters are hits by themselves.
std::size_t plain_of_eight(const char* eight) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t ones = 0x0101010101010101U;
  const std::uint64_t c = eight_bytes(eight);
  const std::uint64_t quotes = (c ^ (ones * '"')) - ones;
  const std::uint64_t escapes = (c ^ (ones * '\\')) - ones;
  const std::uint64_t controls = c - ones * 0x20;
  const std::uint64_t hits = (quotes | escapes | controls | c) & (ones * 0x80);
  return static_cast<std::size_t>(std::countr_zero(hits)) / 8;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& to, unsigned c) {
  const auto add = [&to](unsigned bits) { to += static_cast<char>(bits); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0U | c >> 6U);
    add(0x80U | (c & 63U));
  } else if (c < 0x10000) {
    add(0xE0U | c >> 12U);
    add(0x80U | (c >> 6U & 63U));
    add(0x80U | (c & 63U));
  } else {
    add(0xF0U | c >> 18U);
    add(0x80U | (c >> 12U & 63U));
    add(0x80U | (c >> 6U & 63U));
    add(0x80U | (c & 63U));
  }
}

class plain_parser {
 public:
  explicit plain_parser(std::string_view text)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), built_(text.size()) {}

  // Nothing where the text is not plainly a document.
  std::optional<value> parse_document(std::size_t depth) {
    skip_spaces();
    if (!parse_value(depth)) return std::nullopt;
    skip_spaces();
    if (at_ != end_) return std::nullopt;
    return built_.finish();
  }

 private:
  void skip_spaces() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool parse_value(std::size_t depth) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"':
        return parse_text();
      case '{':
        return depth != 0 && parse_object(depth - 1);
      case '[':
        return depth != 0 && parse_array(depth - 1);
      case 't':
        built_.boolean(true);
        return parse_word("true");
      case 'f':
        built_.boolean(false);
        return parse_word("false");
      case 'n':
        built_.null();
        return parse_word("null");
      default:
        return parse_number();
    }
  }

  bool parse_word(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // A key or a string.
  bool parse_text() {
    if (!take('"')) return false;
    const std::string_view start = plain_part();
    if (take('"')) {
      if (end_ - start.data() >= 16)
        built_.string_in_16(start);
      else
        built_.string(start);
      return true;
    }
    unescaped_ = start;
    if (!parse_rest(unescaped_)) return false;
    built_.string(unescaped_);
    return true;
  }

  bool parse_object(std::size_t depth) {
    ++at_;
    const std::size_t begin = built_.height();
    skip_spaces();
    if (take('}')) return built_.end_object(begin);
    do {
      skip_spaces();
      if (!parse_text()) return false;
      skip_spaces();
      if (!take(':')) return false;
      skip_spaces();
      if (!parse_value(depth)) return false;
      skip_spaces();
    } while (take(','));
    return take('}') && built_.end_object(begin);
  }

  bool parse_array(std::size_t depth) {
    ++at_;
    const std::size_t begin = built_.height();
    skip_spaces();
    if (!take(']')) {
      do {
        skip_spaces();
        if (!parse_value(depth)) return false;
        skip_spaces();
      } while (take(','));
      if (!take(']')) return false;
    }
    built_.end_array(begin);
    return true;
  }

  std::string_view plain_part() {
    const char* const begin = at_;
    std::size_t count = 8;
    while (count == 8 && end_ - at_ >= 8) {
      count = plain_of_eight(at_);
      at_ += count;
    }
    while (count == 8 && at_ != end_ && is_plain(*at_)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  // Of a string, from its first character that is not plain to its end.
  bool parse_rest(std::string& into) {
    while (!take('"')) {
      if (at_ == end_) return false;
      const bool good = *at_ == '\\' ? parse_escape(into) : parse_long_character(into);
      if (!good) return false;
      into.append(plain_part());
    }
    return true;
  }

  bool parse_long_character(std::string& into) {
    const std::size_t length = utf8_length(text_, static_cast<std::size_t>(at_ - text_.data()));
    if (length < 2) return false;  // a control character, or none
    into.append(at_, length);
    at_ += length;
    return true;
  }

  bool parse_escape(std::string& into) {
    ++at_;
    if (at_ == end_) return false;
    constexpr std::string_view marks = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const auto found = marks.find(*at_);
    if (found != std::string_view::npos) {
      into += meant[found];
      ++at_;
      return true;
    }
    unsigned code = 0;
    if (!parse_code(code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      unsigned low = 0;
      if (!take('\\') || !parse_code(low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(into, code);
    return true;
  }

  // uXXXX, after the backslash.
  bool parse_code(unsigned& code) {
    if (!take('u') || end_ - at_ < 4) return false;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(*at_++);
      if (digit < 0) return false;
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return true;
  }

  std::size_t skip_digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return static_cast<std::size_t>(at_ - begin);
  }

  bool parse_number() {
    const char* const begin = at_;
    (void)take('-');
    if (!take('0') && skip_digits() == 0) return false;
    if (take('.') && skip_digits() == 0) return false;
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('+')) (void)take('-');
      const std::size_t digits = skip_digits();
      if (digits == 0 || digits > 3) return false;  // larger ones are refused somewhere: not judged here
    }
    built_.number({begin, static_cast<std::size_t>(at_ - begin)});
    return true;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  std::string unescaped_;
  document_builder built_;
};

}  // namespace

std::optional<value> parse_plainly(std::string_view text, std::size_t max_depth) {
  return plain_parser(text).parse_document(std::min(max_depth, deepest));
}

}  // namespace epicenter::json::detail
