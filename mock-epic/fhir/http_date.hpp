// Dates of HTTP (RFC 9110, section 5.6.7), in the form that is sent.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::fhir {

/// "Mon, 05 Jan 2026 09:30:00 GMT", whole seconds.
std::string format_http_date(wall_time);
/// Nothing where the text is no date of that form; a recipient ignores it then.
std::optional<wall_time> parse_http_date(std::string_view text);

}  // namespace epicenter::mock::fhir
