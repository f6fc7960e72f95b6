// The TLS of one route: whether the proxy ends it towards the client, begins it towards the upstream, both,
// or passes bytes through.
#pragma once

#include <epicenter/http/tls.hpp>

#include "harness/proxy/tls_faces.hpp"

namespace epicenter::proxy {

/// All texts are PEM. Neither: TLS passes through, as any other bytes.
struct route_tls {
  bool terminate = false;  ///< clients handshake with the proxy
  /// Shown to clients, chain with the leaf first; empty: made here for the name the client asks for.
  std::string certificate_pem, private_key_pem;
  std::string client_ca_pem;  ///< where given, clients must show a certificate of these authorities

  bool originate = false;       ///< the proxy handshakes with the upstream
  std::string upstream_ca_pem;  ///< trusted in addition to the system's
  /// Shown to an upstream that asks who the proxy is; empty: nothing is.
  std::string upstream_certificate_pem, upstream_private_key_pem;
  std::string server_name;  ///< sent as SNI and verified; empty: the host of the upstream's address
};

/// Where the texts lie; an empty path is a text that is not given.
struct route_tls_files {
  bool terminate = false;
  std::string certificate, private_key, client_ca;
  bool originate = false;
  std::string upstream_ca, upstream_certificate, upstream_private_key;
  std::string server_name;
};

/// Reads the files (1 MiB each at most) and tries every text, so that nothing is left to fail when the first
/// client comes. http::errc::bad_tls_settings, or runtime::errc::io; the detail names the file.
result<route_tls> load_route_tls(const route_tls_files&);

/// What route_tls asks of the proxy's own certificates.
tls_faces_options faces_of(const route_tls&);
/// For tls_connect to the upstream.
result<http::tls_context_ptr> make_upstream_tls(const route_tls&);

}  // namespace epicenter::proxy
