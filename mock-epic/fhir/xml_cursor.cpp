#include "mock-epic/fhir/xml_cursor.hpp"

#include <charconv>

namespace epicenter::mock::fhir {
namespace {

constexpr std::size_t max_attributes = 32;
constexpr std::size_t max_raw_depth = 256;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_' ||
         c == '-' || c == '.';
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

/// Appends what "&…;" stands for; false where it stands for nothing that XML allows.
bool append_entity(std::string& out, std::string_view name) {
  static constexpr std::pair<std::string_view, char> known[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [entity, c] : known)
    if (name == entity) return out += c, true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  std::uint32_t c = 0;
  const auto [end, why] = std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
  const bool whole = why == std::errc() && end == name.data() + name.size();
  const bool allowed = (c >= 0x20 || c == 9 || c == 10 || c == 13) && c < 0x110000 &&
                       (c < 0xd800 || c > 0xdfff) && c != 0xfffe && c != 0xffff;
  if (!whole || !allowed) return false;
  append_utf8(out, c);
  return true;
}

}  // namespace

const std::string* xml_tag::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes)
    if (key == wanted) return &value;
  return nullptr;
}

bool xml_cursor::take(std::string_view prefix) {
  if (failed_ || !text_.substr(at_).starts_with(prefix)) return false;
  at_ += prefix.size();
  return true;
}

bool xml_cursor::skip_past(std::string_view end) {
  const std::size_t found = text_.find(end, at_);
  if (found == std::string_view::npos) {
    failed_ = true;
    return false;
  }
  at_ = found + end.size();
  return true;
}

void xml_cursor::skip_misc() {
  if (at_ == 0) take("\xef\xbb\xbf");
  while (!failed_) {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (take("<!--")) {
      skip_past("-->");
    } else if (take("<?")) {
      skip_past("?>");
    } else {
      return;
    }
  }
}

bool xml_cursor::next_is(std::string_view prefix) {
  skip_misc();
  const std::string_view rest = text_.substr(at_);
  return !failed_ && rest.starts_with(prefix) && rest.size() > prefix.size() && !is_name(rest[prefix.size()]);
}

std::string xml_cursor::name() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_name(text_[at_])) ++at_;
  if (at_ == begin) failed_ = true;
  return std::string(text_.substr(begin, at_ - begin));
}

std::string xml_cursor::attribute_value() {
  std::string out;
  if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) {
    failed_ = true;
    return out;
  }
  const char quote = text_[at_++];
  while (at_ < text_.size() && text_[at_] != quote) {
    const char c = text_[at_++];
    if (c == '&') {
      const std::size_t end = text_.find(';', at_);
      if (end == std::string_view::npos || end - at_ > 10 ||
          !append_entity(out, text_.substr(at_, end - at_))) {
        failed_ = true;
        return out;
      }
      at_ = end + 1;
    } else if (c == '<' || (static_cast<unsigned char>(c) < 0x20 && !is_space(c))) {
      failed_ = true;
      return out;
    } else {
      out += is_space(c) ? ' ' : c;  // XML 1.0, section 3.3.3
    }
  }
  if (!take(std::string_view(&quote, 1))) failed_ = true;
  return out;
}

xml_tag xml_cursor::open_tag() {
  xml_tag made;
  skip_misc();
  if (!take("<")) failed_ = true;
  if (failed_) return made;
  made.name = name();
  while (!failed_) {
    const std::size_t before = at_;
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (take(">")) return made;
    if (take("/>")) {
      made.empty = true;
      return made;
    }
    std::string key = name();
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (before == at_ || !take("=") || made.attribute(key) || made.attributes.size() == max_attributes) {
      failed_ = true;
      return made;
    }
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    std::string value = attribute_value();
    made.attributes.emplace_back(std::move(key), std::move(value));
  }
  return made;
}

bool xml_cursor::close_tag(std::string_view wanted) {
  skip_misc();
  if (!take("</")) return false;
  if (name() != wanted) failed_ = true;
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  if (!take(">")) failed_ = true;
  return true;
}

std::string_view xml_cursor::raw_element() {
  const std::size_t begin = at_;
  std::vector<std::string> open;
  do {
    at_ = std::min(text_.find('<', at_), text_.size());
    if (take("<!--")) {
      skip_past("-->");
    } else if (text_.substr(at_).starts_with("</")) {
      if (!close_tag(open.back())) failed_ = true;
      open.pop_back();
    } else {
      xml_tag tag = open_tag();
      if (!tag.empty) open.push_back(std::move(tag.name));
    }
    if (open.size() > max_raw_depth) failed_ = true;
  } while (!failed_ && !open.empty());
  return failed_ ? std::string_view() : text_.substr(begin, at_ - begin);
}

}  // namespace epicenter::mock::fhir
