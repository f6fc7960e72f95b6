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
  bad_setting,        ///< a setting is absent or wrong; the detail names it, the cause and the cure
  no_file,            ///< a file that is needed is not there
  unreadable,         ///< a file cannot be read, or is not what it should be
  unwritable,         ///< a file cannot be written
  untrusted_url,      ///< neither https nor loopback
  no_endpoint,        ///< discovery found no token endpoint
  endpoint_moved,     ///< discovery names another token endpoint than the one in use
  bad_key_set,        ///< a key set with two keys of one kid and type, or none
  bad_scope,          ///< not a scope in any of the three spellings
  bad_state,          ///< the stored state of a rotation cannot be read
  rotation_running,   ///< a rotation is on its way, or the key before the last is still published
  rotation_failed,    ///< the new key did not prove itself; the last good one signs on
};
std::error_code make_error_code(errc);

}  // namespace epicenter::smart

template <>
struct std::is_error_code_enum<epicenter::smart::errc> : std::true_type {};
