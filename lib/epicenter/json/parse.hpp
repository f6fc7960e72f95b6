// Text to json::value, bounded in size and depth, strict after RFC 8259.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::json {

enum class errc {
  syntax = 1,     ///< not JSON; the detail has line and column
  incomplete,     ///< JSON as far as it goes, but it ends early
  too_deep,       ///< nested deeper than allowed
  too_large,      ///< longer than allowed
  bad_encoding,   ///< not UTF-8
  duplicate_key,  ///< the same key twice in one object
  wrong_kind,     ///< a value is there, but not of the kind asked for
};
std::error_code make_error_code(errc);

struct parse_limits {
  std::size_t max_bytes = 16 * 1024 * 1024;
  std::size_t max_depth = 64;
};

/// Parses one whole document. Errors name line and column but never quote the content (it may be patient
/// data).
result<value> parse(std::string_view text, const parse_limits& limits = {});

}  // namespace epicenter::json

template <>
struct std::is_error_code_enum<epicenter::json::errc> : std::true_type {};
