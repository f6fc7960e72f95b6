#include "mock-epic/oauth/token_services.hpp"

#include <epicenter/json/write.hpp>

#include "mock-epic/oauth/bearer.hpp"

namespace epicenter::mock::oauth {
namespace {

std::int64_t seconds_of(wall_time at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

}  // namespace

outcome token_services::introspect(const http::request& request, const std::string& origin, const moment& at,
                                   const keys_at_hand* keys) {
  const posted_form posted = read_posted_form(request);
  if (!posted.refused.empty()) return {refuse("invalid_request", posted.refused), {}};
  const std::string* text = single(posted.parameters, "token");
  if (!text || text->empty()) return {refuse("invalid_request", "token"), {}};
  const authentication checked = clients_.authenticate(request, posted.parameters, at, keys);
  if (!checked.who) return outcome_of(checked);
  if (checked.who->is_public()) return {refuse("invalid_client", "public_client"), {}};
  const token_store::standing token = tokens_.look_up(*text, at.now);
  json::object body;
  body.set("active", token.valid);
  if (token.valid && token.what->scopes) {
    const access& what = *token.what;
    body.set("scope", what.scopes->text);
    body.set("client_id", what.client);
    body.set("token_type", "Bearer");
    body.set("exp", seconds_of(at.wall + (token.expires_at - at.now)));
    body.set("iat", seconds_of(what.issued_at));
    body.set("sub", what.subject);
    body.set("aud", issuer_.fhir_base(origin));
    body.set("iss", issuer_.issuer(origin));
    if (!what.patient.empty()) body.set("patient", what.patient);
    if (!what.fhir_user.empty()) body.set("fhirUser", issuer_.fhir_base(origin) + "/" + what.fhir_user);
  }
  token_answer made = answer_json(200, json::write(body), token.valid ? "token_active" : "token_inactive");
  made.token = token.number;
  return {std::move(made), {}};
}

outcome token_services::revoke(const http::request& request, const moment& at, const keys_at_hand* keys) {
  const posted_form posted = read_posted_form(request);
  if (!posted.refused.empty()) return {refuse("invalid_request", posted.refused), {}};
  const std::string* text = single(posted.parameters, "token");
  if (!text || text->empty()) return {refuse("invalid_request", "token"), {}};
  const authentication checked = clients_.authenticate(request, posted.parameters, at, keys);
  if (!checked.who) return outcome_of(checked);
  const std::string& id = checked.who->registration.id;
  token_answer made = answer_json(200, {}, "token_revoked");
  made.response.fields.erase("Content-Type");
  if (const token_store::standing token = tokens_.look_up(*text, at.now); token.number != 0) {
    if (token.what->client != id) return {refuse("invalid_grant", "token_of_other"), {}};
    tokens_.revoke(token.number, at.now, "token_revoked");
    made.token = token.number;
  } else if (const auto* refresh = issuer_.refresh_tokens().find(*text)) {
    if (refresh->value.client != id) return {refuse("invalid_grant", "token_of_other"), {}};
    issuer_.revoke_family(refresh->value.family, at, "token_revoked");
  } else {
    made.rule = "token_unknown";
  }
  return {std::move(made), {}};
}

token_answer token_services::userinfo(const http::request& request, const std::string& origin,
                                      const moment& at) {
  if (request.method != "GET" && request.method != "POST") {
    token_answer refused = answer_json(405, {}, "method");
    refused.response.fields.set("Allow", "GET, POST");
    return refused;
  }
  const auto presented = bearer_of(request);
  if (!presented) return refuse_without_token();
  const token_store::standing token = tokens_.look_up(*presented, at.now);
  if (!token.valid) return refuse_token(token);
  if (!token.what->scopes || !token.what->scopes->in_force.has("openid")) return refuse_scope(token.number);
  json::object body;
  body.set("sub", token.what->subject);
  if (!token.what->fhir_user.empty())
    body.set("fhirUser", issuer_.fhir_base(origin) + "/" + token.what->fhir_user);
  token_answer made = answer_json(200, json::write(body), "userinfo");
  made.token = token.number;
  return made;
}

}  // namespace epicenter::mock::oauth
