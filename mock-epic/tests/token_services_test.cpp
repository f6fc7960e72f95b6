#include "mock-epic/tests/authority_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

struct TokenServices : test::authority_fixture {
  http::request from_web(std::string_view endpoint, std::string token) {
    return with_basic(post(endpoint, {{"token", std::move(token)}}), "web", "s3:cret+/%");
  }
};

TEST_F(TokenServices, IntrospectionTellsOfATokenWhatItIsWorthNow) {
  const std::string token = text_at(log_in("launch/patient fhirUser patient/Patient.r"), "access_token");
  const token_answer got = ask(from_web("/introspect", token));
  EXPECT_EQ(got.rule, "token_active");
  const json::value body = body_of(got);
  EXPECT_EQ(body.find("active")->if_bool() && *body.find("active")->if_bool(), true);
  EXPECT_EQ(body.string_at("client_id"), "app");
  EXPECT_EQ(body.string_at("scope"), "launch/patient fhirUser patient/Patient.r");
  EXPECT_EQ(body.string_at("patient"), "pat-1");
  EXPECT_TRUE(body.string_at("fhirUser").ends_with("/Practitioner/dr-1"));
  EXPECT_EQ(body.find("exp")->to_int64().value() - body.find("iat")->to_int64().value(), 3600);
  at.now += 1h;
  const token_answer later = ask(from_web("/introspect", token));
  EXPECT_EQ(later.response.body, R"({"active":false})");
  EXPECT_EQ(later.rule, "token_inactive");
  EXPECT_EQ(ask(from_web("/introspect", "x")).response.body, R"({"active":false})");
}

TEST_F(TokenServices, IntrospectionIsForConfidentialClientsAlone) {
  expect_refused(ask(post("/introspect", {{"token", "x"}})), "invalid_request", "client_id");
  expect_refused(ask(post("/introspect", {{"token", "x"}, {"client_id", "app"}})), "invalid_client",
                 "public_client");
  expect_refused(ask(with_basic(post("/introspect", {{"token", "x"}}), "web", "no")), "invalid_client",
                 "secret", 401);
  expect_refused(ask(from_web("/introspect", "")), "invalid_request", "token");
  expect_refused(ask(get("/introspect")), "invalid_request", "method");
  const std::string assertion = assertion_of("backend", test::shared_p384(), "ES384");
  EXPECT_EQ(ask(post("/introspect", with_assertion({{"token", "x"}}, assertion))).rule, "token_inactive");
  expect_refused(ask(post("/introspect", with_assertion({{"token", "x"}}, assertion))), "invalid_client",
                 "jti_replayed");
}

TEST_F(TokenServices, RevocationEndsAnAccessTokenAlone) {
  const token_answer logged_in = log_in("offline_access user/Patient.r");
  const std::string token = text_at(logged_in, "access_token");
  const token_answer got = ask(post("/revoke", {{"token", token}, {"client_id", "app"}}));
  EXPECT_EQ(got.response.status, 200U);
  EXPECT_EQ(got.response.body, "");
  EXPECT_EQ(got.rule, "token_revoked");
  const auto standing = server->tokens().look_up(token, at.now);
  EXPECT_FALSE(standing.valid);
  EXPECT_EQ(standing.expired_by, "token_revoked");
  EXPECT_EQ(ask(post("/token", {{"grant_type", "refresh_token"},
                                {"refresh_token", text_at(logged_in, "refresh_token")},
                                {"client_id", "app"}}))
                .rule,
            "token_refreshed");
}

TEST_F(TokenServices, RevocationOfARefreshTokenEndsAllOfItsAuthorization) {
  const token_answer one = log_in("offline_access user/Patient.r");
  const token_answer other = log_in("offline_access user/Patient.r");
  ask(post("/revoke", {{"token", text_at(one, "refresh_token")}, {"client_id", "app"}}));
  EXPECT_FALSE(server->tokens().look_up(text_at(one, "access_token"), at.now).valid);
  EXPECT_TRUE(server->tokens().look_up(text_at(other, "access_token"), at.now).valid);
  expect_refused(ask(post("/token", {{"grant_type", "refresh_token"},
                                     {"refresh_token", text_at(one, "refresh_token")},
                                     {"client_id", "app"}})),
                 "invalid_grant", "refresh_token_reused");
}

TEST_F(TokenServices, RevocationOfWhatIsUnknownSucceedsOfAnothersDoesNot) {
  EXPECT_EQ(ask(post("/revoke", {{"token", "x"}, {"client_id", "app"}})).rule, "token_unknown");
  const token_answer logged_in = log_in("offline_access user/Patient.r");
  for (const std::string_view name : {"access_token", "refresh_token"})
    expect_refused(ask(from_web("/revoke", text_at(logged_in, name))), "invalid_grant", "token_of_other");
  EXPECT_TRUE(server->tokens().look_up(text_at(logged_in, "access_token"), at.now).valid);
}

TEST_F(TokenServices, DiscoveryNamesWhatIsServedAndNothingElse) {
  for (const bool orders : {false, true}) {
    start(orders);
    http::request smart;
    smart.target = std::string(fhir_path) + "/.well-known/smart-configuration";
    ASSERT_TRUE(server->serves(smart.path()));
    for (const http::request& asked : {smart, get("/.well-known/openid-configuration")}) {
      const token_answer got = ask(asked);
      EXPECT_EQ(got.response.content_type(), "application/json");
      const json::value body = body_of(got);
      EXPECT_EQ(body.string_at("issuer"), std::string(test::test_origin) + std::string(oauth_path));
      int endpoints = 0;
      for (const auto& [name, value] : *body.if_object()) {
        if (!name.ends_with("_endpoint") && name != "jwks_uri") continue;
        const std::string_view url = *value.if_string();
        ASSERT_TRUE(url.starts_with(test::test_origin)) << url;
        EXPECT_TRUE(server->serves(url.substr(test::test_origin.size()))) << url;
        ++endpoints;
      }
      EXPECT_GE(endpoints, 5);
    }
    smart.method = "POST";
    EXPECT_EQ(ask(smart).response.status, 405U);
  }
  EXPECT_FALSE(server->serves(std::string(oauth_path) + "/tokens"));
  EXPECT_FALSE(server->serves(oauth_path));
  EXPECT_FALSE(server->serves(std::string(fhir_path) + "/metadata"));
}

}  // namespace
}  // namespace epicenter::mock::oauth
