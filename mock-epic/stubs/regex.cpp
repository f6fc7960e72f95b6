#include "mock-epic/stubs/regex.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace epicenter::mock::stubs {
namespace {

constexpr int max_program_bytes = 1024 * 1024;
constexpr std::size_t max_expression = 16 * 1024;
constexpr int max_groups = 16;

re2::RE2::Options options_of(regex::flag flag) {
  re2::RE2::Options made;
  made.set_dot_nl(true);
  made.set_log_errors(false);
  made.set_max_mem(max_program_bytes);
  made.set_case_sensitive(flag != regex::flag::ignore_case);
  return made;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

std::optional<std::string> regex::check(std::string_view expression) {
  if (expression.size() > max_expression) return "the expression is longer than 16 KiB";
  const re2::RE2 tried(piece(expression), options_of(flag::none));
  if (!tried.ok()) return tried.error();
  return std::nullopt;
}

regex::regex(std::string_view expression, flag f)
    : compiled_(std::make_unique<re2::RE2>(piece(expression), options_of(f))) {}

regex::~regex() = default;

bool regex::matches_whole(std::string_view text) const {
  return re2::RE2::FullMatch(piece(text), *compiled_);
}

bool regex::finds_in(std::string_view text) const {
  return re2::RE2::PartialMatch(piece(text), *compiled_);
}

std::vector<std::string> regex::first_match(std::string_view text) const {
  const int groups = std::min(compiled_->NumberOfCapturingGroups(), max_groups) + 1;
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(std::max(groups, 1)));
  std::vector<std::string> out;
  if (!compiled_->ok() || !compiled_->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                                            static_cast<int>(found.size())))
    return out;
  for (const re2::StringPiece& one : found) out.emplace_back(one.data() ? one.as_string() : std::string());
  return out;
}

std::string regex::replace_all(std::string text, std::string_view replacement) const {
  std::string rewrite;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const bool group = replacement[i] == '$' && i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
                       replacement[i + 1] <= '9';
    if (group)
      rewrite += '\\';
    else if (replacement[i] == '\\')
      rewrite += "\\\\";
    else
      rewrite += replacement[i];
  }
  std::string why;
  if (!compiled_->CheckRewriteString(rewrite, &why)) return text;
  re2::RE2::GlobalReplace(&text, *compiled_, rewrite);
  return text;
}

}  // namespace epicenter::mock::stubs
