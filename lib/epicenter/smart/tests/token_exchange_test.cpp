#include <gtest/gtest.h>

#include <epicenter/http/url.hpp>
#include <epicenter/smart/token_exchange.hpp>

namespace epicenter::smart {
namespace {

http::response answer(unsigned status, std::string body) {
  http::response made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

error refused(unsigned status, std::string body) {
  const auto parsed = parse_token_response(answer(status, std::move(body)));
  EXPECT_FALSE(parsed.has_value());
  return parsed ? error(make_error_code(errc::stopped)) : parsed.error();
}

TEST(token_exchange, the_request_is_the_form_epic_documents) {
  const auto made = make_token_request("/oauth2/token", secret("a.b.c"));
  EXPECT_EQ(made.method, "POST");
  EXPECT_EQ(made.target, "/oauth2/token");
  EXPECT_EQ(made.fields.get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(made.fields.get("Accept"), "application/json");
  EXPECT_EQ(made.body,
            "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-"
            "assertion-type"
            "%3Ajwt-bearer&client_assertion=a.b.c");
  const auto scoped = http::decode_form(make_token_request("/t", secret("a"), "system/*.rs x").body);
  EXPECT_EQ(scoped->back().second, "system/*.rs x");
}

TEST(token_exchange, reads_every_spelling_of_a_grant) {
  for (const char* type : {"bearer", "Bearer", "BEARER"}) {
    const auto grant = parse_token_response(
        answer(200, R"({"access_token":"t0k","token_type":")" + std::string(type) +
                        R"(","expires_in":3600,"scope":"Patient.read system/Observation.write  )"
                        R"(system/Condition.c?category=http://x/y|problem-list-item system/Claim.cu"})"));
    ASSERT_TRUE(grant.has_value()) << grant.error().message();
    EXPECT_EQ(grant->access_token.reveal(), "t0k");
    EXPECT_EQ(grant->expires_in, 3600s);
    const std::vector<std::string> scopes{"Patient.read", "system/Observation.write",
                                          "system/Condition.c?category=http://x/y|problem-list-item",
                                          "system/Claim.cu"};
    EXPECT_EQ(grant->scopes, scopes);
  }
}

TEST(token_exchange, tells_refusal_trouble_and_nonsense_apart) {
  const auto invalid = refused(400, R"({"error":"invalid_client","error_description":null})");
  EXPECT_EQ(invalid.code(), make_error_code(errc::refused));
  EXPECT_EQ(invalid.detail(), "400 invalid_client");
  EXPECT_EQ(refused(400, R"({"error":"assertion eyJ0 leaked"})").detail(), "400 no known error code");
  EXPECT_EQ(refused(401, "").code(), make_error_code(errc::refused));
  for (const unsigned status : {408U, 429U, 500U, 502U, 503U})
    EXPECT_EQ(refused(status, "<html>").code(), make_error_code(errc::unavailable));
  for (const char* body :
       {"", "<html></html>", "[]", "{}", R"({"access_token":"t","token_type":"mac","expires_in":9})",
        R"({"access_token":"t","token_type":"bearer"})",
        R"({"access_token":"t","token_type":"bearer","expires_in":0})",
        R"({"access_token":"t","token_type":"bearer","expires_in":-5})",
        R"({"access_token":"t","token_type":"bearer","expires_in":9223372036854775807})",
        R"({"access_token":"","token_type":"bearer","expires_in":9})",
        R"({"access_token":"t\r\nX-Evil: 1","token_type":"bearer","expires_in":9})"}) {
    const auto why = refused(200, body);
    EXPECT_EQ(why.code(), make_error_code(errc::malformed)) << body;
    EXPECT_EQ(why.message().find("Evil"), std::string::npos);
  }
  EXPECT_EQ(refused(302, "").code(), make_error_code(errc::malformed));
}

}  // namespace
}  // namespace epicenter::smart
