#include "mock-epic/oauth/token_issuer.hpp"

#include <epicenter/json/write.hpp>

#include "mock-epic/oauth/scope_grant.hpp"

namespace epicenter::mock::oauth {
namespace {

runtime::random_stream stream(std::uint64_t seed, std::string_view name) {
  return runtime::random_stream(runtime::derive_seed(seed, name));
}

std::int64_t seconds_of(wall_time at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

std::int64_t seconds_of(duration d) {
  return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}

}  // namespace

token_issuer::token_issuer(places where, std::uint64_t seed, token_store& tokens, counts& c)
    : where_(std::move(where)),
      tokens_(tokens),
      counts_(c),
      ids_(stream(seed, "mock.token_ids")),
      refresh_(stream(seed, "mock.refresh_tokens"), 86, 20'000) {}

token_answer token_issuer::answer_backend(const client& who, const grant& what, const std::string& origin,
                                          const moment& at) {
  const scope_list left = without(what.scopes, scopes_.lost());
  const auto spelling = who.registration.spelling;
  std::string text = spelling ? write_scopes(left, *spelling) : write_scopes(left);
  std::uint64_t number = 0;
  const json::object body = issue(who, what, left, std::move(text), "bearer", origin, at, number);
  token_answer made = answer_json(200, json::write(body), "token_issued");
  made.token = number;
  return made;
}

token_answer token_issuer::answer_user(const client& who, const grant& what, const std::string& origin,
                                       const moment& at) {
  const scope_list left = without(what.scopes, scopes_.lost());
  std::uint64_t number = 0;
  json::object body = issue(who, what, left, write_scopes(left), "Bearer", origin, at, number);
  if (!what.patient.empty()) body.set("patient", what.patient);
  if (what.scopes.asks_for("openid")) body.set("id_token", write_id_token(what, origin, at));
  if (what.scopes.asks_for("offline_access") || what.scopes.asks_for("online_access"))
    add_refresh_token(body, what, at);
  token_answer made = answer_json(200, json::write(body), "token_issued");
  made.token = number;
  return made;
}

token_answer token_issuer::answer_refresh(const client& who, const grant& what, const scope_list& narrowed,
                                          const std::string& origin, const moment& at) {
  const scope_list left = without(narrowed, scopes_.lost());
  std::uint64_t number = 0;
  json::object body = issue(who, what, left, write_scopes(left), "Bearer", origin, at, number);
  if (!what.patient.empty()) body.set("patient", what.patient);
  add_refresh_token(body, what, at);
  token_answer made = answer_json(200, json::write(body), "token_refreshed");
  made.token = number;
  return made;
}

void token_issuer::revoke_family(std::uint64_t family, const moment& at, const std::string& why) {
  tokens_.revoke_family(family, at.now, why);
  refresh_.spend_if([family](const grant& one) { return one.family == family; });
}

json::object token_issuer::issue(const client& who, const grant& what, const scope_list& scopes,
                                 std::string text, std::string_view type, const std::string& origin,
                                 const moment& at, std::uint64_t& number) {
  access made;
  made.client = what.client;
  made.scopes = scopes_.intern(scopes, std::move(text));
  made.patient = what.patient;
  made.fhir_user = what.fhir_user;
  made.subject = what.subject;
  made.family = what.family;
  made.issued_at = at.wall;
  const granted_scopes_ptr told = made.scopes;
  std::string jwt;
  if (who.registration.format == token_format::jwt) jwt = write_jwt(made, origin, at);
  token_store::issued issued = tokens_.issue(at.now, std::move(made), std::move(jwt));
  number = issued.number;
  ++counts_.tokens_issued;
  json::object body;
  body.set("access_token", std::move(issued.token));
  body.set("token_type", type);
  body.set("expires_in", seconds_of(tokens_.lifetime()));
  body.set("scope", told->text);
  return body;
}

std::string token_issuer::write_jwt(const access& what, const std::string& origin, const moment& at) {
  json::object claims;
  claims.set("iss", issuer(origin));
  claims.set("sub", what.subject);
  claims.set("client_id", what.client);
  claims.set("aud", fhir_base(origin));
  claims.set("iat", seconds_of(at.wall));
  claims.set("exp", seconds_of(at.wall) + seconds_of(tokens_.lifetime()));
  claims.set("jti", data::make_uuid(ids_));
  if (what.scopes->text.size() <= max_scope_claim_bytes) claims.set("scope", what.scopes->text);
  if (!what.patient.empty()) claims.set("patient", what.patient);
  if (!what.fhir_user.empty()) claims.set("fhirUser", fhir_base(origin) + "/" + what.fhir_user);
  return key_.sign(claims);
}

std::string token_issuer::write_id_token(const grant& what, const std::string& origin,
                                         const moment& at) const {
  json::object claims;
  claims.set("iss", issuer(origin));
  claims.set("sub", what.subject);
  claims.set("aud", what.client);
  claims.set("iat", seconds_of(at.wall));
  claims.set("exp", seconds_of(at.wall + id_token_lifetime));
  if (!what.nonce.empty()) claims.set("nonce", what.nonce);
  if (!what.fhir_user.empty()) claims.set("fhirUser", fhir_base(origin) + "/" + what.fhir_user);
  return key_.sign(claims);
}

void token_issuer::add_refresh_token(json::object& body, const grant& what, const moment& at) {
  body.set("refresh_token", refresh_.put(what, at.now + refresh_lifetime));
}

}  // namespace epicenter::mock::oauth
