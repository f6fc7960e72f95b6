#include <array>
#include <epicenter/json/utf8.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::json {
namespace {

// What stands behind the backslash for a byte: 0 for none, 'u' for the \u00XX form. beyond_ascii: no escape,
// but to be looked at.
constexpr char beyond_ascii = '8';
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c != 0x20; ++c) table[c] = 'u';
  for (std::size_t c = 0x80; c != 256; ++c) table[c] = beyond_ascii;
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

// Escapes are rare, so whole runs between them are appended at once.
void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  std::size_t run = 0;
  for (std::size_t i = 0; i != text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = escapes[byte];
    if (escape == 0) continue;
    if (escape == beyond_ascii) {
      if (const std::size_t length = utf8_length(text, i); length != 0) {
        i += length - 1;
        continue;
      }
    }
    out.append(text, run, i - run);
    run = i + 1;
    if (escape == beyond_ascii) {
      out += replacement;
      continue;
    }
    out += '\\';
    out += escape;
    if (escape != 'u') continue;
    out += "00";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  out.append(text, run);
  out += '"';
}

class writer {
 public:
  explicit writer(bool pretty) : pretty_(pretty) {}

  void write(const value& v) {
    if (const auto text = v.if_string()) {
      append_quoted(out_, *text);
    } else if (const auto* members = v.if_object()) {
      write_object(*members);
    } else if (const auto* elements = v.if_array()) {
      write_array(*elements);
    } else if (const auto n = v.if_number()) {
      out_ += n->text;
    } else if (const auto* b = v.if_bool()) {
      out_ += *b ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

  std::string take() && { return std::move(out_); }

 private:
  void write_object(const object& members) {
    open('{');
    bool first = true;
    for (const auto& [key, member] : members) {
      next(first);
      append_quoted(out_, key);
      out_ += pretty_ ? ": " : ":";
      write(member);
    }
    close('}', first);
  }

  void write_array(const array& elements) {
    open('[');
    bool first = true;
    for (const value& element : elements) {
      next(first);
      write(element);
    }
    close(']', first);
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }

  void next(bool& first) {
    if (!first) out_ += ',';
    first = false;
    new_line();
  }

  void close(char bracket, bool empty) {
    --depth_;
    if (!empty) new_line();
    out_ += bracket;
  }

  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool pretty_;
};

}  // namespace

std::string write(const value& v) {
  writer w(false);
  w.write(v);
  return std::move(w).take();
}

std::string write_pretty(const value& v) {
  writer w(true);
  w.write(v);
  return std::move(w).take() + '\n';
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace epicenter::json
