// Signatures of JSON Web Tokens, verified by OpenSSL 3 with a key from a JWK Set (RFC 7515, 7517, 7518).
#pragma once

#include <epicenter/json/value.hpp>
#include <string_view>

namespace epicenter::mock::oauth {

/// The algorithms that Epic takes: RS256, RS384, RS512, ES256, ES384.
bool is_allowed_algorithm(std::string_view alg);
/// "RSA" or "EC" for an allowed algorithm.
std::string_view key_type_of(std::string_view alg);

enum class verdict {
  good,
  bad_key,  ///< the JWK is not a usable key for the algorithm: parts missing, wrong curve, RSA under 2048
            ///< bits
  bad_signature,  ///< of another length or key, or the text was changed
};
/// `signature` as it stands in the token, decoded: for ES* r and s, one after the other.
verdict verify_signature(std::string_view alg, const json::value& jwk, std::string_view signed_text,
                         std::string_view signature);

}  // namespace epicenter::mock::oauth
