#include <epicenter/json/write.hpp>
#include <epicenter/smart/assertion.hpp>
#include <epicenter/smart/base64url.hpp>

namespace epicenter::smart {

result<secret> make_assertion(const private_key& key, const assertion_claims& claims, wall_time now) {
  if (claims.client_id.empty() || claims.audience.empty() || claims.jti.empty())
    return fail(errc::bad_claims, "client_id, audience and jti must not be empty");
  if (claims.jti.size() > max_jti_length)
    return fail(errc::bad_claims,
                "the jti has " + std::to_string(claims.jti.size()) + " characters, 151 are allowed");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  json::object header{{"alg", to_string(key.signs_with())}, {"typ", "JWT"}, {"kid", key.kid()}};
  if (!claims.jku.empty()) header.set("jku", claims.jku);
  const std::int64_t issued = seconds - 30;
  const std::int64_t expires = seconds + 240;
  const json::value payload = json::object{
      {"iss", claims.client_id}, {"sub", claims.client_id}, {"aud", claims.audience}, {"jti", claims.jti},
      {"iat", issued},           {"nbf", issued},           {"exp", expires}};
  std::string token = base64url(json::write(std::move(header))) + '.' + base64url(json::write(payload));
  auto signature = key.sign(token);
  if (!signature) return fail(std::move(signature.error()));
  token += '.' + base64url(*signature);
  return secret(std::move(token));
}

}  // namespace epicenter::smart
