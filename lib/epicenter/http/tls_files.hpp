// TLS settings as deployments have them: in files.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/http/tls.hpp>
#include <string>

namespace epicenter::http {

struct tls_client_files {
  std::string authorities;  ///< a PEM bundle or a folder of them (tls_client_options); empty: the system's
  std::string certificate;  ///< of this client, PEM, leaf first, with its chain; empty: none is shown
  std::string private_key;  ///< of the certificate, PEM; empty: in the certificate's file
  secret passphrase;        ///< of an encrypted private key
};

/// Reads the files once, now: a certificate that was replaced on disk needs a new context. Blocks.
/// errc::bad_tls_settings, naming the file.
result<tls_context_ptr> load_tls_client(const tls_client_files&);

/// The text of a PEM file of at most 16 MiB, which may hold a private key. errc::bad_tls_settings, naming it.
result<secret> read_pem_file(const std::string& path);

}  // namespace epicenter::http
