// FHIR's instants and dateTimes with a zone, compared as moments.
#pragma once

#include <epicenter/base/time.hpp>
#include <optional>
#include <string_view>

namespace epicenter::fhir {

/// "2026-03-02T10:00:00.5+02:00". Nothing where date, time of day or zone is missing or out of range.
std::optional<wall_time> parse_moment(std::string_view text);

}  // namespace epicenter::fhir
