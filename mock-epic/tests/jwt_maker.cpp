#include "mock-epic/tests/jwt_maker.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <epicenter/http/url.hpp>
#include <epicenter/json/write.hpp>
#include <stdexcept>
#include <vector>

namespace epicenter::mock::test {
namespace {

void require(bool good) {
  if (!good) throw std::runtime_error("OpenSSL refused what a test asked of it");
}

EVP_PKEY* pkey(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

std::string text_of(const std::vector<unsigned char>& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string number(const std::shared_ptr<void>& key, const char* name, std::size_t width) {
  BIGNUM* value = nullptr;
  require(EVP_PKEY_get_bn_param(pkey(key), name, &value) == 1);
  std::vector<unsigned char> bytes(width > 0 ? width : static_cast<std::size_t>(BN_num_bytes(value)));
  require(BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size())) > 0);
  BN_free(value);
  return text_of(bytes);
}

const EVP_MD* digest_of(std::string_view alg) {
  if (alg.ends_with("256")) return EVP_sha256();
  return alg.ends_with("512") ? EVP_sha512() : EVP_sha384();
}

}  // namespace

signing_key signing_key::rsa(std::string kid, unsigned bits) {
  signing_key made(std::move(kid));
  made.key_ =
      std::shared_ptr<void>(EVP_RSA_gen(bits), [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
  require(made.key_ != nullptr);
  return made;
}

signing_key signing_key::ec(std::string kid, const char* curve) {
  signing_key made(std::move(kid));
  made.key_ =
      std::shared_ptr<void>(EVP_EC_gen(curve), [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
  require(made.key_ != nullptr);
  made.coordinate_ = std::string_view(curve) == "P-256" ? 32 : 48;
  return made;
}

json::object signing_key::jwk() const {
  json::object made;
  made.set("kid", kid_);
  if (coordinate_ == 0) {
    made.set("kty", "RSA");
    made.set("n", encode_base64url(number(key_, OSSL_PKEY_PARAM_RSA_N, 0)));
    made.set("e", encode_base64url(number(key_, OSSL_PKEY_PARAM_RSA_E, 0)));
    return made;
  }
  made.set("kty", "EC");
  made.set("crv", coordinate_ == 32 ? "P-256" : "P-384");
  made.set("x", encode_base64url(number(key_, OSSL_PKEY_PARAM_EC_PUB_X, coordinate_)));
  made.set("y", encode_base64url(number(key_, OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_)));
  return made;
}

std::string signing_key::sign(std::string_view alg, std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* input = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
  std::size_t size = 0;
  require(EVP_DigestSignInit(context.get(), nullptr, digest_of(alg), nullptr, pkey(key_)) == 1);
  require(EVP_DigestSign(context.get(), nullptr, &size, input, text.size()) == 1);
  std::vector<unsigned char> bytes(size);
  require(EVP_DigestSign(context.get(), bytes.data(), &size, input, text.size()) == 1);
  bytes.resize(size);
  if (coordinate_ == 0) return text_of(bytes);
  const unsigned char* der = bytes.data();
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(bytes.size()));
  require(pair != nullptr);
  std::vector<unsigned char> raw(2 * coordinate_);
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), static_cast<int>(coordinate_));
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + coordinate_, static_cast<int>(coordinate_));
  ECDSA_SIG_free(pair);
  return text_of(raw);
}

std::string encode_base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = (pending << 8) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(pending >> bits) & 63U];
    }
    pending &= (1U << bits) - 1;
  }
  if (bits > 0) text += alphabet[(pending << (6 - bits)) & 63U];
  return text;
}

json::object key_set(std::initializer_list<json::object> keys) {
  json::array list;
  for (const json::object& key : keys) list.emplace_back(key);
  json::object made;
  made.set("keys", std::move(list));
  return made;
}

std::string make_jwt(const signing_key& key, assertion a) {
  if (!a.header.contains("alg")) a.header.set("alg", a.alg);
  if (!a.header.contains("kid")) a.header.set("kid", key.kid());
  const std::string text =
      encode_base64url(json::write(a.header)) + "." + encode_base64url(json::write(a.claims));
  return text + "." + encode_base64url(key.sign(a.alg, text));
}

std::string token_form(std::string_view jwt) {
  return http::encode_form(
      {{"grant_type", "client_credentials"},
       {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
       {"client_assertion", std::string(jwt)}});
}

}  // namespace epicenter::mock::test
