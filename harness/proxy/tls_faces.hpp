// The certificates that a proxy shows where it ends TLS: sound ones, and one for each flaw, made when a
// client first asks.
#pragma once

#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/tls.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/faults/verdict.hpp"

namespace epicenter::proxy {

struct tls_faces_options {
  /// Shown instead of one made here where nothing is to be wrong; empty: all are made here.
  http::certificate own = {};
  /// Where given, clients must show a certificate of these authorities (PEM).
  std::string client_ca_pem = {};
  /// Names that every certificate made here has besides the one asked for.
  std::vector<std::string> also_named = {"localhost", "127.0.0.1", "::1"};
  std::size_t most_kept = 256;  ///< contexts; beyond it the one unused for longest is made anew when needed
};

/// Those of one route, for all loops: thread-safe. Routes share the authority, so that clients trust one.
class tls_faces {
 public:
  /// http::errc::bad_tls_settings where the own certificate, its key or the clients' authority cannot be
  /// used.
  static result<std::unique_ptr<tls_faces>> make(std::shared_ptr<const http::private_ca>, tls_faces_options,
                                                 wall_time now);
  ~tls_faces();

  /// What serves this host name or address with that flaw. Something that is no host name, or empty: only
  /// also_named. A certificate is renewed in the middle of its life.
  result<http::tls_context_ptr> face(std::string_view host, http::certificate_flaw, wall_time now);
  /// What clients are to trust: the authority of the certificates made here. Only they see an expired or
  /// misnamed certificate as such.
  const std::string& ca_pem() const;
  /// Contexts kept now.
  std::size_t kept() const;

 private:
  struct impl;
  explicit tls_faces(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

/// What is wrong with the certificate of such a handshake; nullopt: it does not come to a certificate.
std::optional<http::certificate_flaw> certificate_flaw_of(faults::tls_flaw);

}  // namespace epicenter::proxy
