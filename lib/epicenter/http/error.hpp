// How an HTTP exchange can fail. The kinds are those a resilience policy tells apart.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/http/message.hpp>
#include <optional>

namespace epicenter::http {

enum class errc {
  connect_failed = 1,  ///< no connection: refused, unreachable, no such name, timed out while connecting
  tls_failed,          ///< the TLS handshake failed; nothing of the request was sent
  reset,               ///< the connection was reset before a whole response
  closed,              ///< the connection was closed before the first byte of a response
  truncated,           ///< the response ended before its promised length
  malformed,           ///< not HTTP/1.1, or not a URL
  too_large,           ///< beyond the limits given
  timed_out,           ///< no whole response by the deadline
  cancelled,           ///< the caller took the exchange back
  pool_exhausted,      ///< no connection became free by the deadline
  stopped,             ///< client or server is shut down
  unsupported_coding,  ///< the body is coded in a way that is not understood
  bad_tls_settings,    ///< a certificate, key or authority cannot be used or made
};
std::error_code make_error_code(errc);

/// A failed exchange with what a retry decision needs.
struct exchange_failure {
  error why;
  /// False: provably no byte of the request left this side, so the server cannot have acted on it.
  bool any_byte_sent = false;
  /// Status and headers where they had arrived before the failure (a truncated 201 names what was created).
  std::optional<response> head;
};

}  // namespace epicenter::http

template <>
struct std::is_error_code_enum<epicenter::http::errc> : std::true_type {};
