// The handshakes of one connection: with the client, as the fault `tls` wants it, and with the upstream.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <optional>

#include "harness/proxy/route_tls.hpp"

namespace epicenter::proxy {

/// A route's TLS, ready for use by every loop. Immutable but for the certificates it makes.
struct tls_ends {
  route_tls route;
  std::unique_ptr<tls_faces> faces;  ///< null where the proxy does not end TLS
  http::tls_context_ptr upstream;    ///< empty where it begins none
};
using tls_ends_ptr = std::shared_ptr<const tls_ends>;
/// http::errc::bad_tls_settings.
result<tls_ends_ptr> make_tls_ends(route_tls, std::shared_ptr<const http::private_ca>, wall_time now);

/// False where the client's connection stays as it is: no byte of it needs to be read.
bool needs_handshake(const tls_ends&, const std::optional<faults::bad_handshake>&);

/// What the proxy reads from and writes to instead of the client's connection, which it takes: share() it
/// where it may have to be torn down meanwhile. Without need it is returned as it is. An error: the
/// connection is over, and the client has seen how: a TLS alert, a close where it did not speak TLS, or a
/// reset where the fault could not be shown to it for that reason. http::errc::tls_failed;
/// runtime::errc::timed_out, reset, …
runtime::task<result<runtime::stream_ptr>> handshake_with_client(runtime::runtime&, tls_ends_ptr,
                                                                 runtime::stream_ptr client,
                                                                 std::optional<faults::bad_handshake>,
                                                                 instant deadline);

/// The same towards the upstream, to which `dialled` leads. Without `originate` the connection itself.
runtime::task<result<runtime::stream_ptr>> handshake_with_upstream(runtime::runtime&, tls_ends_ptr,
                                                                   runtime::stream_ptr upstream,
                                                                   runtime::endpoint dialled,
                                                                   instant deadline);

}  // namespace epicenter::proxy
