// stale_response: what was read before is read again.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view stale_response_summary = "an older answer comes again";
inline constexpr std::array<std::string_view, 2> stale_response_keys{"target", "path"};
inline constexpr std::array stale_response_parameters{
    parameter{
        "age",
        parameter_kind::span_of_time,
        false,
        "",
        "the answer that comes again is the youngest that is at least so old; default: the first that "
        "the fault saw. GETs of the same target, by the same client, that were answered with 200 or 404; "
        "what has no older answer passes, and is remembered",
        {},
        1,
        duration(24h).count()},
    parameter{
        "same", parameter_kind::choice, false, "target",
        "what two requests share that are taken for the same; path: a cache that forgets the query, so that "
        "one patient's results come for another",
        stale_response_keys},
};
std::unique_ptr<fault> make_stale_response(const json::object& canonical);

}  // namespace epicenter::faults
