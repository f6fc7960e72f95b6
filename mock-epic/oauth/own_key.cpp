#include "mock-epic/oauth/own_key.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>
#include <vector>

#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/secret_hash.hpp"
#include "mock-epic/oauth/signature.hpp"

namespace epicenter::mock::oauth {
namespace {

constexpr std::string_view algorithm = "RS384";

EVP_PKEY* pkey(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> read_key() {
  const std::string_view pem = public_test_key_pem();
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                 BIO_free);
  EPICENTER_CHECK(text != nullptr, "OpenSSL has memory");
  return {PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr),
          [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }};
}

std::string number(const std::shared_ptr<void>& key, const char* name) {
  BIGNUM* value = nullptr;
  EPICENTER_CHECK(EVP_PKEY_get_bn_param(pkey(key), name, &value) == 1, "an RSA key has n and e");
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(value)));
  BN_bn2bin(value, bytes.data());
  BN_free(value);
  return encode_base64url(std::string(bytes.begin(), bytes.end()));
}

json::object key_set_of(const std::shared_ptr<void>& key) {
  json::object jwk;
  const std::string n = number(key, OSSL_PKEY_PARAM_RSA_N);
  jwk.set("kty", "RSA");
  jwk.set("kid", encode_base64url(sha256(n)));
  jwk.set("use", "sig");
  jwk.set("alg", algorithm);
  jwk.set("n", n);
  jwk.set("e", number(key, OSSL_PKEY_PARAM_RSA_E));
  json::array keys;
  keys.emplace_back(std::move(jwk));
  json::object made;
  made.set("keys", std::move(keys));
  return made;
}

}  // namespace

own_key::own_key() : key_(read_key()) {
  EPICENTER_CHECK(key_ != nullptr, "the test key is a key");
  jwks_ = key_set_of(key_);
}

std::string own_key::sign(const json::object& claims) const {
  json::object header;
  header.set("alg", algorithm);
  header.set("typ", "JWT");
  header.set("kid", json::value(jwks_).string_at("keys.0.kid"));
  std::string text = encode_base64url(json::write(header)) + "." + encode_base64url(json::write(claims));
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* input = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
  std::vector<unsigned char> bytes(512);
  std::size_t size = bytes.size();
  EPICENTER_CHECK(context &&
                      EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, pkey(key_)) == 1 &&
                      EVP_DigestSign(context.get(), bytes.data(), &size, input, text.size()) == 1,
                  "the test key signs");
  return text + "." +
         encode_base64url(std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
}

bool own_key::verifies(std::string_view jwt) const {
  const std::size_t last = jwt.rfind('.');
  if (last == std::string_view::npos) return false;
  const auto signature = decode_base64url(jwt.substr(last + 1));
  const json::value keys(jwks_);
  return signature && verify_signature(algorithm, *keys.at_path("keys.0"), jwt.substr(0, last), *signature) ==
                          verdict::good;
}

}  // namespace epicenter::mock::oauth
