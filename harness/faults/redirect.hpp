// redirect: the answer is elsewhere.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view redirect_summary = "calls are redirected";
inline constexpr std::array redirect_parameters{
    parameter{"to", parameter_kind::text, true, "", "the Location: an absolute URL, or a path from /", {}},
    parameter{"status", parameter_kind::integer, false, "302", "301, 302, 303, 307 or 308", {}, 301, 308},
};
std::unique_ptr<fault> make_redirect(const json::object& canonical);
/// errc::bad_parameter where `to` is no URL and no path, could begin a header of its own, or the status is
/// no redirection.
result<> check_redirect(const json::object& canonical);

}  // namespace epicenter::faults
