// Why a TLS handshake failed: what an operator has to repair, and whose it is to repair.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::http {

/// The cause of errc::tls_failed. Nothing of a request was sent in any of these cases, and none of them is
/// ever overcome by verifying less.
enum class tls_errc {
  certificate_expired = 1,    ///< its validity, or that of an authority in its chain, has ended
  certificate_not_yet_valid,  ///< it has not begun: look at this host's clock, too
  wrong_host,                 ///< it names other hosts than the one that was asked for
  self_signed,                ///< no authority stands behind it
  untrusted,                  ///< the authority behind it is none that is trusted here
  certificate_rejected,       ///< not acceptable for another reason: purpose, weak key, broken signature, …
  refused_by_peer,            ///< the peer ended the handshake by an alert: it may want another certificate
  old_protocol,               ///< the peer speaks nothing as new as TLS 1.2
  not_tls,                    ///< what the peer sent is not TLS
  broken,                     ///< any other failure
};
std::error_code make_error_code(tls_errc);

/// True where it is the certificate that was refused: no repetition helps.
bool is_about_certificate(const error&);

}  // namespace epicenter::http

template <>
struct std::is_error_code_enum<epicenter::http::tls_errc> : std::true_type {};
