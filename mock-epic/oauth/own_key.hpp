// The key that the mock itself signs with: access tokens in JWT form, id_tokens.
#pragma once

#include <epicenter/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

/// A fixed key, in the source for all to see: runs are reproducible, and nobody may mistake it for a secret.
std::string_view public_test_key_pem();

class own_key {
 public:
  own_key();

  /// A compact JWS, RS384, with `kid`.
  std::string sign(const json::object& claims) const;
  /// True where the text is one that this key signed.
  bool verifies(std::string_view jwt) const;
  /// {"keys":[…]} with the public half.
  const json::object& jwks() const { return jwks_; }

 private:
  std::shared_ptr<void> key_;  // EVP_PKEY
  json::object jwks_;
};

}  // namespace epicenter::mock::oauth
