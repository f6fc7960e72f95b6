#include "mock-epic/oauth/signature.hpp"
#include "mock-epic/tests/authority_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

struct CodeFlow : test::authority_fixture {
  json::value claims_of(std::string_view jwt) {
    const std::size_t first = jwt.find('.');
    const std::size_t last = jwt.rfind('.');
    const auto keys = body_of(ask(get("/jwks")));
    const auto signature = decode_base64url(jwt.substr(last + 1));
    EXPECT_TRUE(signature && keys.at_path("keys.0"));
    EXPECT_EQ(verify_signature("RS384", *keys.at_path("keys.0"), jwt.substr(0, last), *signature),
              verdict::good);
    return json::parse(*decode_base64url(jwt.substr(first + 1, last - first - 1))).value();
  }
};

TEST_F(CodeFlow, APublicClientLogsInAndReadsItsPatient) {
  const token_answer sent =
      ask(get("/authorize", authorize_form("app", "launch/patient patient/Observation.rs")));
  EXPECT_EQ(sent.rule, "code_issued");
  EXPECT_EQ(sent.response.fields.get("Cache-Control"), "no-store");
  const http::parameters back = redirected(sent);
  EXPECT_EQ(value_of(back, "state"), "st&te");
  const token_answer got = ask(post("/token", exchange_form(value_of(back, "code"))));
  ASSERT_EQ(got.response.status, 200U) << got.rule;
  EXPECT_EQ(got.response.fields.get("Cache-Control"), "no-store");
  const json::value body = body_of(got);
  EXPECT_EQ(body.string_at("patient"), "pat-1");
  EXPECT_EQ(body.string_at("token_type"), "Bearer");
  EXPECT_EQ(body.string_at("scope"), "launch/patient patient/Observation.rs");
  EXPECT_FALSE(body.find("refresh_token") || body.find("id_token"));
  const auto token = server->tokens().look_up(body.string_at("access_token"), at.now);
  ASSERT_TRUE(token.valid && token.what);
  EXPECT_EQ(token.what->patient, "pat-1");
  EXPECT_EQ(token.what->client, "app");
  EXPECT_TRUE(token.what->scopes->in_force.permits("Observation", interaction::read));
  EXPECT_TRUE(token.what->scopes->in_force.limits_to_patient("Observation", interaction::read));
  EXPECT_FALSE(token.what->scopes->in_force.permits("Condition", interaction::read));
}

TEST_F(CodeFlow, ThePatientIsChosenByParameterByLaunchOrIsTheFirst) {
  EXPECT_EQ(text_at(log_in("launch/patient", {{"login_patient", "pat-2"}}), "patient"), "pat-2");
  EXPECT_EQ(text_at(log_in("launch user/Patient.rs", {{"launch", "pat-2"}}), "patient"), "pat-2");
  EXPECT_EQ(text_at(log_in("patient/Patient.rs"), "patient"), "pat-1");
  EXPECT_EQ(body_of(log_in("user/Patient.rs")).find("patient"), nullptr);
}

TEST_F(CodeFlow, AnIdTokenNamesTheUserAndEchoesTheNonce) {
  const json::value body = body_of(log_in("openid fhirUser user/Patient.rs", {{"nonce", "n-1"}}));
  const json::value id = claims_of(body.string_at("id_token"));
  EXPECT_EQ(id.string_at("iss"), std::string(test::test_origin) + "/interconnect-fhir-oauth/oauth2");
  EXPECT_EQ(id.string_at("aud"), "app");
  EXPECT_EQ(id.string_at("nonce"), "n-1");
  EXPECT_EQ(id.string_at("fhirUser"),
            std::string(test::test_origin) + std::string(fhir_path) + "/Practitioner/dr-1");
  EXPECT_EQ(id.find("exp")->to_int64().value() - id.find("iat")->to_int64().value(), 300);
  http::request who = get("/userinfo");
  who.fields.add("Authorization", "Bearer " + std::string(body.string_at("access_token")));
  const token_answer told = ask(who);
  EXPECT_EQ(text_at(told, "sub"), id.string_at("sub"));
  EXPECT_EQ(text_at(told, "fhirUser"), id.string_at("fhirUser"));
}

TEST_F(CodeFlow, UserinfoIsForTokensWithOpenidAlone) {
  EXPECT_EQ(ask(get("/userinfo")).rule, "token_missing");
  http::request who = get("/userinfo");
  who.fields.set("Authorization", "Bearer x");
  EXPECT_EQ(ask(who).rule, "token_unknown");
  who.fields.set("Authorization", "Bearer " + text_at(log_in("user/Patient.rs"), "access_token"));
  const token_answer got = ask(who);
  EXPECT_EQ(got.response.status, 403U);
  EXPECT_EQ(got.rule, "insufficient_scope");
  who.method = "PUT";
  EXPECT_EQ(ask(who).response.status, 405U);
}

TEST_F(CodeFlow, APostedAuthorizationIsAsGood) {
  EXPECT_FALSE(value_of(redirected(ask(post("/authorize", authorize_form("app", "user/Patient.rs")))), "code")
                   .empty());
}

TEST_F(CodeFlow, NothingIsRedirectedToWhereNobodyIsRegistered) {
  for (const auto& [name, value, rule] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"client_id", "nobody", "client_unknown"},
           {"redirect_uri", "https://evil.example/cb", "redirect_uri"},
           {"redirect_uri", std::string(test::test_redirect) + "2", "redirect_uri"},
           {"redirect_uri", "", "redirect_uri"}}) {
    http::parameters form = authorize_form("app", "user/Patient.rs");
    for (auto& one : form)
      if (one.first == name) one.second = value;
    const token_answer got = ask(get("/authorize", form));
    EXPECT_EQ(got.response.status, 400U);
    EXPECT_EQ(got.rule, rule);
    EXPECT_FALSE(got.response.fields.contains("Location"));
  }
  // web has two to choose from, backend none.
  for (const std::string_view client : {"web", "backend"}) {
    http::parameters form = authorize_form(client, "user/Patient.rs");
    std::erase_if(form, [](const auto& one) { return one.first == "redirect_uri"; });
    EXPECT_EQ(ask(get("/authorize", form)).rule, "redirect_uri");
  }
  http::request del = get("/authorize");
  del.method = "DELETE";
  EXPECT_EQ(ask(del).response.status, 405U);
}

TEST_F(CodeFlow, TheClientIsToldOfItsErrorsByRedirect) {
  struct row {
    std::string name, value, error, rule;
  };
  for (const row& one : std::vector<row>{
           {"response_type", "token", "unsupported_response_type", "response_type"},
           {"aud", "https://ehr.example/other", "invalid_request", "aud"},
           {"aud", "", "invalid_request", "aud"},
           {"code_challenge_method", "plain", "invalid_request", "code_challenge_method"},
           {"code_challenge", "short", "invalid_request", "code_challenge"},
           {"code_challenge", std::string(43, '+'), "invalid_request", "code_challenge"},
           {"scope", "nonsense", "invalid_scope", "scope_empty"},
           {"scope", "system/Patient.rs", "invalid_scope", "scope_empty"},
           {"+login_patient", "nobody", "access_denied", "patient_unknown"},
           {"+launch", "pat-1", "invalid_request", "launch"},
           {"+scope", "openid", "invalid_request", "parameter_repeated"},
           {"-code_challenge", "", "invalid_request", "code_challenge_missing"},
           {"-response_type", "", "invalid_request", "response_type"},
           {"+nonce", std::string(5000, 'n'), "invalid_request", "state_too_long"},
       }) {
    http::parameters form = authorize_form("app", "launch/patient patient/Patient.rs");
    if (one.name[0] == '+') {
      form.emplace_back(one.name.substr(1), one.value);
    } else if (one.name[0] == '-') {
      std::erase_if(form, [&](const auto& each) { return each.first == one.name.substr(1); });
    } else {
      for (auto& each : form)
        if (each.first == one.name) each.second = one.value;
    }
    const token_answer got = ask(get("/authorize", form));
    const http::parameters back = redirected(got);
    EXPECT_EQ(value_of(back, "error"), one.error) << one.name;
    EXPECT_EQ(value_of(back, "state"), "st&te") << one.name;
    EXPECT_EQ(value_of(back, "code"), "");
    EXPECT_EQ(got.rule, one.rule);
  }
}

TEST_F(CodeFlow, ACodeIsGoodOnceForItsClientItsUriAndItsVerifier) {
  struct row {
    std::string name, value, error, rule;
  };
  for (const row& one : std::vector<row>{
           {"code", "x", "invalid_grant", "code_unknown"},
           {"redirect_uri", "https://app.example/cb", "invalid_grant", "redirect_uri"},
           {"-redirect_uri", "", "invalid_grant", "redirect_uri"},
           {"code_verifier", std::string(43, 'a'), "invalid_grant", "code_verifier"},
           {"code_verifier", std::string(test::challenge), "invalid_grant", "code_verifier"},
           {"code_verifier", "short", "invalid_grant", "code_verifier"},
           {"-code_verifier", "", "invalid_grant", "code_verifier"},
           {"client_id", "nobody", "invalid_client", "client_unknown"},
           {"client_id", "web", "invalid_client", "authentication_missing"},
           {"-client_id", "", "invalid_request", "client_id"},
           {"-code", "", "invalid_request", "code"},
       }) {
    http::parameters form = exchange_form(code_for("app", "user/Patient.rs"));
    if (one.name[0] == '-') {
      std::erase_if(form, [&](const auto& each) { return each.first == one.name.substr(1); });
    } else {
      for (auto& each : form)
        if (each.first == one.name) each.second = one.value;
    }
    expect_refused(ask(post("/token", form)), one.error, one.rule);
  }
}

TEST_F(CodeFlow, AFailedExchangeSpendsTheCode) {
  http::parameters form = exchange_form(code_for("app", "user/Patient.rs"));
  http::parameters wrong = form;
  wrong.back().second = std::string(43, 'a');
  expect_refused(ask(post("/token", wrong)), "invalid_grant", "code_verifier");
  expect_refused(ask(post("/token", form)), "invalid_grant", "code_reused");
}

TEST_F(CodeFlow, ACodeLastsFiveMinutes) {
  const std::string first = code_for("app", "user/Patient.rs");
  const std::string second = code_for("app", "user/Patient.rs");
  at.now += 5min - 1ns;
  EXPECT_EQ(ask(post("/token", exchange_form(first))).rule, "token_issued");
  at.now += 1ns;
  expect_refused(ask(post("/token", exchange_form(second))), "invalid_grant", "code_expired");
}

TEST_F(CodeFlow, AReusedCodeEndsTheTokensThatCameOfIt) {
  const std::string code = code_for("app", "offline_access user/Patient.rs");
  const token_answer first = ask(post("/token", exchange_form(code)));
  expect_refused(ask(post("/token", exchange_form(code))), "invalid_grant", "code_reused");
  const auto token = server->tokens().look_up(text_at(first, "access_token"), at.now);
  EXPECT_FALSE(token.valid);
  EXPECT_EQ(token.expired_by, "code_reused");
  expect_refused(ask(post("/token", {{"grant_type", "refresh_token"},
                                     {"refresh_token", text_at(first, "refresh_token")},
                                     {"client_id", "app"}})),
                 "invalid_grant", "refresh_token_reused");
}

TEST_F(CodeFlow, AConfidentialClientShowsItsSecretAndMayGoWithoutPkce) {
  http::parameters form = authorize_form("web", "user/Patient.rs");
  std::erase_if(form, [](const auto& one) { return one.first.starts_with("code_challenge"); });
  const auto exchange = [&](http::request (*with)(http::request)) {
    const std::string code = value_of(redirected(ask(get("/authorize", form))), "code");
    return ask(with(post("/token", {{"grant_type", "authorization_code"},
                                    {"code", code},
                                    {"redirect_uri", std::string(test::test_redirect)}})));
  };
  EXPECT_EQ(exchange([](http::request r) { return with_basic(std::move(r), "web", "s3:cret+/%"); }).rule,
            "token_issued");
  EXPECT_EQ(exchange([](http::request r) {
              r.body += "&client_id=web&client_secret=" + http::percent_encode("s3:cret+/%");
              return r;
            }).rule,
            "token_issued");
  const token_answer wrong =
      exchange([](http::request r) { return with_basic(std::move(r), "web", "s3%3Acret%2B%2F%25"); });
  expect_refused(wrong, "invalid_client", "secret", 401);
  EXPECT_EQ(wrong.response.fields.get("WWW-Authenticate"), "Basic");
  expect_refused(exchange([](http::request r) { return with_basic(std::move(r), "app", "x"); }),
                 "invalid_client", "client_without_secret", 401);
  expect_refused(exchange([](http::request r) { return with_basic(std::move(r), "nobody", "x"); }),
                 "invalid_client", "client_unknown", 401);
  expect_refused(exchange([](http::request r) {
                   r.fields.add("Authorization", "Basic !");
                   return r;
                 }),
                 "invalid_client", "basic_malformed", 401);
  expect_refused(exchange([](http::request r) {
                   r.body += "&client_id=web&client_secret=wrong";
                   return r;
                 }),
                 "invalid_client", "secret");
  expect_refused(exchange([](http::request r) {
                   r.body += "&client_secret=x&client_id=web";
                   return with_basic(std::move(r), "web", "s3:cret+/%");
                 }),
                 "invalid_request", "several_authentications");
  expect_refused(exchange([](http::request r) {
                   r.body += "&code_verifier=" + std::string(test::verifier);
                   return with_basic(std::move(r), "web", "s3:cret+/%");
                 }),
                 "invalid_grant", "code_verifier_unasked");
  expect_refused(exchange([](http::request r) {
                   r.body += "&client_id=app";
                   return r;
                 }),
                 "invalid_grant", "code_of_other");
}

TEST_F(CodeFlow, ARefreshTokenIsReplacedByEachUse) {
  const token_answer first = log_in("offline_access launch/patient patient/Observation.rs patient/Patient.r");
  const auto refresh = [&](const std::string& token, http::parameters more = {}) {
    http::parameters form{{"grant_type", "refresh_token"}, {"refresh_token", token}, {"client_id", "app"}};
    form.insert(form.end(), more.begin(), more.end());
    return ask(post("/token", form));
  };
  const token_answer second = refresh(text_at(first, "refresh_token"), {{"scope", "patient/Patient.rs"}});
  ASSERT_EQ(second.response.status, 200U) << second.rule;
  EXPECT_EQ(text_at(second, "scope"), "patient/Patient.r");
  EXPECT_EQ(text_at(second, "patient"), "pat-1");
  EXPECT_NE(text_at(second, "refresh_token"), text_at(first, "refresh_token"));
  // Narrowed for one access token, not for good.
  const token_answer third = refresh(text_at(second, "refresh_token"));
  EXPECT_EQ(text_at(third, "scope"), text_at(first, "scope"));
  expect_refused(refresh(text_at(third, "refresh_token"), {{"scope", "patient/Claim.r"}}), "invalid_scope",
                 "scope_empty");
  // Whoever uses an old one ends the whole family.
  expect_refused(refresh(text_at(second, "refresh_token")), "invalid_grant", "refresh_token_reused");
  expect_refused(refresh(text_at(third, "refresh_token")), "invalid_grant", "refresh_token_reused");
  EXPECT_FALSE(server->tokens().look_up(text_at(third, "access_token"), at.now).valid);
  expect_refused(refresh("x"), "invalid_grant", "refresh_token_unknown");
  expect_refused(ask(post("/token", {{"grant_type", "refresh_token"}, {"client_id", "app"}})),
                 "invalid_request", "refresh_token");
  const std::string old = text_at(log_in("offline_access user/Patient.r"), "refresh_token");
  expect_refused(ask(with_basic(post("/token", {{"grant_type", "refresh_token"}, {"refresh_token", old}}),
                                "web", "s3:cret+/%")),
                 "invalid_grant", "refresh_token_of_other");
  at.now += refresh_lifetime;
  expect_refused(refresh(old), "invalid_grant", "refresh_token_expired");
}

}  // namespace
}  // namespace epicenter::mock::oauth
