// Regular expressions of stubs: linear in the text, whatever the expression (they meet network input).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace epicenter::mock::stubs {

/// An expression as Java writes them, as far as it is regular: no look-around, no back-references (WireMock
/// takes them; an engine that does can be made to run for years).
class regex {
 public:
  enum class flag { none, ignore_case };
  /// What is wrong where it does not compile, or needs more than a MiB.
  static std::optional<std::string> check(std::string_view expression);
  /// The expression has been checked.
  explicit regex(std::string_view expression, flag = flag::none);
  ~regex();

  /// The whole text, `.` matching line breaks too.
  bool matches_whole(std::string_view text) const;
  bool finds_in(std::string_view text) const;
  /// The groups of the first match: [0] is the match itself; empty where there is none.
  std::vector<std::string> first_match(std::string_view text) const;
  /// Every match replaced; \1 … of the replacement are groups, as $1 … in Java.
  std::string replace_all(std::string text, std::string_view replacement) const;

 private:
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace epicenter::mock::stubs
