// lost_response: Epic did it, and nobody is told.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view lost_response_summary =
    "the request reaches Epic and is committed; the answer never comes back";
inline constexpr std::array lost_response_parameters{
    parameter{"hold",
              parameter_kind::span_of_time,
              false,
              "",
              "how long the connection stays open after the answer was swallowed; default: until the client "
              "leaves. It "
              "is closed when the fault ends, too",
              {},
              0,
              duration(1h).count()},
};
std::unique_ptr<fault> make_lost_response(const json::object& canonical);

}  // namespace epicenter::faults
