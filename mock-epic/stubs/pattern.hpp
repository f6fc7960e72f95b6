// Content patterns: WireMock's matchers of one value (a header, a parameter, a body).
#pragma once

#include <epicenter/base/time.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/stubs/object_reader.hpp"

namespace epicenter::mock::stubs {

/// A value that may be missing. Bytes, not necessarily UTF-8.
using subject = std::optional<std::string_view>;

/// One matcher, compiled once and then asked often. A value that the matcher cannot read (no JSON, no XML, no
/// date) does not match; it is never an error.
class pattern {
 public:
  virtual ~pattern() = default;
  pattern() = default;
  pattern(const pattern&) = delete;
  pattern& operator=(const pattern&) = delete;

  virtual bool matches(subject value, wall_time now) const = 0;
  /// How far the value is from matching: 0 (matches) to 1.
  virtual double distance(subject value, wall_time now) const { return matches(value, now) ? 0 : 1; }
  /// For what may stand several times: any value may match; none there is a missing value.
  virtual bool matches_any(const std::vector<std::string>& values, wall_time now) const;
  /// Set where only this very text matches: the index uses it.
  virtual const std::string* exact_text() const { return nullptr; }
};
using pattern_ptr = std::shared_ptr<const pattern>;

/// The longest a text may be for the matchers whose cost grows faster than the text (XML, schema, distances).
inline constexpr std::size_t max_costly_text = 1024 * 1024;
/// How deep patterns may nest (and, or, not, …).
inline constexpr std::size_t max_pattern_depth = 16;

/// Reads {"equalTo": …} and its like. nullptr after a mistake, which is in the failure then.
pattern_ptr read_pattern(const json::value& from, const std::string& pointer,
                         std::optional<stub_error>& failure, std::size_t depth = 0);

}  // namespace epicenter::mock::stubs
