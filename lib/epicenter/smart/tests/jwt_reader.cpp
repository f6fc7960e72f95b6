#include "lib/epicenter/smart/tests/jwt_reader.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <epicenter/json/parse.hpp>

namespace epicenter::smart {
namespace {

EVP_PKEY* import_jwk(const json::value& jwk) {
  OSSL_PARAM_BLD* const builder = OSSL_PARAM_BLD_new();
  const bool rsa = jwk.string_at("kty") == "RSA";
  const auto bytes = [&jwk](const char* name) { return unbase64url(jwk.string_at(name)); };
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

}  // namespace

std::string unbase64url(std::string_view text) {
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

jwt_parts take_apart(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  return {*json::parse(unbase64url(token.substr(0, first))),
          *json::parse(unbase64url(token.substr(first + 1, second - first - 1))),
          std::string(token.substr(0, second)), unbase64url(token.substr(second + 1))};
}

bool verifies(const jwt_parts& token, const json::value& jwk) {
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

}  // namespace epicenter::smart
