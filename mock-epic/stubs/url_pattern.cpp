#include "mock-epic/stubs/url_pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mock-epic/stubs/edit_distance.hpp"

namespace epicenter::mock::stubs {
namespace {

using kind = url_pattern::kind;

constexpr std::array<std::pair<std::string_view, kind>, 5> members{
    {{"url", kind::url},
     {"urlPattern", kind::url_pattern},
     {"urlPath", kind::path},
     {"urlPathPattern", kind::path_pattern},
     {"urlPathTemplate", kind::path_template}}};

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, end));
    if (end == path.size()) return out;
    path.remove_prefix(end + 1);
  }
}

bool is_variable(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// What an expression begins with as plain text. Where there is an alternative anywhere, nothing is said.
std::string literal_start(std::string_view expression) {
  std::string out;
  if (expression.find('|') != std::string_view::npos) return out;
  if (expression.starts_with('^')) expression.remove_prefix(1);
  while (!expression.empty()) {
    char c = expression.front();
    std::size_t used = 1;
    if (c == '\\') {
      if (expression.size() < 2) break;
      c = expression[1];
      used = 2;
      // A letter or digit after a backslash is a class of characters, or an escape of its own.
      if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) break;
    } else if (std::string_view(".[(*+?{$^)").find(c) != std::string_view::npos) {
      break;
    }
    // The quantifier belongs to the character before it, which then may be missing.
    if (expression.size() > used && std::string_view("*?{").find(expression[used]) != std::string_view::npos)
      break;
    out += c;
    expression.remove_prefix(used);
  }
  return out;
}

}  // namespace

url_pattern url_pattern::read(object_reader& reader) {
  url_pattern made;
  for (const auto& [member, what] : members) {
    auto text = reader.text(member);
    if (!text || made.kind_ != kind::any) continue;
    if (what == kind::url_pattern || what == kind::path_pattern) {
      if (const auto wrong = regex::check(*text)) {
        reader.refuse(member, "not a usable regular expression: " + *wrong);
        return made;
      }
      made.expression_ = std::make_shared<regex>(*text);
    }
    made.kind_ = what;
    made.text_ = std::move(*text);
    if (what == kind::path_template) made.segments_ = split(made.text_);
  }
  return made;
}

std::string_view url_pattern::member() const {
  for (const auto& [member, what] : members)
    if (what == kind_) return member;
  return "url";
}

bool url_pattern::matches(std::string_view target) const {
  switch (kind_) {
    case kind::any:
      return true;
    case kind::url:
      return target == text_;
    case kind::url_pattern:
      return expression_->matches_whole(target);
    case kind::path:
      return path_of(target) == text_;
    case kind::path_pattern:
      return expression_->matches_whole(path_of(target));
    case kind::path_template:
      break;
  }
  std::string_view rest = path_of(target);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    if (is_variable(segments_[i]) ? segment.empty() : segment != segments_[i]) return false;
    if (i + 1 == segments_.size()) return end == rest.size();
    if (end == rest.size()) return false;
    rest.remove_prefix(end + 1);
  }
  return false;
}

double url_pattern::distance(std::string_view target) const {
  if (matches(target)) return 0;
  const bool whole = kind_ == kind::url || kind_ == kind::url_pattern;
  return relative_distance(whole ? target : path_of(target), text_);
}

http::parameters url_pattern::variables(std::string_view target) const {
  http::parameters out;
  if (kind_ != kind::path_template) return out;
  const std::vector<std::string> actual = split(path_of(target));
  for (std::size_t i = 0; i < segments_.size() && i < actual.size(); ++i) {
    if (!is_variable(segments_[i])) continue;
    auto plain = http::percent_decode(actual[i]);
    out.emplace_back(segments_[i].substr(1, segments_[i].size() - 2), plain ? std::move(*plain) : actual[i]);
  }
  return out;
}

std::string url_pattern::literal_prefix() const {
  switch (kind_) {
    case kind::any:
      return {};
    case kind::url:
    case kind::path:
      return text_;
    case kind::path_template:
      return text_.substr(0, text_.find('{'));
    case kind::url_pattern:
    case kind::path_pattern:
      break;
  }
  return literal_start(text_);
}

}  // namespace epicenter::mock::stubs
