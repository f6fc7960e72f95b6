#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/smart/assertion.hpp>
#include <epicenter/smart/base64url.hpp>

namespace epicenter::smart {
namespace {

// Everything below reads a token as a server would: from its text and the public JWK only.
std::string unbase64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    bits = bits << 6U | static_cast<unsigned>(alphabet.find(c));
    have += 6;
    if (have >= 8) out += static_cast<char>(bits >> (have -= 8) & 255U);
  }
  return out;
}

struct parts {
  json::value header, claims;
  std::string signed_text, signature;
};

parts take_apart(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  return {*json::parse(unbase64(token.substr(0, first))),
          *json::parse(unbase64(token.substr(first + 1, second - first - 1))),
          std::string(token.substr(0, second)), unbase64(token.substr(second + 1))};
}

EVP_PKEY* import_jwk(const json::value& jwk) {
  OSSL_PARAM_BLD* const builder = OSSL_PARAM_BLD_new();
  const bool rsa = jwk.string_at("kty") == "RSA";
  const auto bytes = [&jwk](const char* name) { return unbase64(jwk.string_at(name)); };
  const auto number = [](const std::string& b) {
    return BN_bin2bn(reinterpret_cast<const unsigned char*>(b.data()), static_cast<int>(b.size()), nullptr);
  };
  BIGNUM* const n = rsa ? number(bytes("n")) : nullptr;
  BIGNUM* const e = rsa ? number(bytes("e")) : nullptr;
  const std::string curve(jwk.string_at("crv"));  // the builder keeps pointers until the parameters are made
  const std::string point = "\x04" + bytes("x") + bytes("y");
  if (rsa) {
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
  } else {
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  }
  OSSL_PARAM* const parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, rsa ? "RSA" : "EC", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(n);
  BN_free(e);
  return key;
}

std::string to_der(const std::string& raw) {
  const auto* const at = reinterpret_cast<const unsigned char*>(raw.data());
  const int half = static_cast<int>(raw.size() / 2);
  ECDSA_SIG* const pair = ECDSA_SIG_new();
  ECDSA_SIG_set0(pair, BN_bin2bn(at, half, nullptr), BN_bin2bn(at + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  ECDSA_SIG_free(pair);
  return out;
}

bool verifies(const parts& token, const json::value& jwk) {
  EVP_PKEY* const key = import_jwk(jwk);
  if (key == nullptr) return false;
  const std::string_view alg = jwk.string_at("alg");
  const EVP_MD* const digest = alg.ends_with("256")   ? EVP_sha256()
                               : alg.ends_with("384") ? EVP_sha384()
                                                      : EVP_sha512();
  const std::string signature = alg.starts_with("ES") ? to_der(token.signature) : token.signature;
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(signature.data());
  const auto* const text = reinterpret_cast<const unsigned char*>(token.signed_text.data());
  const bool good = EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
                    EVP_DigestVerify(context, bytes, signature.size(), text, token.signed_text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return good;
}

const private_key& key_of(algorithm a) {
  static const private_key rsa = *generate_test_key(algorithm::rs384);
  static const private_key p384 = *generate_test_key(algorithm::es384);
  static const private_key p256 = *generate_test_key(algorithm::es256);
  return a == algorithm::es384 ? p384 : a == algorithm::es256 ? p256 : rsa;
}

const assertion_claims claims{"client-1", "https://epic.example/oauth2/token", "jti-1"};
const wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h + 900ms};

TEST(assertion, verifies_against_the_published_key_in_every_algorithm) {
  for (const auto a :
       {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::es256, algorithm::es384}) {
    const auto key = private_key::from_pem(*key_of(a).to_pem(), a, "2026-a");
    ASSERT_TRUE(key.has_value()) << key.error().message();
    for (int i = 0; i != 20; ++i) {  // r and s are short now and then: their width must not be
      const auto token = make_assertion(*key, claims, noon);
      ASSERT_TRUE(token.has_value());
      parts read = take_apart(token->reveal());
      EXPECT_TRUE(verifies(read, key->public_jwk())) << to_string(a);
      EXPECT_EQ(json::write(read.header),
                R"({"alg":")" + std::string(to_string(a)) + R"(","typ":"JWT","kid":"2026-a"})");
      read.signed_text.back() ^= 1;
      EXPECT_FALSE(verifies(read, key->public_jwk()));
    }
  }
}

TEST(assertion, claims_bear_a_clock_that_is_off_by_half_a_minute) {
  const auto token = make_assertion(key_of(algorithm::es384), claims, noon);
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

TEST(assertion, refuses_claims_epic_would_refuse) {
  const auto& key = key_of(algorithm::es384);
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
  EXPECT_EQ(refused(*key_of(algorithm::es384).to_pem(), algorithm::rs384).code(),
            make_error_code(errc::wrong_key_type));
  EXPECT_EQ(refused(*key_of(algorithm::es384).to_pem(), algorithm::es256).code(),
            make_error_code(errc::wrong_key_type));
  EXPECT_EQ(refused(*key_of(algorithm::rs384).to_pem(), algorithm::es384).code(),
            make_error_code(errc::wrong_key_type));
  const secret junk(std::string("-----BEGIN PRIVATE ") + "KEY-----\nhunter2\n");
  EXPECT_EQ(refused(junk, algorithm::es384).code(), make_error_code(errc::bad_key));
  EXPECT_EQ(refused(junk, algorithm::es384).message().find("hunter2"), std::string::npos);
  EXPECT_EQ(refused(secret(), algorithm::es384).code(), make_error_code(errc::bad_key));
}

TEST(key, the_published_set_has_no_private_member) {
  const std::array<private_key, 2> both{key_of(algorithm::es384), key_of(algorithm::rs384)};
  const json::value set = jwks(both);
  ASSERT_EQ(set.find("keys")->if_array()->size(), 2U);
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi"}) {
    EXPECT_EQ(set.at_path(std::string("keys.0.") + member), nullptr);
    EXPECT_EQ(set.at_path(std::string("keys.1.") + member), nullptr);
  }
  EXPECT_EQ(set.string_at("keys.0.crv"), "P-384");
  EXPECT_EQ(set.string_at("keys.0.x").size(), 64U);
  EXPECT_EQ(set.string_at("keys.1.e"), "AQAB");
  EXPECT_EQ(set.string_at("keys.1.kid"), key_of(algorithm::rs384).thumbprint());
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
