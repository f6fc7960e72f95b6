// Reads XML as strictly as a CI system does: elements, attributes, text, references, UTF-8. No comments, no
// DOCTYPE.
#pragma once

#include <cctype>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::reports::testing {

struct element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<element> children;

  std::vector<const element*> all(std::string_view wanted) const {
    std::vector<const element*> found;
    if (name == wanted) found.push_back(this);
    for (const auto& c : children) {
      for (const auto* e : c.all(wanted)) found.push_back(e);
    }
    return found;
  }
};

/// Throws std::runtime_error at the first thing that is not well-formed.
class xml_reader {
 public:
  explicit xml_reader(std::string_view text) : text_(text) {}

  element document() {
    check_characters();
    expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element root = read_element();
    skip_space();
    if (at_ != text_.size()) fail("text after the root");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(what + " at byte " + std::to_string(at_));
  }
  bool next_is(std::string_view s) const { return text_.substr(at_, s.size()) == s; }
  void expect(std::string_view s) {
    if (!next_is(s)) fail("expected " + std::string(s));
    at_ += s.size();
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  /// Control characters, and every sequence of bytes that is not UTF-8.
  void check_characters() {
    for (at_ = 0; at_ < text_.size();) {
      const auto lead = static_cast<unsigned char>(text_[at_]);
      if (lead < 0x20 && lead != '\n' && lead != '\t' && lead != '\r') fail("control character");
      const std::size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      if (length == 0 || lead > 0xF4 || at_ + length > text_.size()) fail("not UTF-8");
      std::uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
      for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text_[at_ + i]);
        if ((byte & 0xC0) != 0x80) fail("not UTF-8");
        code = code << 6 | (byte & 0x3Fu);
      }
      const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
      const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
      if (overlong || surrogate || code > 0x10FFFF || code == 0xFFFE || code == 0xFFFF)
        fail("no XML character");
      at_ += length;
    }
    at_ = 0;
  }
  std::string read_name() {
    const auto start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)) ++at_;
    if (at_ == start) fail("expected a name");
    return std::string(text_.substr(start, at_ - start));
  }
  char read_reference() {
    expect("&");
    const auto end = text_.find(';', at_);
    if (end == std::string_view::npos) fail("open reference");
    const std::string name(text_.substr(at_, end - at_));
    at_ = end + 1;
    static const std::map<std::string, char> known{{"amp", '&'}, {"lt", '<'},   {"gt", '>'},  {"quot", '"'},
                                                   {"#9", '\t'}, {"#10", '\n'}, {"#13", '\r'}};
    const auto it = known.find(name);
    if (it == known.end()) fail("unknown reference " + name);
    return it->second;
  }
  std::string read_text(char end) {
    std::string out;
    while (at_ < text_.size() && text_[at_] != end) {
      if (text_[at_] == '<') fail("'<' in a value");
      out += text_[at_] == '&' ? read_reference() : text_[at_++];
    }
    return out;
  }
  element read_element() {
    element e;
    expect("<");
    e.name = read_name();
    while (next_is(" ")) {
      skip_space();
      const auto name = read_name();
      expect("=\"");
      if (!e.attributes.emplace(name, read_text('"')).second) fail("attribute twice");
      expect("\"");
    }
    if (next_is("/>")) {
      at_ += 2;
      return e;
    }
    expect(">");
    while (!next_is("</")) {
      if (at_ >= text_.size()) fail("open element " + e.name);
      if (text_[at_] == '<') {
        e.children.push_back(read_element());
      } else {
        e.text += read_text('<');
      }
    }
    expect("</" + e.name + ">");
    return e;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace epicenter::reports::testing
