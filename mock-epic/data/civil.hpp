// Calendar dates as FHIR writes and reads them (hl7.org/fhir/R4/datatypes.html, date, dateTime, instant).
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::data {

/// "2026-01-05", in UTC.
std::string format_date(wall_time);
/// "2026-01-05T09:30:00Z", whole seconds.
std::string format_instant(wall_time);

/// The stretch of time that a date of any precision names: "2026" is the whole year. Seconds of Unix time,
/// [begin, end). A time without a zone is taken as UTC, this server's local time.
struct date_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};
/// YYYY, YYYY-MM, YYYY-MM-DD, or with Thh:mm[:ss[.fraction]][Z|±hh:mm]; nothing where the text is none of
/// these.
std::optional<date_range> parse_date(std::string_view text);

}  // namespace epicenter::mock::data
