#include "mock-epic/stubs/template_parse.hpp"

#include <algorithm>

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t deepest = 32;
constexpr std::size_t most_nodes = 10'000;
constexpr std::size_t longest = 1024 * 1024;
constexpr std::string_view spaces = " \t\r\n";

/// Reads the inside of one {{tag}}.
class tag_reader {
 public:
  explicit tag_reader(std::string_view text) : text_(text) {}

  std::string read_call(template_call& into, bool bracketed, std::size_t depth = 0) {
    if (depth > deepest) return "brackets are nested too deep";
    if (std::string wrong = read_value(into.target, depth); !wrong.empty()) return wrong;
    if (into.target.what == template_value::kind::path) {
      for (const std::string& one : into.target.path) into.name += (into.name.empty() ? "" : ".") + one;
    }
    for (skip(); !text_.empty() && !(bracketed && text_.front() == ')'); skip()) {
      if (text_.starts_with("as |")) {
        text_.remove_prefix(4);
        const std::size_t end = text_.find('|');
        if (end == std::string_view::npos) return "block parameters do not end with |";
        tag_reader names(text_.substr(0, end));
        for (names.skip(); !names.text_.empty(); names.skip())
          into.block_parameters.push_back(names.read_word());
        text_.remove_prefix(end + 1);
        continue;
      }
      if (into.arguments.size() + into.hash.size() > 100) return "more than 100 arguments";
      const std::size_t word = text_.find_first_of(" \t\r\n=()'\"");
      if (word != std::string_view::npos && word > 0 && text_[word] == '=') {
        auto& [key, value] = into.hash.emplace_back();
        key = std::string(text_.substr(0, word));
        text_.remove_prefix(word + 1);
        skip();
        if (std::string wrong = read_value(value, depth); !wrong.empty()) return wrong;
        continue;
      }
      if (std::string wrong = read_value(into.arguments.emplace_back(), depth); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  void skip() {
    const std::size_t begin = text_.find_first_not_of(spaces);
    text_.remove_prefix(std::min(begin, text_.size()));
  }

  std::string read_word() {
    const std::size_t end = std::min(text_.find_first_of(spaces), text_.size());
    std::string out(text_.substr(0, end));
    text_.remove_prefix(end);
    return out;
  }

  std::string read_value(template_value& into, std::size_t depth) {
    skip();
    if (text_.empty()) return "an empty tag";
    const char first = text_.front();
    if (first == '(') {
      text_.remove_prefix(1);
      auto call = std::make_shared<template_call>();
      if (std::string wrong = read_call(*call, true, depth + 1); !wrong.empty()) return wrong;
      if (text_.empty()) return ") is missing";
      text_.remove_prefix(1);
      into.what = template_value::kind::call;
      into.call = std::move(call);
      return {};
    }
    if (first == '\'' || first == '"') return read_quoted(into, first);
    return read_path_or_number(into);
  }

  std::string read_quoted(template_value& into, char mark) {
    std::string out;
    std::size_t i = 1;
    for (; i < text_.size() && text_[i] != mark; ++i) {
      if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] == mark) ++i;
      out += text_[i];
    }
    if (i >= text_.size()) return "a quoted text does not end";
    text_.remove_prefix(i + 1);
    into.literal = std::move(out);
    return {};
  }

  std::string read_path_or_number(template_value& into) {
    std::size_t end = 0;
    // Spaces may stand in [a segment].
    for (bool inside = false; end < text_.size(); ++end) {
      if (text_[end] == '[') inside = true;
      if (text_[end] == ']') inside = false;
      if (!inside &&
          (spaces.find(text_[end]) != std::string_view::npos || text_[end] == ')' || text_[end] == '('))
        break;
    }
    const std::string word(text_.substr(0, end));
    if (word.empty()) return "a name is missing";
    text_.remove_prefix(end);
    if (word == "true" || word == "false") {
      into.literal = word == "true";
      return {};
    }
    if (word == "null" || word == "undefined") return {};
    const json::value number{json::number{word}};
    if (word.find_first_not_of("+-.0123456789eE") == std::string::npos && number.to_double()) {
      into.literal = number;
      return {};
    }
    into.what = template_value::kind::path;
    into.path = split(word);
    return into.path.size() > 32 ? "a path of more than 32 segments" : "";
  }

  static std::vector<std::string> split(std::string_view word) {
    std::vector<std::string> out;
    while (word.starts_with("../")) {
      out.emplace_back("..");
      word.remove_prefix(3);
    }
    while (!word.empty()) {
      if (word.front() == '[') {
        const std::size_t end = std::min(word.find(']'), word.size());
        out.emplace_back(word.substr(1, end - 1));
        word.remove_prefix(std::min(end + 1, word.size()));
      } else if (word == "..") {
        out.emplace_back("..");
        return out;
      } else {
        const std::size_t end = std::min(word.find_first_of(".["), word.size());
        out.emplace_back(word.substr(0, end));
        word.remove_prefix(end);
      }
      if (word.starts_with('.')) word.remove_prefix(1);
    }
    return out;
  }

  std::string_view text_;
};

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

class template_reader {
 public:
  explicit template_reader(std::string_view text) : text_(text) {}

  std::string read(std::vector<template_node>& into) {
    std::string end;
    std::string wrong = read_until(into, end, 0);
    if (wrong.empty() && !end.empty()) wrong = "{{" + end + "}} closes nothing";
    return wrong;
  }

 private:
  /// The next tag, without braces; the text before it is appended. False at the end of the text.
  bool next_tag(std::vector<template_node>& into, std::string& tag, std::string& wrong) {
    std::size_t open = text_.find("{{", at_);
    while (open != std::string_view::npos && open > at_ && text_[open - 1] == '\\') {
      add_text(into, text_.substr(at_, open - at_ - 1));
      const std::size_t end = std::min(text_.find("}}", open), text_.size());
      add_text(into, text_.substr(open, std::min(end + 2, text_.size()) - open));
      at_ = std::min(end + 2, text_.size());
      open = text_.find("{{", at_);
    }
    std::string_view before = text_.substr(at_, open == std::string_view::npos ? open : open - at_);
    if (open == std::string_view::npos) {
      add_text(into, before);
      at_ = text_.size();
      return false;
    }
    const bool triple = text_.substr(open, 3) == "{{{";
    const bool comment = text_.substr(open, 5) == "{{!--";
    const std::string_view closing = triple ? "}}}" : comment ? "--}}" : "}}";
    const std::size_t begin = open + (triple ? 3 : 2);
    const bool remark = begin < text_.size() && text_[begin] == '!';
    const std::size_t end = remark ? text_.find(closing, begin) : end_of_tag(begin, closing);
    if (end == std::string_view::npos) {
      wrong = "a tag does not end";
      return false;
    }
    std::string_view inside = text_.substr(begin, end - begin);
    at_ = end + closing.size();
    if (inside.starts_with('~')) {
      inside.remove_prefix(1);
      before = before.substr(0, before.find_last_not_of(spaces) + 1);
    }
    add_text(into, before);
    if (inside.ends_with('~')) {
      inside.remove_suffix(1);
      at_ = std::min(text_.find_first_not_of(spaces, at_), text_.size());
    }
    if (inside.starts_with('&')) inside.remove_prefix(1);
    tag = std::string(trim(inside));
    return true;
  }

  /// Where the tag closes: not inside of a quoted text.
  std::size_t end_of_tag(std::size_t at, std::string_view closing) const {
    char mark = 0;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (mark != 0) {
        if (c == '\\')
          ++at;
        else if (c == mark)
          mark = 0;
      } else if (c == '\'' || c == '"') {
        mark = c;
      } else if (text_.substr(at, closing.size()) == closing) {
        return at;
      }
    }
    return std::string_view::npos;
  }

  void add_text(std::vector<template_node>& into, std::string_view text) {
    if (text.empty()) return;
    template_node made;
    made.text = std::string(text);
    into.push_back(std::move(made));
  }

  /// Reads nodes up to {{else…}} or {{/…}}, whose tag is given back.
  std::string read_until(std::vector<template_node>& into, std::string& end, std::size_t depth) {
    std::string tag;
    std::string wrong;
    if (depth > deepest) return "blocks are nested too deep";
    while (next_tag(into, tag, wrong)) {
      if (++nodes_ > most_nodes) return "more than 10,000 tags";
      if (tag.starts_with('!')) continue;
      if (tag.starts_with('/') || tag == "else" || tag == "^" || tag.starts_with("else ")) {
        end = tag;
        return {};
      }
      template_node made;
      const bool block = tag.starts_with('#') || tag.starts_with('^');
      auto call = std::make_shared<template_call>();
      tag_reader reader(std::string_view(tag).substr(block ? 1 : 0));
      if (wrong = reader.read_call(*call, false); !wrong.empty()) return wrong;
      made.what = block ? template_node::kind::block : template_node::kind::output;
      made.call = call;
      if (block) {
        if (wrong = read_block(made, call->name, depth); !wrong.empty()) return wrong;
        if (tag.starts_with('^')) std::swap(made.body, made.otherwise);
      }
      into.push_back(std::move(made));
    }
    return wrong;
  }

  std::string read_block(template_node& block, const std::string& name, std::size_t depth) {
    std::string end;
    if (std::string wrong = read_until(block.body, end, depth + 1); !wrong.empty()) return wrong;
    if (end == "else" || end == "^") {
      if (std::string wrong = read_until(block.otherwise, end, depth + 1); !wrong.empty()) return wrong;
    } else if (end.starts_with("else ")) {
      // {{else if x}} is a block in the other branch, and shares the closing tag.
      template_node inner;
      auto call = std::make_shared<template_call>();
      tag_reader reader(std::string_view(end).substr(5));
      if (std::string wrong = reader.read_call(*call, false); !wrong.empty()) return wrong;
      inner.what = template_node::kind::block;
      inner.call = call;
      std::string wrong = read_block(inner, name, depth + 1);
      block.otherwise.push_back(std::move(inner));
      return wrong;
    }
    return end == "/" + name ? "" : "{{#" + name + "}} is not closed";
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

tl::expected<std::vector<template_node>, std::string> parse_template(std::string_view text) {
  std::vector<template_node> made;
  if (text.size() > longest) return tl::unexpected(std::string("a template of more than 1 MiB"));
  if (std::string wrong = template_reader(text).read(made); !wrong.empty())
    return tl::unexpected(std::move(wrong));
  return made;
}

}  // namespace epicenter::mock::stubs
