// An authorization server with a few clients, asked without a network.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>

#include "mock-epic/mock.hpp"
#include "mock-epic/oauth/authority.hpp"
#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/secret_hash.hpp"
#include "mock-epic/tests/jwt_maker.hpp"

namespace epicenter::mock::test {

inline constexpr std::string_view test_origin = "http://ehr.example:8080";
inline constexpr std::string_view test_redirect = "https://app.example/cb?x=1";
inline constexpr std::string_view verifier =
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636, appendix B
inline constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";  // of the same

inline const signing_key& shared_rsa() {
  static const signing_key made = signing_key::rsa("rsa");
  return made;
}
inline const signing_key& shared_p384() {
  static const signing_key made = signing_key::ec("p384", "P-384");
  return made;
}

class authority_fixture : public testing::Test {
 protected:
  explicit authority_fixture(bool orders = false) { start(orders); }

  void start(bool orders) {
    oauth::authority_options o;
    o.orders = orders;
    o.oauth_path = oauth_path;
    o.fhir_path = fhir_path;
    o.patients.first = [] { return std::string("pat-1"); };
    o.patients.is_patient = [](std::string_view id) { return id == "pat-1" || id == "pat-2"; };
    server = std::make_unique<oauth::authority>(std::move(o));
    oauth::client_registration backend{"backend"};
    backend.jwks = key_set({shared_p384().jwk(), shared_rsa().jwk()});
    server->register_client(backend);
    oauth::client_registration app{"app"};
    app.redirect_uris = {std::string(test_redirect)};
    app.fhir_user = "Practitioner/dr-1";
    server->register_client(app);
    oauth::client_registration web{"web"};
    web.secret_hash = oauth::hash_secret("web", "s3:cret+/%");
    web.redirect_uris = {std::string(test_redirect), "http://127.0.0.1/cb"};
    server->register_client(web);
  }

  json::object claims_for(std::string_view client) {
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(at.wall.time_since_epoch()).count();
    json::object claims;
    claims.set("iss", client);
    claims.set("sub", client);
    claims.set("aud", std::string(test_origin) + std::string(token_path));
    claims.set("jti", "jti-" + std::to_string(++assertions));
    claims.set("exp", seconds + 240);
    claims.set("iat", seconds);
    return claims;
  }
  std::string assertion_of(std::string_view client, const signing_key& key, std::string alg) {
    return make_jwt(key, {std::move(alg), {}, claims_for(client)});
  }
  static http::request post(std::string_view endpoint, const http::parameters& form) {
    http::request made;
    made.method = "POST";
    made.target = std::string(oauth_path) + std::string(endpoint);
    made.fields.add("Content-Type", "application/x-www-form-urlencoded");
    made.body = http::encode_form(form);
    return made;
  }
  static http::request get(std::string_view endpoint, const http::parameters& query = {}) {
    http::request made;
    made.target = std::string(oauth_path) + std::string(endpoint);
    if (!query.empty()) made.target += "?" + http::encode_form(query);
    return made;
  }
  static http::parameters with_assertion(http::parameters form, std::string assertion) {
    form.emplace_back("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form.emplace_back("client_assertion", std::move(assertion));
    return form;
  }
  static std::string base64(std::string_view text) {
    std::string made(4 * ((text.size() + 2) / 3) + 1, '\0');
    const auto* in = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
    auto* out = static_cast<unsigned char*>(static_cast<void*>(made.data()));
    made.resize(static_cast<std::size_t>(EVP_EncodeBlock(out, in, static_cast<int>(text.size()))));
    return made;
  }
  static http::request with_basic(http::request request, std::string_view id, std::string_view secret) {
    request.fields.add("Authorization", "Basic " + base64(std::string(id) + ":" + std::string(secret)));
    return request;
  }

  oauth::token_answer ask(const http::request& request) {
    oauth::step made = server->begin(request, std::string(test_origin), at);
    auto* answered = std::get_if<oauth::token_answer>(&made);
    EXPECT_NE(answered, nullptr) << "keys were asked for";
    return answered ? std::move(*answered) : oauth::token_answer{};
  }
  oauth::token_answer backend_token(std::string scope = {}) {
    http::parameters form{{"grant_type", "client_credentials"}};
    if (!scope.empty()) form.emplace_back("scope", std::move(scope));
    return ask(
        post("/token", with_assertion(std::move(form), assertion_of("backend", shared_p384(), "ES384"))));
  }
  static http::parameters authorize_form(std::string_view client, std::string_view scope) {
    return {{"response_type", "code"},
            {"client_id", std::string(client)},
            {"redirect_uri", std::string(test_redirect)},
            {"scope", std::string(scope)},
            {"state", "st&te"},
            {"aud", std::string(test_origin) + std::string(fhir_path)},
            {"code_challenge", std::string(challenge)},
            {"code_challenge_method", "S256"}};
  }
  /// The parameters that the redirect carries to the client.
  static http::parameters redirected(const oauth::token_answer& answer) {
    const std::string_view location = answer.response.fields.get("Location");
    EXPECT_EQ(answer.response.status, 302U) << answer.rule;
    EXPECT_TRUE(location.starts_with(std::string(test_redirect) + "&")) << location;
    if (!location.starts_with(test_redirect)) return {};
    return http::decode_form(location.substr(test_redirect.size() + 1)).value_or(http::parameters{});
  }
  static std::string value_of(const http::parameters& form, std::string_view name) {
    const std::string* found = oauth::single(form, name);
    return found ? *found : std::string();
  }
  std::string code_for(std::string_view client, std::string_view scope, http::parameters more = {}) {
    http::parameters form = authorize_form(client, scope);
    form.insert(form.end(), more.begin(), more.end());
    return value_of(redirected(ask(get("/authorize", form))), "code");
  }
  static http::parameters exchange_form(const std::string& code) {
    return {{"grant_type", "authorization_code"},
            {"code", code},
            {"redirect_uri", std::string(test_redirect)},
            {"client_id", "app"},
            {"code_verifier", std::string(verifier)}};
  }
  oauth::token_answer log_in(std::string_view scope, http::parameters more = {}) {
    return ask(post("/token", exchange_form(code_for("app", scope, std::move(more)))));
  }

  static json::value body_of(const oauth::token_answer& answer) {
    auto parsed = json::parse(answer.response.body);
    EXPECT_TRUE(parsed.has_value()) << answer.response.body;
    return parsed ? std::move(*parsed) : json::value();
  }
  static std::string text_at(const oauth::token_answer& answer, std::string_view path) {
    return std::string(body_of(answer).string_at(path));
  }
  static void expect_refused(const oauth::token_answer& got, std::string_view error, std::string_view rule,
                             unsigned status = 400) {
    EXPECT_EQ(got.response.status, status) << rule;
    EXPECT_EQ(got.response.body, R"({"error":")" + std::string(error) + R"(","error_description":null})")
        << rule;
    EXPECT_EQ(got.response.fields.get("Cache-Control"), "no-store");
    EXPECT_EQ(got.response.fields.get("Pragma"), "no-cache");
    EXPECT_EQ(got.rule, rule);
    EXPECT_EQ(got.token, 0U);
  }

  std::unique_ptr<oauth::authority> server;
  oauth::moment at{instant{} + 1h, wall_time(std::chrono::seconds(1'767'571'200))};  // 2026-01-05
  int assertions = 0;
};

}  // namespace epicenter::mock::test
