// Where to connect to, or to listen on.
#pragma once

#include <cstdint>
#include <epicenter/runtime/error.hpp>
#include <string>
#include <string_view>

namespace epicenter::runtime {

/// A TCP address (a host name or literal, and a port) or a Unix socket's path. Names are resolved by the
/// runtime.
struct endpoint {
  std::string host;        ///< without the brackets of an IPv6 literal; empty for a Unix socket
  std::uint16_t port = 0;  ///< 0 to listen: any free one
  std::string path;        ///< of a Unix socket; empty for TCP

  bool is_unix() const { return !path.empty(); }
  /// "127.0.0.1:8443", "[::1]:8443", "unix:/run/epicenter.sock"
  std::string to_string() const;
  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// Reads what to_string writes. A port is required.
result<endpoint> parse_endpoint(std::string_view text);

/// True for 127.0.0.0/8, ::1, "localhost" and Unix sockets.
bool is_loopback(const endpoint&);

}  // namespace epicenter::runtime
