// The JWT by which a backend client proves who it is (RFC 7523; SMART App Launch 2.2,
// "client-confidential-asymmetric").
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/smart/key.hpp>

namespace epicenter::smart {

/// Epic takes jti of up to 151 characters, and only strings (Epic, OAuth 2.0 specification).
inline constexpr std::size_t max_jti_length = 151;

struct assertion_claims {
  std::string client_id;  ///< iss and sub
  std::string audience;   ///< the token endpoint's URL as the server knows it
  std::string jti;        ///< never used before: a resent one is a replay
  std::string jku = {};   ///< the key set's registered URL; empty: the header has none
};

/// Signs an assertion. `now` is the server's time as well as it is known: iat = nbf = now - 30 s and exp =
/// now + 240 s stay within Epic's 5 minutes and bear a clock that is 30 s off. errc::bad_claims,
/// errc::crypto_failed.
result<secret> make_assertion(const private_key&, const assertion_claims&, wall_time now);

}  // namespace epicenter::smart
