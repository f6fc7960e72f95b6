// The parameters of levers: as data, and as a lever gets them.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace epicenter::mock {

/// What a value may be. All are read from JSON.
enum class lever_value {
  text,      ///< 1 to 1024 bytes
  integer,   ///< a whole number in [minimum, maximum]
  duration,  ///< "90s", or a whole number of nanoseconds; in [minimum, maximum] nanoseconds
  share,     ///< "30%", 0.3; kept in parts per million
  choice,    ///< one word of `choices`
};
std::string_view name_of(lever_value);

struct lever_parameter {
  std::string_view name;
  lever_value kind = lever_value::text;
  std::string_view help;
  std::string_view default_text{};  ///< as it would be written; empty: none
  bool required = false;
  std::span<const std::string_view> choices{};
  std::int64_t minimum = 0;
  std::int64_t maximum = INT64_MAX;
};

/// Read, in range, with defaults.
class lever_parameters {
 public:
  /// lever_errc::bad_parameter names the parameter and what to write instead.
  static result<lever_parameters> read(std::string_view type, std::span<const lever_parameter> known,
                                       const json::object& given);

  bool has(std::string_view name) const { return values_.contains(name); }
  /// Empty where it was not given.
  std::string text(std::string_view name) const;
  /// An integer, or a share in parts per million. It must be there.
  std::int64_t number(std::string_view name) const;
  std::optional<duration> time(std::string_view name) const;

 private:
  json::object values_;
};

}  // namespace epicenter::mock
