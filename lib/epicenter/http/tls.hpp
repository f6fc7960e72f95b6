// TLS over any stream (OpenSSL, by records in memory). TLS 1.2 or newer; verification is on and cannot be
// turned off, only pointed at a different authority.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <string>

namespace epicenter::http {

struct tls_client_options {
  std::string ca_file;  ///< PEM bundle to trust instead of the system's; empty: the system's
  std::string ca_pem;   ///< PEM text to trust in addition
  /// Shown to servers that ask for one (chain, leaf first), with its key; empty: none is shown.
  std::string certificate_pem = {};
  std::string private_key_pem = {};
  std::string ca_directory = {};  ///< every *.pem, *.crt and *.cer in it; beside ca_file, not the system's
  secret private_key_passphrase = {};  ///< needed where the key is encrypted
};
struct tls_server_options {
  std::string certificate_pem;  ///< chain, leaf first
  std::string private_key_pem;
  /// Where given, clients must show a certificate that one of these authorities (PEM) stands behind.
  std::string client_ca_pem = {};
};

/// A set of TLS settings, shared by the connections made with it.
class tls_context;
using tls_context_ptr = std::shared_ptr<tls_context>;
/// errc::bad_tls_settings where a PEM text or file cannot be used; the detail says which.
result<tls_context_ptr> make_tls_client(const tls_client_options&);
result<tls_context_ptr> make_tls_server(const tls_server_options&);

/// Handshakes within the deadline and returns the stream of plain text; takes the carrier. The host name is
/// sent as SNI and must be in the certificate, which must hold at the runtime's wall(). errc::tls_failed with
/// OpenSSL's reason and a tls_errc (tls_error.hpp) as its cause, or the carrier's own error. With TLS 1.3
/// this side is through before the server has judged its certificate: a refusal fails the first read, as
/// runtime::errc::io.
runtime::task<result<runtime::stream_ptr>> tls_connect(runtime::runtime&, tls_context_ptr,
                                                       runtime::stream_ptr carrier, std::string host,
                                                       instant deadline);
/// The server's side of the same. `begun`: what has been read from the carrier already.
runtime::task<result<runtime::stream_ptr>> tls_accept(runtime::runtime&, tls_context_ptr,
                                                      runtime::stream_ptr carrier, instant deadline,
                                                      std::string begun = {});

}  // namespace epicenter::http
