// FHIR's dates and times as moments.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/epic/site_zone.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss[.fff…][Z|±hh:mm] (R4, data types, dateTime): the start of
/// what it names. Without a zone it is the site's (reference: epic, section 2.4). Years 1678 to 2261.
std::optional<wall_time> parse_fhir_time(std::string_view, const site_zone& = {});
/// "2026-10-05T14:03:10Z", "2026-10-05T09:03:10-05:00"
std::string format_fhir_time(wall_time, const site_zone& = {});
/// When what an Observation tells of took place; else when it was issued.
std::optional<wall_time> time_of(const json::value& observation, const site_zone& = {});

}  // namespace epicenter::epic
