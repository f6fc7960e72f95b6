#include "mock-epic/oauth/discovery.hpp"

#include <initializer_list>
#include <string_view>

namespace epicenter::mock::oauth {
namespace {

json::array strings(std::initializer_list<std::string_view> texts) {
  json::array list;
  for (const std::string_view text : texts) list.emplace_back(text);
  return list;
}

void add_common(json::object& made, const discovery& of) {
  made.set("issuer", of.issuer);
  made.set("jwks_uri", of.issuer + "/jwks");
  made.set("authorization_endpoint", of.issuer + "/authorize");
  made.set("token_endpoint", of.issuer + "/token");
  made.set("token_endpoint_auth_methods_supported",
           strings({"client_secret_basic", "client_secret_post", "private_key_jwt"}));
  made.set("token_endpoint_auth_signing_alg_values_supported",
           strings({"RS256", "RS384", "RS512", "ES256", "ES384"}));
  made.set("grant_types_supported", strings({"authorization_code", "client_credentials", "refresh_token"}));
  made.set("response_types_supported", strings({"code"}));
  json::array scopes = strings(
      {"openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access", "online_access"});
  if (of.orders)
    for (const std::string_view one : {"patient/*.cruds", "user/*.cruds", "system/*.cruds"})
      scopes.emplace_back(one);
  made.set("scopes_supported", std::move(scopes));
  made.set("code_challenge_methods_supported", strings({"S256"}));
  made.set("introspection_endpoint", of.issuer + "/introspect");
  made.set("revocation_endpoint", of.issuer + "/revoke");
}

}  // namespace

json::object smart_configuration(const discovery& of) {
  json::object made;
  add_common(made, of);
  made.set("capabilities",
           strings({"authorize-post", "client-confidential-asymmetric", "client-confidential-symmetric",
                    "client-public", "context-ehr-patient", "context-standalone-patient", "launch-ehr",
                    "launch-standalone", "permission-offline", "permission-online", "permission-patient",
                    "permission-user", "permission-v1", "permission-v2", "sso-openid-connect"}));
  return made;
}

json::object openid_configuration(const discovery& of) {
  json::object made;
  add_common(made, of);
  made.set("userinfo_endpoint", of.issuer + "/userinfo");
  made.set("subject_types_supported", strings({"public"}));
  made.set("id_token_signing_alg_values_supported", strings({"RS384"}));
  made.set("claims_supported", strings({"iss", "sub", "aud", "iat", "exp", "nonce", "fhirUser"}));
  return made;
}

}  // namespace epicenter::mock::oauth
