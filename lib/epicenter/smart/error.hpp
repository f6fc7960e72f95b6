// What can go wrong on the way to an access token.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::smart {

enum class errc {
  bad_key = 1,     ///< not a PEM private key, encrypted, or too weak
  wrong_key_type,  ///< the key does not fit the algorithm (RSA for RSxxx, P-256 for ES256, P-384 for ES384)
  unknown_algorithm,  ///< not one of RS256, RS384, RS512, ES256, ES384
  crypto_failed,      ///< OpenSSL could not sign or generate
  bad_claims,         ///< an assertion's client_id, audience or jti is empty, or the jti too long
  refused,            ///< the token endpoint refused the client; the detail has status and OAuth error code
  unavailable,        ///< the token endpoint answered 408, 429 or 5xx, or so late that the token had expired
  malformed,          ///< the token endpoint's answer is not a token response
  timed_out,          ///< no token by the caller's deadline
  cancelled,          ///< the caller took the question back
  backing_off,        ///< the last refresh failed a moment ago; the cause is its error
  stopped,            ///< the token manager has been stopped
};
std::error_code make_error_code(errc);

}  // namespace epicenter::smart

template <>
struct std::is_error_code_enum<epicenter::smart::errc> : std::true_type {};
