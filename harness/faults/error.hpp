// error: an answer that is an error, in place of Epic's.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view error_summary = "calls are answered with an HTTP error";
inline constexpr std::array<std::string_view, 3> error_bodies{"outcome", "html", "empty"};
inline constexpr std::array error_parameters{
    parameter{"status",
              parameter_kind::status_list,
              false,
              "503",
              "one of these, drawn for each call",
              {},
              400,
              599},
    parameter{"body", parameter_kind::choice, false, "outcome",
              "outcome: a FHIR OperationOutcome; html: the page of a load balancer; empty: no body",
              error_bodies},
    parameter{"retry_after",
              parameter_kind::retry_after,
              false,
              "",
              "the Retry-After header, in seconds or as a date",
              {},
              0,
              duration(24h).count()},
    parameter{
        "committed",
        parameter_kind::boolean,
        false,
        "false",
        "true: the upstream gets the request and its answer is replaced; false: it never sees the request",
        {}},
};
std::unique_ptr<fault> make_error_fault(const json::object& canonical);

}  // namespace epicenter::faults
