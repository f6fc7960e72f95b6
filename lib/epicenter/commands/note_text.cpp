#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <epicenter/commands/note_text.hpp>
#include <epicenter/json/utf8.hpp>

namespace epicenter::commands {
namespace {

constexpr std::string_view goes_on = "The note goes on in the EHR.";
constexpr std::string_view sentence_ends = ".!?:;,";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool begins_with(std::string_view text, std::string_view what) {
  return text.size() >= what.size() &&
         std::equal(what.begin(), what.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}
std::size_t find_folded(std::string_view text, std::string_view what, std::size_t from) {
  const auto at = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), what.begin(),
                              what.end(), [](char a, char b) { return lower(a) == b; });
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

void append_utf8(std::string& to, std::uint32_t code) {
  const auto byte = [&to](std::uint32_t value) {
    to += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
    byte(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  } else {
    byte(0xF0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3FU));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  }
}

/// Collects words: one space between them, sentences where lines ended.
class collector {
 public:
  void space() { spaced_ = true; }
  void end_line() {
    spaced_ = true;
    ended_ = true;
  }
  void add(std::string_view character) {
    if (!text_.empty() && ended_ && sentence_ends.find(text_.back()) == std::string_view::npos) text_ += '.';
    if (!text_.empty() && spaced_) text_ += ' ';
    spaced_ = ended_ = false;
    text_ += character;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool spaced_ = false;
  bool ended_ = false;
};

// Takes the character that the text begins with; returns its bytes.
std::size_t take_character(std::string_view text, std::size_t at, collector& to) {
  const char c = text[at];
  if (is_space(c) || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    to.space();
    return 1;
  }
  const std::size_t length = json::utf8_length(text, at);
  if (length == 0) {
    to.add("?");
    return 1;
  }
  const std::string_view character = text.substr(at, length);
  if (character == "\xC2\xA0")
    to.space();
  else
    to.add(character);
  return length;
}

class html_reader {
 public:
  explicit html_reader(std::string_view html) : html_(html) {}

  void read_into(collector& to) {
    while (at_ < html_.size()) {
      if (html_[at_] == '<' && take_tag(to)) continue;
      if (html_[at_] == '&' && take_entity(to)) continue;
      at_ += take_character(html_, at_, to);
    }
  }

 private:
  static constexpr std::array<std::string_view, 5> left_out{"head", "style", "script", "title", "template"};
  static constexpr std::array<std::string_view, 3> struck{"s", "del", "strike"};
  static constexpr std::array<std::string_view, 21> lines{
      "p",  "div", "br", "li", "ul", "ol", "tr",      "table", "h1",         "h2",  "h3",
      "h4", "h5",  "h6", "hr", "dt", "dd", "section", "pre",   "blockquote", "body"};

  template <std::size_t N>
  static bool is_in(const std::array<std::string_view, N>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  }

  // False where it is no tag: «BP < 120» is text.
  bool take_tag(collector& to) {
    if (begins_with(html_.substr(at_), "<!--")) {
      const auto end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return true;
    }
    const std::size_t sign = at_ + 1 < html_.size() && html_[at_ + 1] == '/' ? 1 : 0;
    std::string name;
    std::size_t i = at_ + 1 + sign;
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '!';
    };
    for (; i < html_.size() && is_letter(lower(html_[i])) && name.size() < 16; ++i) name += lower(html_[i]);
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    const auto end = html_.find('>', i);
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
    act_on(name, sign == 1, to);
    return true;
  }

  void act_on(const std::string& name, bool closes, collector& to) {
    if (!closes && is_in(left_out, name)) {
      const auto end = find_folded(html_, "</" + name, at_);
      at_ = end == std::string_view::npos ? html_.size() : end;
    }
    if (is_in(lines, name)) to.end_line();
    if (name == "td" || name == "th") to.space();
    if (is_in(struck, name)) say_struck(closes, to);
  }

  void say_struck(bool closes, collector& to) {
    to.space();
    for (const char c : closes ? std::string_view("end of struck out") : std::string_view("struck out:")) {
      if (c == ' ')
        to.space();
      else
        to.add(std::string_view(&c, 1));
    }
    to.space();
  }

  bool take_entity(collector& to) {
    const auto end = html_.substr(at_, 12).find(';');
    if (end == std::string_view::npos) return false;
    const std::string_view name = html_.substr(at_ + 1, end - 1);
    const std::string meant = name.starts_with('#') ? numbered(name.substr(1)) : named(name);
    if (meant.empty()) return false;
    for (std::size_t i = 0; i < meant.size();) i += take_character(meant, i, to);
    at_ += end + 1;
    return true;
  }
  static std::string named(std::string_view name) {
    struct entity {
      std::string_view name;
      std::string_view meant;
    };
    constexpr std::array<entity, 9> known{{{"amp", "&"},
                                           {"lt", "<"},
                                           {"gt", ">"},
                                           {"quot", "\""},
                                           {"apos", "'"},
                                           {"nbsp", " "},
                                           {"deg", "\xC2\xB0"},
                                           {"plusmn", "\xC2\xB1"},
                                           {"micro", "\xC2\xB5"}}};
    for (const auto& one : known) {
      if (one.name == name) return std::string(one.meant);
    }
    return {};
  }
  static std::string numbered(std::string_view digits) {
    const bool hex = !digits.empty() && lower(digits.front()) == 'x';
    if (hex) digits.remove_prefix(1);
    std::uint32_t code = 0;
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    if (failed != std::errc() || end != digits.data() + digits.size() || code == 0) return {};
    std::string made;
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (surrogate || code > 0x10FFFF)
      made = "?";
    else
      append_utf8(made, code);
    return made;
  }

  std::string_view html_;
  std::size_t at_ = 0;
};

void add_words(std::string_view words, collector& to) {
  for (std::size_t i = 0; i < words.size();) i += take_character(words, i, to);
}

bool ends_sentence(std::string_view words, std::size_t at) {
  constexpr std::string_view ends = ".!?";
  return ends.find(words[at]) != std::string_view::npos && at + 1 < words.size() && words[at + 1] == ' ';
}

}  // namespace

std::string words_of_html(std::string_view html) {
  collector made;
  html_reader(html.substr(0, max_note_bytes)).read_into(made);
  if (html.size() > max_note_bytes) {
    made.end_line();
    add_words(goes_on, made);
  }
  return made.take();
}

std::string words_of_plain(std::string_view text) {
  collector made;
  const std::string_view taken = text.substr(0, max_note_bytes);
  for (std::size_t i = 0; i < taken.size();) {
    if (taken[i] == '\n') made.end_line();
    i += take_character(taken, i, made);
  }
  if (text.size() > max_note_bytes) {
    made.end_line();
    add_words(goes_on, made);
  }
  return made.take();
}

reading next_part(std::string_view words, std::size_t most) {
  if (words.size() <= most) return {std::string(words), {}};
  std::size_t sentence = 0;
  std::size_t word = 0;
  for (std::size_t i = 0; i < most; ++i) {
    if (ends_sentence(words, i)) sentence = i + 1;
    if (i > 0 && words[i] == ' ') word = i;
  }
  std::size_t cut = sentence > 0 ? sentence : word;
  // Not through a character.
  for (std::size_t i = 0; cut == 0 && i < most;) {
    const std::size_t next = i + std::max<std::size_t>(1, json::utf8_length(words, i));
    if (next > most) cut = i;
    i = next;
    if (i == most) cut = most;
  }
  if (cut == 0) cut = most;
  const std::size_t from = std::min(words.find_first_not_of(' ', cut), words.size());
  return {std::string(words.substr(0, cut)), std::string(words.substr(from))};
}

}  // namespace epicenter::commands
