// maintenance: Epic is down for maintenance. A lever of the mock, listed here so that scenarios know it; the
// proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view maintenance_summary =
    "an HTML page with status 503 in place of every answer";
inline constexpr std::array maintenance_parameters{
    parameter{"retry_after",
              parameter_kind::span_of_time,
              false,
              "",
              "Retry-After in whole seconds; default: none, as http.sys answers",
              {},
              duration(1s).count(),
              duration(24h).count()},
};

}  // namespace epicenter::faults
