#include <gtest/gtest.h>

#include <epicenter/json/write.hpp>
#include <epicenter/smart/assertion.hpp>
#include <epicenter/smart/base64url.hpp>

#include "lib/epicenter/smart/tests/jwt_reader.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {
namespace {

const assertion_claims claims{"client-1", "https://epic.example/oauth2/token", "jti-1"};
const wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h + 900ms};

TEST(assertion, verifies_against_the_published_key_in_every_algorithm) {
  for (const auto a :
       {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::es256, algorithm::es384}) {
    const auto key = private_key::from_pem(*test_key(a).to_pem(), a, "2026-a");
    ASSERT_TRUE(key.has_value()) << key.error().message();
    for (int i = 0; i != 20; ++i) {  // r and s are short now and then: their width must not be
      const auto token = make_assertion(*key, claims, noon);
      ASSERT_TRUE(token.has_value());
      jwt_parts read = take_apart(token->reveal());
      EXPECT_TRUE(verifies(read, key->public_jwk())) << to_string(a);
      EXPECT_EQ(json::write(read.header),
                R"({"alg":")" + std::string(to_string(a)) + R"(","typ":"JWT","kid":"2026-a"})");
      read.signed_text.back() ^= 1;
      EXPECT_FALSE(verifies(read, key->public_jwk()));
    }
  }
}

TEST(assertion, claims_bear_a_clock_that_is_off_by_half_a_minute) {
  const auto token = make_assertion(test_key(algorithm::es384), claims, noon);
  const json::value read = take_apart(token->reveal()).claims;
  const std::int64_t now = 1767614400;
  EXPECT_EQ(read.string_at("iss"), "client-1");
  EXPECT_EQ(read.string_at("sub"), "client-1");
  EXPECT_EQ(read.string_at("aud"), claims.audience);
  EXPECT_EQ(read.string_at("jti"), "jti-1");
  EXPECT_EQ(*read.find("iat")->to_int64(), now - 30);
  EXPECT_EQ(*read.find("nbf")->to_int64(), now - 30);
  EXPECT_EQ(*read.find("exp")->to_int64(), now + 240);
}

TEST(assertion, names_the_key_set_where_it_is_registered) {
  assertion_claims named = claims;
  named.jku = "https://hospital.example/jwks.json";
  const auto with = take_apart(make_assertion(test_key(algorithm::es384), named, noon)->reveal());
  EXPECT_EQ(with.header.string_at("jku"), named.jku);
  EXPECT_TRUE(verifies(with, test_key(algorithm::es384).public_jwk()));
  const auto without = take_apart(make_assertion(test_key(algorithm::es384), claims, noon)->reveal());
  EXPECT_EQ(without.header.find("jku"), nullptr);
}

TEST(assertion, refuses_claims_epic_would_refuse) {
  const auto& key = test_key(algorithm::es384);
  assertion_claims bad = claims;
  bad.jti = std::string(152, 'j');
  EXPECT_EQ(make_assertion(key, bad, noon).error().code(), make_error_code(errc::bad_claims));
  bad.jti.pop_back();
  EXPECT_TRUE(make_assertion(key, bad, noon).has_value());
  bad.client_id.clear();
  EXPECT_EQ(make_assertion(key, bad, noon).error().code(), make_error_code(errc::bad_claims));
}

TEST(key, refuses_what_does_not_fit_and_never_quotes_it) {
  const auto refused = [](const secret& pem, algorithm a) { return private_key::from_pem(pem, a).error(); };
  EXPECT_EQ(refused(*test_key(algorithm::es384).to_pem(), algorithm::rs384).code(),
            make_error_code(errc::wrong_key_type));
  EXPECT_EQ(refused(*test_key(algorithm::es384).to_pem(), algorithm::es256).code(),
            make_error_code(errc::wrong_key_type));
  EXPECT_EQ(refused(*test_key(algorithm::rs384).to_pem(), algorithm::es384).code(),
            make_error_code(errc::wrong_key_type));
  const secret junk(std::string("-----BEGIN PRIVATE ") + "KEY-----\nhunter2\n");
  EXPECT_EQ(refused(junk, algorithm::es384).code(), make_error_code(errc::bad_key));
  EXPECT_EQ(refused(junk, algorithm::es384).message().find("hunter2"), std::string::npos);
  EXPECT_EQ(refused(secret(), algorithm::es384).code(), make_error_code(errc::bad_key));
}

TEST(key, the_published_set_has_no_private_member) {
  const std::array<private_key, 2> both{test_key(algorithm::es384), test_key(algorithm::rs384)};
  const json::value set = jwks(both);
  ASSERT_EQ(set.find("keys")->if_array()->size(), 2U);
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi"}) {
    EXPECT_EQ(set.at_path(std::string("keys.0.") + member), nullptr);
    EXPECT_EQ(set.at_path(std::string("keys.1.") + member), nullptr);
  }
  EXPECT_EQ(set.string_at("keys.0.crv"), "P-384");
  EXPECT_EQ(set.string_at("keys.0.x").size(), 64U);
  EXPECT_EQ(set.string_at("keys.1.e"), "AQAB");
  EXPECT_EQ(set.string_at("keys.1.kid"), test_key(algorithm::rs384).thumbprint());
  EXPECT_EQ(set.string_at("keys.1.kid").size(), 43U);
}

TEST(key, algorithms_go_by_their_registered_names) {
  EXPECT_EQ(*parse_algorithm("RS384"), algorithm::rs384);
  EXPECT_FALSE(parse_algorithm("none").has_value());
  EXPECT_FALSE(parse_algorithm("HS256").has_value());
  EXPECT_EQ(base64url("\x03\xec\xff\xe0\xc1"), "A-z_4ME");  // RFC 7515, appendix C
  EXPECT_EQ(base64url(""), "");
}

}  // namespace
}  // namespace epicenter::smart
