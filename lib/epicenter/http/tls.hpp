// TLS over any stream (OpenSSL, by records in memory). TLS 1.2 or newer; verification is on and cannot be
// turned off, only pointed at a different authority.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <string>

namespace epicenter::http {

struct tls_client_options {
  std::string ca_file;  ///< PEM bundle to trust instead of the system's; empty: the system's
  std::string ca_pem;   ///< PEM text to trust in addition
};
struct tls_server_options {
  std::string certificate_pem;  ///< chain, leaf first
  std::string private_key_pem;
};

/// A set of TLS settings, shared by the connections made with it.
class tls_context;
using tls_context_ptr = std::shared_ptr<tls_context>;
result<tls_context_ptr> make_tls_client(const tls_client_options&);
result<tls_context_ptr> make_tls_server(const tls_server_options&);

/// Handshakes within the deadline and returns the stream of plain text; takes the carrier. The host name is
/// sent as SNI and must be in the certificate, which must hold at the runtime's wall(). errc::tls_failed with
/// OpenSSL's reason, or the carrier's own error.
runtime::task<result<runtime::stream_ptr>> tls_connect(runtime::runtime&, tls_context_ptr,
                                                       runtime::stream_ptr carrier, std::string host,
                                                       instant deadline);
runtime::task<result<runtime::stream_ptr>> tls_accept(runtime::runtime&, tls_context_ptr,
                                                      runtime::stream_ptr carrier, instant deadline);

}  // namespace epicenter::http
