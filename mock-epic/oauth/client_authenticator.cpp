#include "mock-epic/oauth/client_authenticator.hpp"

#include <algorithm>

#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/secret_hash.hpp"

namespace epicenter::mock::oauth {
namespace {

constexpr std::string_view jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

authentication refuse_client(std::string_view rule, unsigned status = 400) {
  return {nullptr, "invalid_client", rule, status, {}};
}
authentication refuse_request(std::string_view rule) {
  return {nullptr, "invalid_request", rule, 400, {}};
}
authentication accept(const client& who) {
  return {&who, {}, {}, 200, {}};
}

std::optional<std::string> decode_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string safe(text);
  std::replace(safe.begin(), safe.end(), '+', '-');
  std::replace(safe.begin(), safe.end(), '/', '_');
  return decode_base64url(safe);
}

/// The credentials of "Authorization: Basic …"; nullopt where the header is absent or of another scheme.
std::optional<std::string_view> basic_of(const http::request& request) {
  const std::string* header = request.fields.find("Authorization");
  if (!header || header->size() < 6 ||
      !http::equal_ignoring_case(std::string_view(*header).substr(0, 6), "Basic "))
    return std::nullopt;
  return std::string_view(*header).substr(6);
}

}  // namespace

authentication client_authenticator::authenticate(const http::request& request, const http::parameters& form,
                                                  const moment& at, const keys_at_hand* at_hand) {
  const bool assertion = is_given(form, "client_assertion") || is_given(form, "client_assertion_type");
  const auto basic = basic_of(request);
  const bool secret = is_given(form, "client_secret");
  // RFC 6749, section 2.3: not more than one method in a request.
  if (assertion + basic.has_value() + secret > 1) return refuse_request("several_authentications");
  if (assertion) return by_assertion(form, at, at_hand);
  if (basic) return by_basic(*basic, form);
  if (!secret) return by_id(form);
  const std::string* id = single(form, "client_id");
  const std::string* given = single(form, "client_secret");
  if (!id || !given) return refuse_request("client_id");
  return by_secret(*id, *given, 400);
}

authentication client_authenticator::by_assertion(const http::parameters& form, const moment& at,
                                                  const keys_at_hand* at_hand) {
  const std::string* type = single(form, "client_assertion_type");
  if (!type || *type != jwt_bearer) return refuse_request("assertion_type");
  const std::string* text = single(form, "client_assertion");
  if (!text || text->empty()) return refuse_request("assertion_missing");
  if (!at_hand) ++counts_.assertions;
  const assertion_reading read = read_assertion(*text);
  if (!read.token) return refuse_client(read.refused);
  const client* who = clients_.find(read.token->client());
  if (!who) return refuse_client("client_unknown");
  if (!who->has_keys()) return refuse_client("client_without_keys");
  if (is_given(form, "client_id")) {
    const std::string* id = single(form, "client_id");
    if (!id || *id != read.token->client()) return refuse_client("client_id");
  }
  return verify(*read.token, *who, at, at_hand);
}

authentication client_authenticator::verify(const assertion& token, const client& who, const moment& at,
                                            const keys_at_hand* at_hand) {
  const std::string& url = who.registration.jwks_url;
  if (const auto refused = check_key_url(token, url); !refused.empty()) return refuse_client(refused);
  const json::value* keys = nullptr;
  if (url.empty()) {
    keys = &who.registration.jwks;
  } else if (at_hand) {
    if (at_hand->url != url) return refuse_client("jwks_url_changed");
    if (!at_hand->fetched.keys) return refuse_client(at_hand->fetched.refused);
    keys = &*at_hand->fetched.keys;
  } else {
    keys = keys_.find(url, at.now);
    if (keys && keys_.is_stale(url, at.now)) ++counts_.fetches_withheld;
  }
  const token_conditions* said = at.conditions;
  if (said && said->knows_no_key) return refuse_client("keys_not_known");
  std::set<std::string> retired = who.retired;
  if (said) retired.insert(said->retired_keys.begin(), said->retired_keys.end());
  const std::string_view refused = keys ? check_key(token, *keys, retired) : "keys_not_cached";
  if (!refused.empty()) {
    const bool fetchable = !url.empty() && !at_hand;
    const bool withheld = fetchable && keys && keys_.frozen();
    if (fetchable && !withheld) return {nullptr, {}, refused, 400, url};
    if (withheld) ++counts_.fetches_withheld;
    if (refused == "key_retired") ++counts_.retired_key_refusals;
    return refuse_client(refused);
  }
  const std::string_view claims = check_claims(token, at.wall);
  return claims.empty() ? accept(who) : refuse_client(claims);
}

std::string_view client_authenticator::check_claims(const assertion& token, wall_time now) {
  if (const auto refused = check_audience(token, rules_); !refused.empty()) return refused;
  const wall_time judged_at = now + skew_;
  if (skew_ != duration{}) ++counts_.skewed_checks;
  if (const auto refused = check_times(token, judged_at); !refused.empty()) {
    if (skew_ != duration{}) ++counts_.skewed_refusals;
    return refused;
  }
  return check_replay(token, seen_, judged_at);
}

authentication client_authenticator::by_basic(std::string_view credentials,
                                              const http::parameters& form) const {
  const auto decoded = decode_base64(credentials);
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (!decoded || colon == std::string::npos) return refuse_client("basic_malformed", 401);
  const std::string_view id = std::string_view(*decoded).substr(0, colon);
  const std::string* named = single(form, "client_id");
  if (is_given(form, "client_id") && (!named || *named != id)) return refuse_client("client_id", 401);
  return by_secret(id, std::string_view(*decoded).substr(colon + 1), 401);
}

authentication client_authenticator::by_secret(std::string_view id, std::string_view secret,
                                               unsigned status) const {
  const client* who = clients_.find(id);
  if (!who) return refuse_client("client_unknown", status);
  if (!who->has_secret()) return refuse_client("client_without_secret", status);
  if (!equal_in_constant_time(hash_secret(id, secret), who->registration.secret_hash))
    return refuse_client("secret", status);
  return accept(*who);
}

authentication client_authenticator::by_id(const http::parameters& form) const {
  const std::string* id = single(form, "client_id");
  if (!id) return refuse_request("client_id");
  const client* who = clients_.find(*id);
  if (!who) return refuse_client("client_unknown");
  if (!who->is_public()) return refuse_client("authentication_missing");
  return accept(*who);
}

const json::value* client_authenticator::known_keys(const client& who, instant now) const {
  if (!who.registration.jwks_url.empty()) return keys_.find(who.registration.jwks_url, now);
  return who.registration.jwks.is_object() ? &who.registration.jwks : nullptr;
}

}  // namespace epicenter::mock::oauth
