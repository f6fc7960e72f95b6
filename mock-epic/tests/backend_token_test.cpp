// Scopes, formats and kinds of client at the token endpoint, for backend services.
#include "mock-epic/oauth/own_key.hpp"
#include "mock-epic/oauth/scope_grant.hpp"
#include "mock-epic/tests/authority_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

struct BackendToken : test::authority_fixture {
  void change(const std::function<void(client_registration&)>& how) {
    client_registration changed = server->clients().find("backend")->registration;
    how(changed);
    server->register_client(changed);
  }
};

TEST_F(BackendToken, StrictGrantsTheSame151ScopesWhateverIsAsked) {
  const std::string all = write_scopes(epic_backend_scopes());
  for (const std::string_view asked :
       {"", "system/Observation.c", "system/Observation.write", "system/*.read", "x"})
    EXPECT_EQ(text_at(backend_token(std::string(asked)), "scope"), all) << asked;
}

TEST_F(BackendToken, OrdersGrantsWhatIsAskedForAndAllowed) {
  start(true);
  EXPECT_EQ(text_at(backend_token(), "scope"), "system/*.cruds");
  EXPECT_EQ(text_at(backend_token("system/Patient.rs system/Observation.read nonsense user/Patient.r openid"),
                    "scope"),
            "system/Patient.rs system/Observation.read");
  expect_refused(backend_token("nonsense"), "invalid_scope", "scope_empty");
  change([](client_registration& c) { c.scopes = "system/Patient.rs system/Claim.c user/Patient.r"; });
  EXPECT_EQ(text_at(backend_token("system/*.*"), "scope"), "system/Patient.read system/Claim.c");
  EXPECT_EQ(text_at(backend_token(), "scope"), "system/Patient.rs system/Claim.c");
}

TEST_F(BackendToken, ARegistrationNarrowsAndSpellsItsOwnWay) {
  change([](client_registration& c) {
    c.scopes = "system/Patient.rs system/Observation.c";
    c.spelling = scope_spelling::v1;
    c.narrows = true;
  });
  EXPECT_EQ(text_at(backend_token(), "scope"), "system/Patient.read system/Observation.write");
  EXPECT_EQ(text_at(backend_token("system/Patient.r"), "scope"), "system/Patient.read");
  const token_answer told = backend_token();
  const auto token = server->tokens().look_up(text_at(told, "access_token"), at.now);
  EXPECT_FALSE(token.what->scopes->in_force.permits("Observation", interaction::update))
      << "spelled wider, not granted wider";
  change([](client_registration& c) { c.spelling = scope_spelling::bare; });
  EXPECT_EQ(text_at(backend_token(), "scope"), "Patient.read Patient.search Observation.create");
}

TEST_F(BackendToken, NeedsABackgroundUserAndScopesOfTheSystem) {
  change([](client_registration& c) { c.background_user = false; });
  expect_refused(backend_token(), "unauthorized_client", "no_background_user");
  change([](client_registration& c) {
    c.background_user = true;
    c.scopes = "user/Patient.r";
  });
  expect_refused(backend_token(), "unauthorized_client", "no_system_scopes");
}

TEST_F(BackendToken, AJwtTokenIsSignedAndLookedUpLikeAnyOther) {
  change([](client_registration& c) {
    c.format = token_format::jwt;
    c.scopes = "system/Patient.rs";
  });
  const std::string jwt = text_at(backend_token(), "access_token");
  EXPECT_TRUE(own_key().verifies(jwt));
  EXPECT_FALSE(own_key().verifies(jwt.substr(0, jwt.size() - 4) + "AAAA"));
  const std::size_t first = jwt.find('.');
  const auto claims = json::parse(*decode_base64url(jwt.substr(first + 1, jwt.rfind('.') - first - 1)));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->string_at("iss"), std::string(test::test_origin) + std::string(oauth_path));
  EXPECT_EQ(claims->string_at("aud"), std::string(test::test_origin) + std::string(fhir_path));
  EXPECT_EQ(claims->string_at("sub"), "backend");
  EXPECT_EQ(claims->string_at("client_id"), "backend");
  EXPECT_EQ(claims->string_at("scope"), "system/Patient.rs");
  EXPECT_FALSE(claims->string_at("jti").empty());
  EXPECT_EQ(claims->find("exp")->to_int64().value() - claims->find("iat")->to_int64().value(), 3600);
  EXPECT_TRUE(server->tokens().look_up(jwt, at.now).valid);
  EXPECT_NE(text_at(backend_token(), "access_token"), jwt);
  // 151 scopes do not go into a token of Epic's length.
  change([](client_registration& c) { c.scopes.clear(); });
  const std::string long_one = text_at(backend_token(), "access_token");
  EXPECT_LT(long_one.size(), 1500U);
}

TEST_F(BackendToken, ASecretServesInOrdersAlone) {
  const http::request asked =
      with_basic(post("/token", {{"grant_type", "client_credentials"}}), "web", "s3:cret+/%");
  expect_refused(ask(asked), "invalid_request", "assertion_type");
  start(true);
  EXPECT_EQ(ask(asked).rule, "token_issued");
  EXPECT_EQ(
      ask(post("/token",
               {{"grant_type", "client_credentials"}, {"client_id", "web"}, {"client_secret", "s3:cret+/%"}}))
          .rule,
      "token_issued");
  expect_refused(ask(with_basic(post("/token", {{"grant_type", "client_credentials"}}), "web", "x")),
                 "invalid_client", "secret", 401);
}

TEST_F(BackendToken, APublicClientIsNoBackendService) {
  start(true);
  http::request asked = post("/token", {{"grant_type", "client_credentials"}, {"client_id", "app"}});
  asked.fields.add("Authorization", "Bearer x");
  expect_refused(ask(asked), "unauthorized_client", "public_client");
}

TEST_F(BackendToken, AnAssertionIsForAClientWithKeysThatIsNotCalledOtherwise) {
  expect_refused(ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                                   assertion_of("web", test::shared_p384(), "ES384")))),
                 "invalid_client", "client_without_keys");
  expect_refused(
      ask(post("/token", with_assertion({{"grant_type", "client_credentials"}, {"client_id", "web"}},
                                        assertion_of("backend", test::shared_p384(), "ES384")))),
      "invalid_client", "client_id");
  EXPECT_EQ(
      ask(post("/token", with_assertion({{"grant_type", "client_credentials"}, {"client_id", "backend"}},
                                        assertion_of("backend", test::shared_p384(), "ES384"))))
          .rule,
      "token_issued");
}

TEST_F(BackendToken, ReplayIsPerIssuer) {
  client_registration other{"other"};
  other.jwks = server->clients().find("backend")->registration.jwks;
  server->register_client(other);
  json::object claims = claims_for("backend");
  claims.set("jti", "same");
  json::object claims_of_other = claims_for("other");
  claims_of_other.set("jti", "same");
  const auto present = [&](const json::object& c) {
    return ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                             test::make_jwt(test::shared_rsa(), {"RS256", {}, c}))));
  };
  EXPECT_EQ(present(claims).rule, "token_issued");
  EXPECT_EQ(present(claims_of_other).rule, "token_issued");
  expect_refused(present(claims), "invalid_client", "jti_replayed");
}

TEST_F(BackendToken, TheRegistryIsBounded) {
  for (std::size_t i = server->clients().size(); i < client_registry::max_clients; ++i)
    EXPECT_TRUE(server->register_client({"c" + std::to_string(i)}));
  EXPECT_FALSE(server->register_client({"one-more"}));
  EXPECT_TRUE(server->register_client({"c500"}));
}

/// One field of a good assertion is changed at random: nothing but invalid_client comes of it, with a reason.
TEST_F(BackendToken, AnAssertionChangedInOneFieldIsRefusedWithAReasonForTheJournalAlone) {
  constexpr std::uint64_t seed = 4711;
  runtime::random_stream random(seed);
  const auto text = [&] { return data::make_text(random, "abcXYZ019-_./", 1 + random.below(200)); };
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(at.wall.time_since_epoch()).count();
  for (int round = 0; round < 300; ++round) {
    test::assertion a{"ES384", {}, claims_for("backend")};
    const std::vector<std::string> names{"alg", "kid", "typ", "jku", "crit", "iss",
                                         "sub", "aud", "exp", "nbf", "iat"};
    const std::string& name = names[random.below(names.size())];
    const bool header = name == "alg" || name == "kid" || name == "typ" || name == "jku" || name == "crit";
    json::object& of = header ? a.header : a.claims;
    if (name == "exp") {
      of.set(name, random.below(2) == 0 ? now - random.between(0, 1'000'000)
                                        : now + 301 + random.between(0, 1'000'000));
    } else if (name == "nbf" || name == "iat") {
      of.set(name, random.below(2) == 0 ? now - 61 - random.between(0, 1'000'000)
                                        : now + random.between(1, 1'000'000));
    } else if (random.below(4) == 0) {
      of.set(name, static_cast<std::int64_t>(random.below(1000)));
    } else {
      of.set(name, text());
    }
    const token_answer got = ask(post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                                               test::make_jwt(test::shared_p384(), a))));
    ASSERT_EQ(got.response.body, R"({"error":"invalid_client","error_description":null})")
        << "seed " << seed << " round " << round << " " << name;
    ASSERT_FALSE(got.rule.empty() || got.rule == "token_issued");
    ASSERT_EQ(got.response.status, 400U);
  }
  EXPECT_EQ(backend_token().rule, "token_issued");
}

}  // namespace
}  // namespace epicenter::mock::oauth
