// Dates and times as texts: ISO 8601, HTTP dates, and the patterns of java.text.SimpleDateFormat that
// WireMock takes.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::stubs {

/// ISO 8601 date or date-time (no zone: UTC), or an HTTP date (RFC 9110, section 5.6.7, the preferred form).
/// Years 1700 to 2200.
std::optional<wall_time> parse_date_text(std::string_view text);
/// By a pattern: "epoch" (milliseconds), "unix" (seconds), or letters as in "yyyy-MM-dd HH:mm:ss".
std::optional<wall_time> parse_date_by(std::string_view text, std::string_view pattern);

/// Seconds east of UTC of "UTC", "GMT", "Z", "+01:00", "GMT+1"; nothing for names of places: this mock has no
/// table of time zones.
std::optional<int> parse_zone(std::string_view text);
/// By a pattern as above; letters that are none are refused (nothing is returned).
std::optional<std::string> format_date_by(wall_time at, std::string_view pattern, int zone_seconds);
/// "2026-01-05T09:30:00Z"; fractions of a second where there are any are left out.
std::string format_iso(wall_time at);
/// "2026-01-05T09:30:00.250Z"
std::string format_iso_millis(wall_time at);

/// "3 days", "-2 hours", "1 month": added to a moment; nothing where the text is none of these.
std::optional<wall_time> add_offset(wall_time at, std::string_view offset);
std::optional<wall_time> add_offset(wall_time at, std::int64_t amount, std::string_view unit);
/// "first minute of hour", "first hour of day", "first day of month", "first day of next month", "last day of
/// month", "first day of year", "first day of next year", "last day of year".
std::optional<wall_time> truncate_date(wall_time at, std::string_view how);

}  // namespace epicenter::mock::stubs
