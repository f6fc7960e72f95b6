// token_revoke: every access token issued so far is revoked at once. A lever of the mock, listed here so that
// scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view token_revoke_summary =
    "every access token issued so far is revoked at once; tokens issued later are valid";
inline constexpr std::array token_revoke_parameters{
    parameter{
        "when_in_flight",
        parameter_kind::integer,
        false,
        "",
        "waits for the moment at which at least this many requests are sent and unanswered; default: at once",
        {},
        1,
        100'000},
};

}  // namespace epicenter::faults
