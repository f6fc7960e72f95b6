// Reads a client assertion as a server does: from its text and the public JWK only.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>

namespace epicenter::smart {

std::string unbase64url(std::string_view text);

struct jwt_parts {
  json::value header, claims;
  std::string signed_text, signature;
};

jwt_parts take_apart(std::string_view token);

/// Whether the signature is that of the key, after OpenSSL.
bool verifies(const jwt_parts& token, const json::value& jwk);

}  // namespace epicenter::smart
