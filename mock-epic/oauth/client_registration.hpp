// What a site's administrator says of a client.
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/oauth/scope.hpp"

namespace epicenter::mock::oauth {

enum class token_format { opaque, jwt };

/// One with keys (`jwks` or `jwks_url`) or with a secret is confidential; one with neither is public and must
/// use PKCE.
struct client_registration {
  std::string id;
  json::value jwks{};                        ///< static keys: {"keys":[…]}
  std::string jwks_url{};                    ///< absolute http(s) URL of them, fetched when needed
  std::string secret_hash{};                 ///< hash_secret(id, secret)
  std::vector<std::string> redirect_uris{};  ///< compared byte by byte
  std::string scopes{};         ///< what it may be granted, space-separated; empty: the profile's own
  bool background_user = true;  ///< false: unauthorized_client, as long as a customer has mapped none
  token_format format = token_format::opaque;
  std::optional<scope_spelling> spelling{};  ///< of the scopes in token replies; nothing: each as registered
  /// Whether a backend client gets what it asks for instead of all it may be granted. Nothing: as the profile
  /// does (strict: no).
  std::optional<bool> narrows{};
  std::string fhir_user{};  ///< "Practitioner/…": who logs in; empty: the patient who is chosen
};

}  // namespace epicenter::mock::oauth
