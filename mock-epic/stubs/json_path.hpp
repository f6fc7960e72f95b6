// JSONPath as Jayway's library (and so WireMock) reads it.
#pragma once

#include <epicenter/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::stubs {

struct json_path_step;

/// $, .name, ['a','b'], [n], [-n], [i,j], [a:b:c], [*], .*, ..name, filters [?(@.a == 'x' && @.b =~ /re/i)],
/// and at the end length(), size(), min(), max(), avg(), sum(), keys(), first(), last(). Work is bounded: a
/// path that visits more than 200,000 values finds nothing more.
class json_path {
 public:
  /// What is wrong with the text, in words, on failure.
  static tl::expected<json_path, std::string> parse(std::string_view text);

  /// The values found, in document order. A path that names one place finds one or none.
  std::vector<json::value> find_all(const json::value& document) const;
  /// What Jayway's read() gives: the value of a definite path (nothing where it leads nowhere), the list of
  /// an indefinite one.
  std::optional<json::value> read(const json::value& document) const;
  /// Whether it names at most one place.
  bool is_definite() const { return definite_; }

 private:
  std::vector<std::shared_ptr<const json_path_step>> steps_;
  std::string function_;  // applied at the end, or empty
  bool definite_ = true;
};

}  // namespace epicenter::mock::stubs
