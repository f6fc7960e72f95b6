// dns: the upstream has no address.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view dns_summary = "the upstream's name does not resolve for new connections";
inline constexpr std::array<std::string_view, 2> dns_modes{"nxdomain", "timeout"};
inline constexpr std::array dns_parameters{
    parameter{
        "mode", parameter_kind::choice, false, "nxdomain",
        "nxdomain: the lookup fails at once, as for a name that nobody has; timeout: no answer comes, "
        "and the dial fails at its time limit. Where clients connect to the proxy they see what a proxy "
        "in the field shows them then: a connection that is accepted, and closed without an answer; where "
        "it ends TLS, after the handshake. Upstreams given by address fail alike. Connections that are "
        "open already stay as they are",
        dns_modes},
};
std::unique_ptr<fault> make_dns(const json::object& canonical);

}  // namespace epicenter::faults
