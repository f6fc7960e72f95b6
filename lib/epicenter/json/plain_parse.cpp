// Each value is built where it stays: nothing waits on a stack, and no event is passed on. Whatever looks
// wrong ends the attempt.
#include <algorithm>
#include <bit>
#include <cstring>
#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/utf8.hpp>
#include <memory>

namespace epicenter::json::detail {
namespace {

constexpr std::size_t deepest = 200;  // a stack frame each
constexpr std::size_t usual_members = 3;
constexpr std::size_t compared_pairwise = 16;

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
  std::uint64_t c = 0;
  std::memcpy(&c, eight, sizeof c);
  const std::uint64_t quotes = (c ^ (ones * '"')) - ones;
  const std::uint64_t escapes = (c ^ (ones * '\\')) - ones;
  const std::uint64_t controls = c - ones * 0x20;
  const std::uint64_t hits = (quotes | escapes | controls | c) & (ones * 0x80);
  return static_cast<std::size_t>(std::countr_zero(hits)) / 8;
}

// A null holds nothing that an assignment would have to look for.
template <class Content>
void put(value& null, Content&& content) {
  std::construct_at(&null, std::forward<Content>(content));
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

// Most pairs differ in what need not be looked up.
bool are_same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && a[0] == b[0] && a == b;
}

bool has_duplicate(const std::vector<object::member>& members) {
  if (members.size() <= compared_pairwise) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j)
        if (are_same(members[i].first, members[j].first)) return true;
    }
    return false;
  }
  std::vector<std::string_view> sorted;
  sorted.reserve(members.size());
  for (const auto& one : members) sorted.emplace_back(one.first);
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

class plain_parser {
 public:
  explicit plain_parser(std::string_view text)
      : text_(text), at_(text.data()), end_(text.data() + text.size()) {}

  // False where the text is not plainly a document.
  bool parse_document(value& into, std::size_t depth) {
    skip_spaces();
    if (!parse_value(into, depth)) return false;
    skip_spaces();
    return at_ == end_;
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

  bool parse_value(value& into, std::size_t depth) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"':
        return parse_text_value(into);
      case '{':
        return depth != 0 && parse_object(into, depth - 1);
      case '[':
        return depth != 0 && parse_array(into, depth - 1);
      case 't':
        return parse_word("true", into, value(true));
      case 'f':
        return parse_word("false", into, value(false));
      case 'n':
        return parse_word("null", into, value());
      default:
        return parse_number(into);
    }
  }

  bool parse_word(std::string_view word, value& into, value meaning) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    put(into, std::move(meaning));
    return true;
  }

  bool parse_text_value(value& into) {
    ++at_;
    const std::string_view start = plain_part();
    if (take('"')) {
      put(into, std::string(start));
      return true;
    }
    std::string content(start);
    if (!parse_rest(content)) return false;
    put(into, std::move(content));
    return true;
  }

  bool parse_object(value& into, std::size_t depth) {
    ++at_;
    std::vector<object::member> members;
    skip_spaces();
    if (take('}')) {
      put(into, object());
      return true;
    }
    members.reserve(usual_members);
    do {
      skip_spaces();
      if (!take('"')) return false;
      auto& [key, content] = members.emplace_back(plain_part(), nullptr);
      if (!take('"') && !parse_rest(key)) return false;
      skip_spaces();
      if (!take(':')) return false;
      skip_spaces();
      if (!parse_value(content, depth)) return false;
      skip_spaces();
    } while (take(','));
    if (!take('}') || has_duplicate(members)) return false;
    put(into, object::from_unique(std::move(members)));
    return true;
  }

  bool parse_array(value& into, std::size_t depth) {
    ++at_;
    array elements;
    skip_spaces();
    if (take(']')) {
      put(into, std::move(elements));
      return true;
    }
    do {
      skip_spaces();
      if (!parse_value(elements.emplace_back(), depth)) return false;
      skip_spaces();
    } while (take(','));
    if (!take(']')) return false;
    put(into, std::move(elements));
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

  bool parse_number(value& into) {
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
    put(into, number{std::string(begin, at_)});
    return true;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
};

}  // namespace

std::optional<value> parse_plainly(std::string_view text, std::size_t max_depth) {
  std::optional<value> whole(std::in_place);
  plain_parser parser(text);
  if (!parser.parse_document(*whole, std::min(max_depth, deepest))) return std::nullopt;
  return whole;
}

}  // namespace epicenter::json::detail
