// Levers on tokens, keys and clocks: before, while they last, and after.
#include "mock-epic/fhir/http_date.hpp"
#include "mock-epic/tests/lever_fixture.hpp"

namespace epicenter::mock::test {
namespace {

constexpr std::string_view invalid_client = R"({"error":"invalid_client","error_description":null})";

class IdentityLevers : public lever_fixture {
 protected:
  IdentityLevers() : lever_fixture(false) {}

  std::string log_in() {
    const fhir::answer got = ask_token();
    EXPECT_EQ(got.response.status, 200U) << got.rule;
    const auto body = json::parse(got.response.body);
    scope = body ? std::string(body->string_at("scope")) : "";
    return body ? std::string(body->string_at("access_token")) : "";
  }
  fhir::answer read_with(const std::string& token, std::string path) {
    http::request r = request("GET", std::move(path));
    r.fields.add("Authorization", "Bearer " + token);
    return ask(r);
  }
  fhir::answer read_with(const std::string& token) { return read_with(token, "/Patient/" + patient()); }

  std::string scope;
};

TEST_F(IdentityLevers, ExpiryAndRevocationEndWhatWasIssuedAndNothingLater) {
  for (const std::string type : {"token_expiry", "token_revoke"}) {
    const std::string before = log_in();
    EXPECT_EQ(read_with(before).response.status, 200U);
    pull(type);
    EXPECT_EQ(counters(type).injected, 1U);
    const fhir::answer dead = read_with(before);
    EXPECT_EQ(dead.response.status, 401U);
    EXPECT_EQ(dead.rule, type + "/" + type);
    EXPECT_EQ(read_with(log_in()).response.status, 200U);
    EXPECT_TRUE(board.remove(type));
    EXPECT_EQ(read_with(before).response.status, 401U) << "what is done stays done";
    site.identity().expire_tokens("end of this round");
  }
}

TEST_F(IdentityLevers, AnOutageOfTheTokenEndpointLeavesTokensAlone) {
  const std::string before = log_in();
  pull("token_outage", "{}", 10s);
  const fhir::answer down = ask_token();
  EXPECT_EQ(down.response.status, 503U);
  EXPECT_EQ(down.response.fields.get("Content-Type"), "text/html; charset=us-ascii");
  EXPECT_NE(down.response.body.find("HTTP Error 503. The service is unavailable."), std::string::npos);
  EXPECT_EQ(down.rule, "token_outage/token_outage");
  EXPECT_EQ(read_with(before).response.status, 200U);
  EXPECT_EQ(counters("token_outage").touched, 1U) << "only requests for a token";
  pass(10s);
  log_in();
  pull("token_outage", R"({"mode":"timeout"})");
  EXPECT_EQ(ask_token().response.status, 408U);
}

TEST_F(IdentityLevers, AClockThatIsOffRefusesWhatIsInTimeAndTellsItsOwnTime) {
  pull("clock_skew", R"({"by":"90s","direction":"behind"})", 10s);
  const fhir::answer early = ask_token();
  EXPECT_EQ(early.response.body, invalid_client) << "issued 30 s ago: a minute ahead of Epic's clock";
  EXPECT_EQ(early.response.fields.get("Date"), fhir::format_http_date(rt.wall() - 90s));
  ASSERT_TRUE(board.remove("clock_skew"));
  pull("clock_skew", R"({"by":"5m"})", 10s);
  EXPECT_EQ(ask_token().response.body, invalid_client) << "expired by Epic's clock";
  EXPECT_EQ(counters("clock_skew").injected, 1U);
  pass(10s);
  const fhir::answer good = ask_token();
  EXPECT_EQ(good.response.status, 200U);
  EXPECT_FALSE(good.response.fields.contains("Date")) << "the transport's own";
}

TEST_F(IdentityLevers, AnOlderKeySetKnowsNoKeyAndAFrozenOneNoNewKey) {
  pull("jwks_stale", "{}", 10s);
  EXPECT_EQ(ask_token().response.body, invalid_client);
  pass(10s);
  log_in();

  const signing_key fresh = signing_key::ec("k2", "P-384");
  pull("jwks_stale", R"({"age":"frozen"})", 10s);
  site.authority().register_client({"client-1", json::value(key_set({fresh.jwk()}))});
  site.authority().register_client({"client-2", json::value(key_set({fresh.jwk()}))});
  log_in();
  pass(10s);
  EXPECT_EQ(board.active(), nullptr);
  EXPECT_EQ(ask_token().response.body, invalid_client) << "the set registered meanwhile counts now";
}

TEST_F(IdentityLevers, RotatedKeysNoLongerVerifyAndNewOnesDo) {
  pull("key_rotation", R"({"of":"client-1"})", 10s);
  EXPECT_EQ(ask_token().response.body, invalid_client);
  const signing_key fresh = signing_key::ec("k1", "P-384");
  site.authority().register_client({"client-1", json::value(key_set({fresh.jwk()}))});
  http::request r = token_request();
  assertion a;
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(rt.wall().time_since_epoch()).count();
  a.claims = json::object{{"iss", "client-1"}, {"sub", "client-1"}, {"jti", "other"}, {"exp", now + 240}};
  a.claims.set("aud", "http://ehr.example" + std::string(token_path));
  r.body = token_form(make_jwt(fresh, std::move(a)));
  EXPECT_EQ(ask(r).response.status, 200U);
  site.authority().register_client({"client-1", json::value(key_set({lever_client_key().jwk()}))});
  EXPECT_EQ(ask_token().response.body, invalid_client) << "the same key again is the same key";
  pass(10s);
  log_in();
  EXPECT_NE(refused("key_rotation", R"({"of":"nobody"})").find("no client is registered as nobody"),
            std::string::npos);
}

TEST_F(IdentityLevers, ALostScopeIsNotGrantedAndNotHonoured) {
  const std::string before = log_in();
  ASSERT_NE(scope.find("system/Patient.crs"), std::string::npos) << scope;
  pull("scope_loss", R"({"scope":"system/Patient.read"})", 10s);
  const fhir::answer refused = read_with(before);
  EXPECT_EQ(refused.response.status, 403U);
  EXPECT_EQ(refused.response.body, "");
  EXPECT_EQ(
      refused.response.fields.get("WWW-Authenticate"),
      "Bearer error=\"insufficient_scope\", error_description=\"The access token provided is valid, but "
      "is not authorized for this service\"");
  EXPECT_EQ(read_with(before, "/Condition?patient=" + patient()).response.status, 200U);
  log_in();
  EXPECT_NE(scope.find("system/Patient.c "), std::string::npos) << "the rest of it stays: " << scope;
  EXPECT_NE(scope.find("system/Condition.crs"), std::string::npos) << scope;
  pass(10s);
  EXPECT_EQ(read_with(before).response.status, 200U);
  for (const std::string_view bad : {R"({"scope":"openid"})", R"({"scope":"system/Nothing.read"})",
                                     R"({"scope":"system/Patient.x"})", R"({"scope":"a/Patient.read"})"})
    EXPECT_NE(IdentityLevers::refused("scope_loss", bad).find("write one scope"), std::string::npos) << bad;
}

}  // namespace
}  // namespace epicenter::mock::test
