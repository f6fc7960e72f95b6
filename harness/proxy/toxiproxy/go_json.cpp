#include "harness/proxy/toxiproxy/go_json.hpp"

#include <fmt/core.h>
#include <epicenter/json/utf8.hpp>
#include <epicenter/json/write.hpp>

#include <array>

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr std::size_t deepest = 64;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A character as Go quotes it.
std::string quoted(char c) {
  switch (c) {
    case '\'':
      return R"('\'')";
    case '\n':
      return R"('\n')";
    case '\r':
      return R"('\r')";
    case '\t':
      return R"('\t')";
    case '\\':
      return R"('\\')";
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  if (code >= 0xa1) {  // Go shows the byte as the character of that number
    const auto lead = static_cast<char>(0xc0U | (code >> 6U));
    const auto rest = static_cast<char>(0x80U | (code & 0x3fU));
    return std::string("'") + lead + rest + "'";
  }
  if (code < 0x20 || code == 0x7f) return fmt::format("'\\x{:02x}'", code);
  if (code >= 0x80) return fmt::format("'\\u{:04x}'", code);
  return std::string("'") + c + "'";
}

void append_utf8(std::string& to, std::uint32_t code) {
  const auto tail = [code](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xc0U | (code >> 6U));
    to += tail(0);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xe0U | (code >> 12U));
    to += tail(6);
    to += tail(0);
  } else {
    to += static_cast<char>(0xf0U | (code >> 18U));
    to += tail(12);
    to += tail(6);
    to += tail(0);
  }
}

constexpr std::uint32_t replacement = 0xfffd;

/// Reads one value. Every member returns false where it has set failure_.
class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  bool value(json::value& into, std::size_t depth) {
    skip_space();
    if (at_end()) return ended();
    const char c = text_[at_];
    if ((c == '{' || c == '[') && depth == deepest) return fails("exceeded max depth");
    if (c == '{') return object(into, depth + 1);
    if (c == '[') return array(into, depth + 1);
    if (c == '"') {
      std::string s;
      if (!string(s)) return false;
      into = json::value(std::move(s));
      return true;
    }
    if (c == 't') return literal("true", json::value(true), into);
    if (c == 'f') return literal("false", json::value(false), into);
    if (c == 'n') return literal("null", json::value(), into);
    if (c == '-' || is_digit(c)) return number(into);
    return unexpected("looking for beginning of value");
  }
  bool only_space() {
    skip_space();
    return at_end();
  }
  go_syntax_error failure() && { return std::move(failure_); }

 private:
  bool at_end() const { return at_ == text_.size(); }
  void skip_space() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  bool fails(std::string why) {
    failure_ = {std::move(why), at_};
    return false;
  }
  bool ended() { return fails("unexpected EOF"); }
  bool unexpected(std::string_view where) {
    if (at_end()) return ended();
    return fails(fmt::format("invalid character {} {}", quoted(text_[at_]), where));
  }
  bool next_is(char wanted, std::string_view where) {
    if (at_end() || text_[at_] != wanted) return unexpected(where);
    ++at_;
    return true;
  }
  /// Behind a member or element: the comma, or the end that was reached.
  bool separator(char closing, std::string_view where, bool& done) {
    skip_space();
    done = !at_end() && text_[at_] == closing;
    if (done) {
      ++at_;
      return true;
    }
    return next_is(',', where);
  }

  bool object(json::value& into, std::size_t depth) {
    ++at_;
    std::vector<json::object::member> members;
    skip_space();
    bool done = !at_end() && text_[at_] == '}';
    if (done) ++at_;
    while (!done) {
      skip_space();
      if (at_end() || text_[at_] != '"') return unexpected("looking for beginning of object key string");
      std::string key;
      if (!string(key)) return false;
      skip_space();
      if (!next_is(':', "after object key")) return false;
      json::value member;
      if (!value(member, depth)) return false;
      members.emplace_back(std::move(key), std::move(member));
      if (!separator('}', "after object key:value pair", done)) return false;
    }
    into = json::object::from_unique(std::move(members));
    return true;
  }

  bool array(json::value& into, std::size_t depth) {
    ++at_;
    json::array elements;
    skip_space();
    bool done = !at_end() && text_[at_] == ']';
    if (done) ++at_;
    while (!done) {
      json::value element;
      if (!value(element, depth)) return false;
      elements.push_back(std::move(element));
      if (!separator(']', "after array element", done)) return false;
    }
    into = std::move(elements);
    return true;
  }

  bool string(std::string& into) {
    ++at_;
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return unexpected("in string literal");
      if (c == '\\') {
        if (!escape(into)) return false;
        continue;
      }
      const std::size_t length = json::utf8_length(text_, at_);
      if (length == 0) append_utf8(into, replacement);
      into.append(text_, at_, length);
      at_ += length == 0 ? 1 : length;
    }
    return ended();
  }

  bool escape(std::string& into) {
    ++at_;
    constexpr std::string_view letters = R"("\/bfnrt)";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (at_end()) return ended();
    if (const auto found = letters.find(text_[at_]); found != std::string_view::npos) {
      into += meanings[found];
      ++at_;
      return true;
    }
    if (text_[at_] != 'u') return unexpected("in string escape code");
    ++at_;
    std::uint32_t code = 0;
    if (!hexadecimal(code)) return false;
    const bool high = code >= 0xd800 && code < 0xdc00;
    if (high && text_.substr(at_).starts_with("\\u")) {
      const std::size_t back = at_;
      at_ += 2;
      std::uint32_t low = 0;
      if (!hexadecimal(low)) return false;
      if (low >= 0xdc00 && low < 0xe000) {
        append_utf8(into, 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00));
        return true;
      }
      at_ = back;
    }
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    append_utf8(into, surrogate ? replacement : code);
    return true;
  }

  bool hexadecimal(std::uint32_t& code) {
    for (int digit = 0; digit < 4; ++digit) {
      if (at_end()) return ended();
      const char c = text_[at_];
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const bool letter = lower >= 'a' && lower <= 'f';
      if (!letter && !is_digit(c)) return unexpected("in \\u hexadecimal character escape");
      code = code * 16 + static_cast<std::uint32_t>(letter ? lower - 'a' + 10 : c - '0');
      ++at_;
    }
    return true;
  }

  bool digits(std::string_view where) {
    if (at_end() || !is_digit(text_[at_])) return unexpected(where);
    while (!at_end() && is_digit(text_[at_])) ++at_;
    return true;
  }

  bool number(json::value& into) {
    const std::size_t begin = at_;
    if (text_[at_] == '-') ++at_;
    if (!at_end() && text_[at_] == '0') {
      ++at_;  // nothing but a fraction follows
    } else if (!digits("in numeric literal")) {
      return false;
    }
    if (!at_end() && text_[at_] == '.') {
      ++at_;
      if (!digits("after decimal point in numeric literal")) return false;
    }
    if (!at_end() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (!at_end() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits("in exponent of numeric literal")) return false;
    }
    into = json::value(json::number{std::string(text_.substr(begin, at_ - begin))});
    return true;
  }

  bool literal(std::string_view word, json::value meaning, json::value& into) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (at_end() || text_[at_] != word[i])
        return unexpected(fmt::format("in literal {} (expecting {})", word, quoted(word[i])));
      ++at_;
    }
    into = std::move(meaning);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  go_syntax_error failure_;
};

}  // namespace

tl::expected<json::value, go_syntax_error> read_first_value(std::string_view text) {
  reader r(text);
  if (r.only_space()) return tl::unexpected(go_syntax_error{"EOF", text.size()});
  json::value read;
  if (!r.value(read, 0)) return tl::unexpected(std::move(r).failure());
  return read;
}

std::string write_go(const json::value& v) {
  std::string escaped;
  for (const char c : json::write(v)) {
    if (c == '<' || c == '>' || c == '&') {
      escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace epicenter::proxy::toxiproxy
