#include "mock-epic/oauth/assertion.hpp"

#include <algorithm>
#include <cmath>
#include <epicenter/json/parse.hpp>
#include <optional>

#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/client_registry.hpp"
#include "mock-epic/oauth/signature.hpp"

namespace epicenter::mock::oauth {
namespace {

std::optional<json::value> read_part(std::string_view text) {
  const auto bytes = decode_base64url(text);
  if (!bytes) return std::nullopt;
  json::parse_limits limits;
  limits.max_bytes = max_assertion_bytes;
  limits.max_depth = 8;
  auto parsed = json::parse(*bytes, limits);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return std::move(*parsed);
}

std::optional<assertion> read_jwt(std::string_view text) {
  if (text.size() > max_assertion_bytes) return std::nullopt;
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  auto header = read_part(text.substr(0, first));
  auto claims = read_part(text.substr(first + 1, last - first - 1));
  auto signature = decode_base64url(text.substr(last + 1));
  if (!header || !claims || !signature) return std::nullopt;
  return assertion{std::move(*header), std::move(*claims), text.substr(0, last), std::move(*signature)};
}

std::string_view check_header(const json::value& header) {
  if (!is_allowed_algorithm(header.string_at("alg"))) return "alg";
  if (header.find("typ") && header.string_at("typ") != "JWT") return "typ";
  if (header.find("crit")) return "crit";
  if (header.string_at("kid").empty()) return "kid_missing";
  return {};
}

/// The one key of that kid and type; nullptr where there is none, or more than one.
const json::value* find_key(const json::value& jwks, std::string_view kid, std::string_view kty) {
  const json::value* keys = jwks.find("keys");
  const json::array* list = keys ? keys->if_array() : nullptr;
  if (!list) return nullptr;
  const json::value* found = nullptr;
  for (const json::value& one : *list) {
    if (one.string_at("kid") != kid || one.string_at("kty") != kty) continue;
    if (found) return nullptr;
    found = &one;
  }
  return found;
}

bool is_audience(std::string_view url, const assertion_rules& rules) {
  if (!rules.audiences.empty())
    return std::find(rules.audiences.begin(), rules.audiences.end(), url) != rules.audiences.end();
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return false;
  }
  const std::size_t path = url.find('/');
  return path != std::string_view::npos && path > 0 && url.substr(path) == rules.token_path;
}

/// Seconds of Unix time, fractions allowed (RFC 7519, NumericDate). Nothing where it is no number of this
/// millennium.
std::optional<wall_time> read_date(const json::value* claim) {
  if (!claim || !claim->is_number()) return std::nullopt;
  const auto seconds = claim->to_double();
  if (!seconds || !(*seconds >= 0) || *seconds > 9e9) return std::nullopt;
  const double whole = std::floor(*seconds);
  const auto nanoseconds = static_cast<std::int64_t>((*seconds - whole) * 1e9);
  return wall_time(std::chrono::seconds(static_cast<std::int64_t>(whole)) + duration(nanoseconds));
}

}  // namespace

assertion_reading read_assertion(std::string_view text) {
  auto token = read_jwt(text);
  if (!token) return {"assertion_malformed", std::nullopt};
  if (const auto refused = check_header(token->header); !refused.empty()) return {refused, std::nullopt};
  if (token->client().empty() || token->claims.string_at("sub") != token->client())
    return {"iss_sub", std::nullopt};
  return {{}, std::move(token)};
}

std::string_view check_key_url(const assertion& token, std::string_view registered) {
  const json::value* jku = token.header.find("jku");
  if (!jku) return {};
  const auto url = jku->if_string();
  return url && !registered.empty() && *url == registered ? "" : "jku";
}

std::string_view check_key(const assertion& token, const json::value& jwks,
                           const std::set<std::string>& retired) {
  const std::string_view alg = token.header.string_at("alg");
  const json::value* key = find_key(jwks, token.header.string_at("kid"), key_type_of(alg));
  if (!key) return "kid_unknown";
  if (!retired.empty() && retired.contains(identity_of(*key))) return "key_retired";
  if (key->find("alg") && key->string_at("alg") != alg) return "key_of_other_alg";
  if (key->find("use") && key->string_at("use") != "sig") return "key_of_other_use";
  switch (verify_signature(alg, *key, token.signed_text, token.signature)) {
    case verdict::good:
      return {};
    case verdict::bad_key:
      return "key_unusable";
    case verdict::bad_signature:
      break;
  }
  return "signature";
}

std::string_view check_audience(const assertion& token, const assertion_rules& rules) {
  const json::value* aud = token.claims.find("aud");
  if (!aud) return "aud";
  if (const auto url = aud->if_string()) return is_audience(*url, rules) ? "" : "aud";
  const json::array* several = aud->if_array();
  const bool found = several && std::any_of(several->begin(), several->end(), [&](const json::value& one) {
                       const auto url = one.if_string();
                       return url && is_audience(*url, rules);
                     });
  return found ? "" : "aud";
}

std::string_view check_times(const assertion& token, wall_time now) {
  const json::value& claims = token.claims;
  const auto exp = read_date(claims.find("exp"));
  if (!exp) return "exp_missing";
  if (*exp <= now) return "expired";
  if (*exp > now + max_assertion_lifetime) return "exp_too_far";
  if (const json::value* claim = claims.find("nbf")) {
    const auto nbf = read_date(claim);
    if (!nbf || *nbf > now) return "nbf";
    if (*exp - *nbf > max_assertion_lifetime) return "nbf_too_long_before_exp";
  }
  if (const json::value* claim = claims.find("iat")) {
    const auto iat = read_date(claim);
    if (!iat || *iat > now) return "iat";
    if (*exp - *iat > max_assertion_lifetime) return "iat_too_long_before_exp";
  }
  return {};
}

std::string_view check_replay(const assertion& token, replay_store& seen, wall_time now) {
  const json::value& claims = token.claims;
  const json::value* claim = claims.find("jti");
  const auto jti = claim ? claim->if_string() : nullptr;
  if (!jti || jti->empty()) return "jti_missing";
  if (jti->size() > max_jti_bytes) return "jti_too_long";
  switch (seen.take(claims.string_at("iss"), *jti, *read_date(claims.find("exp")), now)) {
    case replay_store::outcome::taken:
      return {};
    case replay_store::outcome::replayed:
      return "jti_replayed";
    case replay_store::outcome::full:
      break;
  }
  return "jti_store_full";
}

}  // namespace epicenter::mock::oauth
