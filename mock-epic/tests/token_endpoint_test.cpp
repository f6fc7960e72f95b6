#include "mock-epic/oauth/authority.hpp"

#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>

#include <functional>

#include "mock-epic/mock.hpp"
#include "mock-epic/tests/jwt_maker.hpp"

namespace epicenter::mock::oauth {
namespace {

using test::assertion;
using test::signing_key;

constexpr std::int64_t now_seconds = 1'767'571'200;  // 2026-01-05
const wall_time now_wall{std::chrono::seconds(now_seconds)};
constexpr std::string_view client = "client-1";

struct keys {
  signing_key rsa = signing_key::rsa("rsa");
  signing_key p256 = signing_key::ec("p256", "P-256");
  signing_key p384 = signing_key::ec("p384", "P-384");
  signing_key stranger = signing_key::ec("p384", "P-384");
};
const keys& shared_keys() {
  static const keys made;
  return made;
}

class TokenEndpoint : public testing::Test {
 protected:
  TokenEndpoint() {
    json::object wrong_alg = k.p384.jwk();
    wrong_alg.set("kid", "other-alg");
    wrong_alg.set("alg", "ES256");
    json::object encryption = k.p384.jwk();
    encryption.set("kid", "enc");
    encryption.set("use", "enc");
    json::object twin = k.p384.jwk();
    twin.set("kid", "twin");
    json::object wrong_curve = k.p256.jwk();
    wrong_curve.set("kid", "wrong-curve");
    client_registration made{std::string(client)};
    made.jwks = test::key_set(
        {k.rsa.jwk(), k.p256.jwk(), k.p384.jwk(), wrong_alg, encryption, twin, twin, wrong_curve});
    made.scopes = "system/Patient.rs";
    server.register_client(made);
  }

  static json::object good_claims() {
    json::object claims;
    claims.set("iss", client);
    claims.set("sub", client);
    claims.set("aud", "http://127.0.0.1:8080/interconnect-fhir-oauth/oauth2/token");
    claims.set("jti", "jti-1");
    claims.set("exp", now_seconds + 240);
    claims.set("iat", now_seconds - 30);
    claims.set("nbf", now_seconds - 30);
    return claims;
  }
  static http::request request_with(std::string body) {
    http::request made;
    made.method = "POST";
    made.target = std::string(token_path);
    made.fields.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    made.body = std::move(body);
    return made;
  }
  token_answer ask(const http::request& request) {
    return std::get<token_answer>(server.begin(request, "http://127.0.0.1:8080", {instant{}, now_wall}));
  }
  token_answer ask_with(const signing_key& key, assertion a) {
    return ask(request_with(test::token_form(test::make_jwt(key, std::move(a)))));
  }
  static void expect_refused(const token_answer& got, std::string_view error, std::string_view rule) {
    EXPECT_EQ(got.response.status, 400U) << rule;
    EXPECT_EQ(got.response.body, R"({"error":")" + std::string(error) + R"(","error_description":null})");
    EXPECT_EQ(got.response.fields.get("Cache-Control"), "no-store");
    EXPECT_EQ(got.rule, rule);
    EXPECT_EQ(got.token, 0U);
  }

  const keys& k = shared_keys();
  static authority_options options_of_test() {
    authority_options made;
    made.oauth_path = oauth_path;
    made.fhir_path = fhir_path;
    return made;
  }
  authority server{options_of_test()};
};

TEST_F(TokenEndpoint, GrantsForEachAllowedAlgorithm) {
  std::uint64_t number = 0;
  for (const auto& [alg, key] : {std::pair<std::string, const signing_key*>{"RS256", &k.rsa},
                                 {"RS384", &k.rsa},
                                 {"RS512", &k.rsa},
                                 {"ES256", &k.p256},
                                 {"ES384", &k.p384}}) {
    assertion a{alg, {}, good_claims()};
    a.claims.set("jti", "for-" + alg);
    const token_answer got = ask_with(*key, std::move(a));
    ASSERT_EQ(got.response.status, 200U) << alg << " " << got.rule;
    EXPECT_EQ(got.token, ++number);
    EXPECT_EQ(got.response.fields.get("Cache-Control"), "no-store");
    const auto body = json::parse(got.response.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->find("expires_in")->to_int64(), 3600);
    EXPECT_EQ(body->string_at("token_type"), "bearer");
    EXPECT_EQ(body->string_at("scope"), "system/Patient.rs");
    const auto standing = server.tokens().look_up(body->string_at("access_token"), instant{});
    EXPECT_EQ(standing.number, number);
    EXPECT_TRUE(standing.valid);
  }
}

TEST_F(TokenEndpoint, RefusesEachDefectOfTheAssertionAndJournalsTheTrueReason) {
  struct row {
    std::string rule;
    std::function<void(assertion&)> break_it;
  };
  const auto claim = [](std::string name, json::value v) {
    return [name, v](assertion& a) { a.claims.set(name, v); };
  };
  const auto header = [](std::string name, json::value v) {
    return [name, v](assertion& a) { a.header.set(name, v); };
  };
  const std::vector<row> rows{
      {"alg", header("alg", "none")},
      {"alg", header("alg", "HS256")},
      {"alg", header("alg", "PS384")},
      {"typ", header("typ", "at+jwt")},
      {"jku", header("jku", "https://example.org/jwks")},
      {"kid_missing", header("kid", "")},
      {"kid_unknown", header("kid", "nobody")},
      {"kid_unknown", header("kid", "rsa")},   // of another type than the algorithm's
      {"kid_unknown", header("kid", "twin")},  // two keys of that kid
      {"key_of_other_alg", header("kid", "other-alg")},
      {"key_of_other_use", header("kid", "enc")},
      {"key_unusable", header("kid", "wrong-curve")},
      {"kid_missing", header("kid", 5)},
      {"crit", header("crit", json::array{})},
      {"typ", header("typ", nullptr)},
      {"iss_sub", claim("sub", "client-2")},
      {"iss_sub", claim("iss", 5)},
      {"client_unknown", [](assertion& a) { a.claims.set("iss", "x"), a.claims.set("sub", "x"); }},
      {"aud", claim("aud", "http://127.0.0.1:8080/oauth2/token")},
      {"aud", claim("aud", "ftp://127.0.0.1/interconnect-fhir-oauth/oauth2/token")},
      {"aud", claim("aud", "http:///interconnect-fhir-oauth/oauth2/token")},
      {"aud", [](assertion& a) { a.claims.erase("aud"); }},
      {"aud", claim("aud", json::array{json::value("http://x/other")})},
      {"aud", claim("aud", json::array{})},
      {"exp_missing", claim("exp", -1)},
      {"nbf", claim("nbf", "soon")},
      {"iat", claim("iat", nullptr)},
      {"exp_missing", [](assertion& a) { a.claims.erase("exp"); }},
      {"exp_missing", claim("exp", std::to_string(now_seconds + 60))},
      {"expired", claim("exp", now_seconds)},
      {"exp_too_far", claim("exp", now_seconds + 301)},
      {"nbf", claim("nbf", now_seconds + 1)},
      {"nbf_too_long_before_exp", claim("nbf", now_seconds - 61)},
      {"iat", claim("iat", now_seconds + 1)},
      {"iat_too_long_before_exp", claim("iat", now_seconds - 61)},
      {"jti_missing", [](assertion& a) { a.claims.erase("jti"); }},
      {"jti_missing", claim("jti", 17)},
      {"jti_too_long", claim("jti", std::string(152, 'j'))},
  };
  for (const row& one : rows) {
    assertion a{"ES384", {}, good_claims()};
    one.break_it(a);
    expect_refused(ask_with(k.p384, std::move(a)), "invalid_client", one.rule);
  }
  expect_refused(ask_with(k.stranger, {"ES384", {}, good_claims()}), "invalid_client", "signature");
  // None of the refusals used up the jti, and what was broken above is good when whole.
  EXPECT_EQ(ask_with(k.p384, {"ES384", {}, good_claims()}).response.status, 200U);
}

TEST_F(TokenEndpoint, TakesTheLimitsThemselves) {
  assertion a{"ES384", {}, good_claims()};
  a.claims.set("exp", now_seconds + 300);
  a.claims.set("iat", now_seconds);
  a.claims.erase("nbf");
  a.claims.set("jti", std::string(151, 'j'));
  a.claims.set("aud", "https://proxy.example/interconnect-fhir-oauth/oauth2/token");
  EXPECT_EQ(ask_with(k.p384, std::move(a)).rule, "token_issued");
}

TEST_F(TokenEndpoint, ListedAudiencesAreTheOnlyOnes) {
  authority_options listed = options_of_test();
  listed.audiences = {"https://ehr.example/token"};
  authority strict{listed};
  client_registration known{std::string(client)};
  known.jwks = test::key_set({k.p384.jwk()});
  strict.register_client(known);
  assertion a{"ES384", {}, good_claims()};
  const auto ask_strict = [&](const assertion& one) {
    return std::get<token_answer>(strict.begin(request_with(test::token_form(test::make_jwt(k.p384, one))),
                                               "http://x", {instant{}, now_wall}));
  };
  expect_refused(ask_strict(a), "invalid_client", "aud");
  a.claims.set("aud", "https://ehr.example/token");
  EXPECT_EQ(ask_strict(a).rule, "token_issued");
}

TEST_F(TokenEndpoint, AnAssertionWorksOnce) {
  const assertion a{"ES384", {}, good_claims()};
  EXPECT_EQ(ask_with(k.p384, a).rule, "token_issued");
  expect_refused(ask_with(k.p384, a), "invalid_client", "jti_replayed");
}

TEST_F(TokenEndpoint, RefusesEveryFlippedBitOfTheSignedText) {
  const std::string jwt = test::make_jwt(k.p384, {"ES384", {}, good_claims()});
  const std::size_t last = jwt.rfind('.');
  for (std::size_t i = 0; i < jwt.size(); i += 7) {
    std::string changed = jwt;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed == jwt) continue;
    const token_answer got = ask(request_with(test::token_form(changed)));
    EXPECT_EQ(got.response.status, 400U) << "character " << i << " of " << last;
  }
}

TEST_F(TokenEndpoint, RefusesMalformedAssertions) {
  const std::string good = test::make_jwt(k.p384, {"ES384", {}, good_claims()});
  for (const std::string& bad : {std::string("x"), std::string("a.b"), good + ".x", good + "=", "." + good,
                                 std::string(20'000, 'a'), good.substr(0, good.rfind('.') + 1) + "A"})
    expect_refused(ask(request_with(test::token_form(bad))), "invalid_client", "assertion_malformed");
}

TEST_F(TokenEndpoint, RefusesRequestsOfAnotherForm) {
  const std::string good = test::token_form(test::make_jwt(k.p384, {"ES384", {}, good_claims()}));
  http::request got = request_with(good);
  got.method = "GET";
  expect_refused(ask(got), "invalid_request", "method");
  http::request queried = request_with(good);
  queried.target += "?";
  expect_refused(ask(queried), "invalid_request", "query_parameters");
  http::request json = request_with("{}");
  json.fields.set("Content-Type", "application/json");
  expect_refused(ask(json), "invalid_request", "content_type");
  expect_refused(ask(request_with("grant_type=%zz")), "invalid_request", "form_malformed");
  expect_refused(ask(request_with("grant_type=password")), "invalid_request", "grant_type");
  expect_refused(ask(request_with("grant_type=client_credentials&" + good)), "invalid_request", "grant_type");
  expect_refused(ask(request_with("grant_type=client_credentials&client_assertion_type=x")),
                 "invalid_request", "assertion_type");
  expect_refused(ask(request_with(good.substr(0, good.rfind('&')))), "invalid_request", "assertion_missing");
  expect_refused(ask(request_with(std::string(40'000, 'x'))), "invalid_request", "body_too_large");
}

TEST_F(TokenEndpoint, AP384KeyServesEs384Alone) {
  client_registration made{std::string(client)};
  made.jwks = test::key_set({k.p384.jwk()});
  server.register_client(made);
  assertion a{"ES256", {}, good_claims()};
  expect_refused(ask_with(k.p384, a), "invalid_client", "key_unusable");
  a.alg = "RS384";
  expect_refused(ask_with(k.p384, a), "invalid_client", "kid_unknown");
  a.alg = "ES384";
  EXPECT_EQ(ask_with(k.p384, a).rule, "token_issued");
}

TEST_F(TokenEndpoint, TakesAListOfAudiencesThatNamesIt) {
  assertion a{"ES384", {}, good_claims()};
  const json::value own = *a.claims.find("aud");
  a.claims.set("aud", json::array{json::value("http://x"), own});
  EXPECT_EQ(ask_with(k.p384, std::move(a)).rule, "token_issued");
}

TEST_F(TokenEndpoint, RefusesShortRsaKeys) {
  const signing_key weak = signing_key::rsa("weak", 1024);
  client_registration made{std::string(client)};
  made.jwks = test::key_set({weak.jwk()});
  server.register_client(made);
  expect_refused(ask_with(weak, {"RS384", {}, good_claims()}), "invalid_client", "key_unusable");
}

}  // namespace
}  // namespace epicenter::mock::oauth
