// json::value to text. Numbers leave as they came, members in their order. Bytes that are no UTF-8 (a peer's
// header field, cut or hostile) are written as U+FFFD, so that every document can be read back.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::json {

/// One line, no spaces.
std::string write(const value&);
/// Two spaces an indent, one member a line, a newline at the end: for files that people read and diff.
std::string write_pretty(const value&);
/// The text as a JSON string, with its quotes.
std::string quote(std::string_view text);

}  // namespace epicenter::json
