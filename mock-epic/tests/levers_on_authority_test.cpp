// What levers do to the authorization server.
#include "mock-epic/oauth/bearer.hpp"
#include "mock-epic/tests/authority_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

using LeversOnAuthority = test::authority_fixture;

TEST_F(LeversOnAuthority, RevokingAllEndsWhatWasIssuedAndNothingLater) {
  const token_answer user = log_in("offline_access user/Patient.r");
  const std::string backend = text_at(backend_token(), "access_token");
  EXPECT_EQ(server->revoke_all(at.now, "token_revoke/x"), 2U);
  EXPECT_EQ(refuse_token(server->tokens().look_up(backend, at.now)).rule, "token_revoke/x");
  expect_refused(ask(post("/token", {{"grant_type", "refresh_token"},
                                     {"refresh_token", text_at(user, "refresh_token")},
                                     {"client_id", "app"}})),
                 "invalid_grant", "refresh_token_reused");
  EXPECT_TRUE(server->tokens().look_up(text_at(backend_token(), "access_token"), at.now).valid);
}

TEST_F(LeversOnAuthority, AnOutageAnswersTokenRequestsWithAPage) {
  server->set_token_outage(token_outage{503, 7s});
  const token_answer got = backend_token();
  EXPECT_EQ(got.response.status, 503U);
  EXPECT_EQ(got.response.content_type(), "text/html");
  EXPECT_EQ(got.response.fields.get("Retry-After"), "7");
  EXPECT_EQ(got.rule, "token_outage");
  EXPECT_EQ(server->counts().outage_refusals, 1U);
  EXPECT_EQ(ask(get("/jwks")).response.status, 200U);
  server->set_token_outage(std::nullopt);
  EXPECT_EQ(backend_token().rule, "token_issued");
}

TEST_F(LeversOnAuthority, RotationRetiresTheKeysKnownAndNewOnesServe) {
  EXPECT_EQ(server->retire_keys("backend", at.now), 2U);
  EXPECT_EQ(server->retire_keys("backend", at.now), 0U) << "retired already";
  EXPECT_EQ(server->retire_keys("nobody", at.now), 0U);
  expect_refused(backend_token(), "invalid_client", "key_retired");
  EXPECT_EQ(server->counts().retired_key_refusals, 1U);
  const test::signing_key fresh = test::signing_key::ec("p384", "P-384");
  client_registration changed = server->clients().find("backend")->registration;
  changed.jwks = test::key_set({fresh.jwk()});
  server->register_client(changed);
  const auto ask_with = [&](const test::signing_key& key) {
    return ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                             assertion_of("backend", key, "ES384"))));
  };
  EXPECT_EQ(ask_with(fresh).rule, "token_issued");
  expect_refused(ask_with(test::shared_p384()), "invalid_client", "signature");
  // The old key under another name is still the old key.
  json::object again = test::shared_p384().jwk();
  again.set("kid", "again");
  changed.jwks = test::key_set({again});
  server->register_client(changed);
  test::assertion a{"ES384", {}, claims_for("backend")};
  a.header.set("kid", "again");
  const auto present = [&] {
    a.claims = claims_for("backend");
    return ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                             test::make_jwt(test::shared_p384(), a))));
  };
  expect_refused(present(), "invalid_client", "key_retired");
  server->restore_keys();
  EXPECT_EQ(present().rule, "token_issued");
}

TEST_F(LeversOnAuthority, FrozenKeysDoNotSeeANewRegistration) {
  const test::signing_key fresh = test::signing_key::ec("fresh", "P-384");
  client_registration changed = server->clients().find("backend")->registration;
  changed.jwks = test::key_set({fresh.jwk()});
  server->freeze_keys(true);
  server->register_client(changed);
  const auto ask_with_fresh = [&] {
    return ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                             assertion_of("backend", fresh, "ES384"))));
  };
  expect_refused(ask_with_fresh(), "invalid_client", "kid_unknown");
  EXPECT_EQ(backend_token().rule, "token_issued");
  server->freeze_keys(false);
  EXPECT_EQ(ask_with_fresh().rule, "token_issued");
  expect_refused(backend_token(), "invalid_client", "kid_unknown");
}

TEST_F(LeversOnAuthority, ASkewedClockRefusesWhatIsInTimeAndCountsIt) {
  server->set_clock_skew(-1s);
  expect_refused(backend_token(), "invalid_client", "iat");
  server->set_clock_skew(240s);
  expect_refused(backend_token(), "invalid_client", "expired");
  server->set_clock_skew(100s);
  EXPECT_EQ(backend_token().rule, "token_issued");
  server->set_clock_skew(0s);
  EXPECT_EQ(backend_token().rule, "token_issued");
  EXPECT_EQ(server->counts().skewed_checks, 3U);
  EXPECT_EQ(server->counts().skewed_refusals, 2U);
}

TEST_F(LeversOnAuthority, ALostScopeIsLostByTokensInHandAndByLaterOnes) {
  const std::string before = text_at(backend_token(), "access_token");
  const auto may = [&](const std::string& token) {
    return server->tokens()
        .look_up(token, at.now)
        .what->scopes->in_force.permits("Patient", interaction::read);
  };
  EXPECT_TRUE(may(before));
  EXPECT_FALSE(server->drop_scope("openid"));
  ASSERT_TRUE(server->drop_scope("system/Patient.read"));
  EXPECT_FALSE(may(before));
  const token_answer later = backend_token();
  EXPECT_EQ(text_at(later, "scope").find("system/Patient.r "), std::string::npos);
  EXPECT_NE(text_at(later, "scope").find("system/Patient.c "), std::string::npos);
  EXPECT_FALSE(may(text_at(later, "access_token")));
  server->restore_scopes();
  EXPECT_TRUE(may(before));
  EXPECT_FALSE(may(text_at(later, "access_token"))) << "it was never granted";
  EXPECT_TRUE(may(text_at(backend_token(), "access_token")));
}

TEST(Bearer, RefusalsAreEpics) {
  const token_answer scope = refuse_scope(3);
  EXPECT_EQ(scope.response.status, 403U);
  EXPECT_EQ(scope.response.body, "");
  EXPECT_EQ(scope.token, 3U);
  EXPECT_EQ(scope.response.fields.get("WWW-Authenticate"),
            "Bearer error=\"insufficient_scope\", error_description=\"The access token provided is valid, "
            "but is not "
            "authorized for this service\"");
  const token_answer none = refuse_without_token();
  EXPECT_EQ(none.response.status, 401U);
  EXPECT_EQ(none.response.fields.get("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(none.response.body, "");
  const token_answer unknown = refuse_token({});
  EXPECT_EQ(unknown.response.body, "\"\"");
  EXPECT_EQ(unknown.response.fields.get("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(unknown.response.fields.get("WWW-Authenticate"),
            "Bearer error=\"invalid_token\", error_description=\"The access token provided is not valid\"");
  EXPECT_EQ(unknown.rule, "token_unknown");
}

}  // namespace
}  // namespace epicenter::mock::oauth
