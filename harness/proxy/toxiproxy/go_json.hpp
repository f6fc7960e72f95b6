// JSON as the original reads it: Go's encoding/json, down to the words of its errors.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::proxy::toxiproxy {

/// Why text is not JSON, in Go's words: "unexpected EOF", "invalid character ',' looking for beginning of
/// value".
struct go_syntax_error {
  std::string text;
  std::size_t offset = 0;
};

/// The first value of the text; what follows it is not looked at. "EOF" where there is none. Objects keep a
/// key that comes twice twice, for the later to win: walk their members, do not look them up. Bytes that are
/// no UTF-8 become U+FFFD. Nested deeper than 64 is an error.
tl::expected<json::value, go_syntax_error> read_first_value(std::string_view text);

/// The value with <, > and & escaped, as Go writes it.
std::string write_go(const json::value&);

}  // namespace epicenter::proxy::toxiproxy
