// Retry-After and the three forms of an HTTP date (RFC 9110, 5.6.7 and 10.2.3).
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>
#include <string_view>

namespace epicenter::resilience {

/// IMF-fixdate, RFC 850 or asctime. `about` settles the century of RFC 850's two digits: a year more than 50
/// years ahead of it means the last one. Nothing for anything else; the weekday is not compared with the
/// date.
std::optional<wall_time> parse_http_date(std::string_view, wall_time about);

/// delta-seconds, saturating at duration::max(), or a date minus the response's Date (minus local_now if that
/// is absent or invalid). In the past: 0. Invalid: nothing. Surrounding blanks are allowed.
std::optional<duration> parse_retry_after(std::string_view value, std::string_view response_date,
                                          wall_time local_now);

}  // namespace epicenter::resilience
