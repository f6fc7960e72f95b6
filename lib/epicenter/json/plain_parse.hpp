// The quick way through documents that have nothing wrong with them: almost all of them.
#pragma once

#include <epicenter/json/parse.hpp>
#include <optional>

namespace epicenter::json::detail {

/// The document's value, where parse_strictly gives one. Nothing where this is not sure of that: errors are
/// judged there, and so are a few documents that are good (deeper than 200, numbers of extreme exponents).
std::optional<value> parse_plainly(std::string_view text, std::size_t max_depth);

/// Boost.JSON's grammar; what parse() says of a document is what this says.
result<value> parse_strictly(std::string_view text, const parse_limits&);

}  // namespace epicenter::json::detail
