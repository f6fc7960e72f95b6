// rate_limit: Epic takes so many calls in a time, and refuses the rest.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view rate_limit_summary = "calls beyond a rate are answered with 429";
inline constexpr std::array<std::string_view, 3> rate_limit_retry_after{"seconds", "date", "none"};
inline constexpr std::array<std::string_view, 3> rate_limit_bodies{"outcome", "html", "empty"};
inline constexpr std::array rate_limit_parameters{
    parameter{"limit",
              parameter_kind::call_rate,
              true,
              "",
              "how many of the matching calls pass in a time, such as 10/s; they share one limit",
              {}},
    parameter{"burst",
              parameter_kind::integer,
              false,
              "",
              "how many pass at once after a pause; default: those of one second, at least 1",
              {},
              1,
              1'000'000},
    parameter{"retry_after", parameter_kind::choice, false, "seconds",
              "form of the Retry-After header, which tells when the next call will pass",
              rate_limit_retry_after},
    parameter{"status", parameter_kind::integer, false, "429", "of the calls that do not pass", {}, 400, 599},
    parameter{"body", parameter_kind::choice, false, "outcome",
              "outcome: a FHIR OperationOutcome; html: the page of a load balancer; empty: no body",
              rate_limit_bodies},
};
std::unique_ptr<fault> make_rate_limit(const json::object& canonical);
/// errc::bad_parameter where the time of the limit is longer than a day.
result<> check_rate_limit(const json::object& canonical);

}  // namespace epicenter::faults
