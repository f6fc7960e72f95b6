// FHIR's dates and times as moments.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss[.fff…][Z|±hh:mm] (R4, data types, dateTime): the start of
/// what it names. Without a zone it is taken for UTC: the server's zone is not known. Years 1678 to 2261.
std::optional<wall_time> parse_fhir_time(std::string_view);
/// "2026-10-05T14:03:10Z"
std::string format_fhir_time(wall_time);
/// When what an Observation tells of took place; else when it was issued.
std::optional<wall_time> time_of(const json::value& observation);

}  // namespace epicenter::epic
