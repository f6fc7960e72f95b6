// The PROXY protocol of HAProxy (proxy-protocol.txt, 2.1 and 2.2): tells the upstream on whose behalf a
// connection is.
#pragma once

#include <epicenter/runtime/endpoint.hpp>
#include <string>

namespace epicenter::proxy {

enum class proxy_protocol { v1, v2 };

/// The bytes that go out before all others on a connection that relays `client`'s connection to
/// `destination`, which is where the client connected to; at most 104 (v1) or 232 (v2). Addresses count as
/// literals only, without a zone. An IPv4-mapped IPv6 address is taken for the IPv4 address that it is; where
/// one end is IPv4 and the other IPv6, both go out as IPv6. A Unix socket's client may be unnamed (an empty
/// endpoint). What the version cannot express (a name, Unix sockets in v1, a mixture of Unix and TCP, a path
/// over 108 bytes) goes out as local_header: the upstream then takes the connection's own addresses.
std::string relayed_header(proxy_protocol version, const runtime::endpoint& client,
                           const runtime::endpoint& destination);

/// The same without addresses, for a connection that the proxy opens for itself, too. v2 says LOCAL, which
/// every receiver must accept (HAProxy resets a relayed connection of unspecified family); v1 says UNKNOWN.
std::string local_header(proxy_protocol version);

}  // namespace epicenter::proxy
