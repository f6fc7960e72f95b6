#include "mock-epic/oauth/token_endpoint.hpp"

#include <algorithm>

#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/scope_grant.hpp"
#include "mock-epic/oauth/secret_hash.hpp"

namespace epicenter::mock::oauth {
namespace {

outcome refused(std::string_view code, std::string_view rule) {
  return {refuse(code, rule), {}};
}

/// RFC 7636, section 4.1.
bool is_verifier(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.' || c == '_' || c == '~';
         });
}

/// The check of an exchange that fails, or nothing.
std::string_view check_exchange(const authorization& code, const http::parameters& form) {
  const std::string* redirect = single(form, "redirect_uri");
  if (redirect ? *redirect != code.redirect_uri : code.redirect_was_given) return "redirect_uri";
  const std::string* verifier = single(form, "code_verifier");
  if (code.challenge.empty()) return is_given(form, "code_verifier") ? "code_verifier_unasked" : "";
  if (!verifier || !is_verifier(*verifier)) return "code_verifier";
  return equal_in_constant_time(encode_base64url(sha256(*verifier)), code.challenge) ? "" : "code_verifier";
}

}  // namespace

outcome outcome_of(const authentication& who) {
  if (who.open()) return {{}, who.keys_url};
  return {refuse(who.error, who.rule, who.status), {}};
}

struct token_endpoint::call {
  const http::request& request;
  const http::parameters& form;
  const std::string& origin;
  const moment& at;
  const keys_at_hand* keys;
};

outcome token_endpoint::handle(const http::request& request, const std::string& origin, const moment& at,
                               const keys_at_hand* keys) {
  const posted_form posted = read_posted_form(request);
  if (!posted.refused.empty()) return refused("invalid_request", posted.refused);
  const std::string* type = single(posted.parameters, "grant_type");
  if (!type) return refused("invalid_request", "grant_type");
  const call one{request, posted.parameters, origin, at, keys};
  if (*type == "client_credentials") return by_credentials(one);
  if (*type == "authorization_code") return by_code(one);
  if (*type == "refresh_token") return by_refresh_token(one);
  return refused("invalid_request", "grant_type");
}

outcome token_endpoint::by_credentials(const call& one) {
  const bool assertion =
      is_given(one.form, "client_assertion") || is_given(one.form, "client_assertion_type");
  const bool secret = is_given(one.form, "client_secret") || one.request.fields.contains("Authorization");
  // Epic's backend services sign; a secret serves where the profile is no copy of Epic.
  if (!assertion && !(secret && settings_.orders)) return refused("invalid_request", "assertion_type");
  const authentication checked = clients_.authenticate(one.request, one.form, one.at, one.keys);
  if (!checked.who) return outcome_of(checked);
  const client& who = *checked.who;
  if (who.is_public()) return refused("unauthorized_client", "public_client");
  if (!who.registration.background_user) return refused("unauthorized_client", "no_background_user");
  const scope_list& known = settings_.orders ? all_backend_scopes() : epic_backend_scopes();
  scope_list granted = only(who.registration.scopes.empty() ? known : who.allowed, {scope_context::system});
  granted.launch.clear();
  if (granted.empty()) return refused("unauthorized_client", "no_system_scopes");
  if (is_given(one.form, "scope") && who.registration.narrows.value_or(settings_.orders)) {
    const std::string* asked = single(one.form, "scope");
    if (!asked) return refused("invalid_request", "scope");
    granted = intersect(parse_scopes(*asked), granted);
    if (granted.empty()) return refused("invalid_scope", "scope_empty");
  }
  grant what;
  what.client = who.registration.id;
  what.subject = who.registration.id;
  what.scopes = std::move(granted);
  return {issuer_.answer_backend(who, what, one.origin, one.at), {}};
}

outcome token_endpoint::by_code(const call& one) {
  const std::string* text = single(one.form, "code");
  if (!text) return refused("invalid_request", "code");
  const authentication checked = clients_.authenticate(one.request, one.form, one.at, one.keys);
  if (!checked.who) return outcome_of(checked);
  code_box::ticket* code = codes_.find(*text);
  if (!code) return refused("invalid_grant", "code_unknown");
  if (code->value.what.client != checked.who->registration.id)
    return refused("invalid_grant", "code_of_other");
  if (code->spent) {
    // Someone has it who should not (RFC 6749, section 4.1.2).
    issuer_.revoke_family(code->value.what.family, one.at, "code_reused");
    return refused("invalid_grant", "code_reused");
  }
  if (code->expires_at <= one.at.now) return refused("invalid_grant", "code_expired");
  code->spent = true;
  if (const auto rule = check_exchange(code->value, one.form); !rule.empty())
    return refused("invalid_grant", rule);
  return {issuer_.answer_user(*checked.who, code->value.what, one.origin, one.at), {}};
}

outcome token_endpoint::by_refresh_token(const call& one) {
  const std::string* text = single(one.form, "refresh_token");
  if (!text) return refused("invalid_request", "refresh_token");
  const authentication checked = clients_.authenticate(one.request, one.form, one.at, one.keys);
  if (!checked.who) return outcome_of(checked);
  token_issuer::refresh_box::ticket* known = issuer_.refresh_tokens().find(*text);
  if (!known) return refused("invalid_grant", "refresh_token_unknown");
  if (known->value.client != checked.who->registration.id)
    return refused("invalid_grant", "refresh_token_of_other");
  if (known->spent) {
    // One of two holders is a thief (OAuth 2.0 Security, RFC 9700, section 4.14.2).
    issuer_.revoke_family(known->value.family, one.at, "refresh_token_reused");
    return refused("invalid_grant", "refresh_token_reused");
  }
  if (known->expires_at <= one.at.now) return refused("invalid_grant", "refresh_token_expired");
  const grant what = known->value;
  scope_list narrowed = what.scopes;
  if (is_given(one.form, "scope")) {
    const std::string* asked = single(one.form, "scope");
    if (!asked) return refused("invalid_request", "scope");
    narrowed = intersect(parse_scopes(*asked), what.scopes);
    if (narrowed.empty()) return refused("invalid_scope", "scope_empty");
  }
  known->spent = true;
  return {issuer_.answer_refresh(*checked.who, what, narrowed, one.origin, one.at), {}};
}

}  // namespace epicenter::mock::oauth
