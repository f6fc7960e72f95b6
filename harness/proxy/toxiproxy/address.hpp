// Addresses as Toxiproxy's users write them.
#pragma once

#include <epicenter/runtime/endpoint.hpp>
#include <string_view>

#include "harness/proxy/toxiproxy/outcome.hpp"

namespace epicenter::proxy::toxiproxy {

/// "127.0.0.1:8080", "[::1]:80", "unix:/run/x.sock"; no host (":8080", "") is loopback, where the original
/// has all interfaces; "localhost" is 127.0.0.1. Errors (500) in Go's words: "address x: missing port in
/// address".
outcome<runtime::endpoint> listen_address(std::string_view text);
/// Never an error: what cannot be dialled fails when it is dialled.
runtime::endpoint upstream_address(std::string_view text);

}  // namespace epicenter::proxy::toxiproxy
