#include "mock-epic/oauth/signature.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>
#include <optional>

#include "mock-epic/oauth/base64url.hpp"

namespace epicenter::mock::oauth {
namespace {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using bignum = std::unique_ptr<BIGNUM, freer<BN_free>>;
using key = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, freer<EVP_PKEY_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>>;
using builder = std::unique_ptr<OSSL_PARAM_BLD, freer<OSSL_PARAM_BLD_free>>;
using parameters = std::unique_ptr<OSSL_PARAM, freer<OSSL_PARAM_free>>;
using ecdsa_signature = std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>>;

struct algorithm {
  std::string_view name;
  std::string_view key_type;
  const EVP_MD* (*digest)();
  std::string_view curve;       ///< as JWKs name it
  const char* group;            ///< as OpenSSL names it
  std::size_t coordinate_size;  ///< bytes
};
constexpr auto algorithms = std::to_array<algorithm>({
    {"RS256", "RSA", EVP_sha256, "", nullptr, 0},
    {"RS384", "RSA", EVP_sha384, "", nullptr, 0},
    {"RS512", "RSA", EVP_sha512, "", nullptr, 0},
    {"ES256", "EC", EVP_sha256, "P-256", "P-256", 32},
    {"ES384", "EC", EVP_sha384, "P-384", "P-384", 48},
});

const algorithm* find_algorithm(std::string_view name) {
  for (const algorithm& one : algorithms)
    if (one.name == name) return &one;
  return nullptr;
}

const unsigned char* bytes_of(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

bignum number_of(std::string_view big_endian) {
  return bignum(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

/// 8,192 bits: a longer key would take the server's time, and no one uses it.
constexpr std::size_t max_member_bytes = 1366;

std::optional<std::string> member(const json::value& jwk, std::string_view name) {
  const std::string_view text = jwk.string_at(name);
  if (text.empty() || text.size() > max_member_bytes) return std::nullopt;
  return decode_base64url(text);
}

key make_key(const char* type, OSSL_PARAM_BLD* parts) {
  const parameters made(OSSL_PARAM_BLD_to_param(parts));
  const key_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* result = nullptr;
  if (!made || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
      EVP_PKEY_fromdata(context.get(), &result, EVP_PKEY_PUBLIC_KEY, made.get()) <= 0)
    return nullptr;
  return key(result);
}

key make_rsa(const json::value& jwk) {
  const auto n = member(jwk, "n");
  const auto e = member(jwk, "e");
  if (!n || !e) return nullptr;
  const bignum modulus = number_of(*n);
  const bignum exponent = number_of(*e);
  const builder parts(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !parts || BN_num_bits(modulus.get()) < 2048 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  return make_key("RSA", parts.get());
}

key make_ec(const algorithm& alg, const json::value& jwk) {
  const auto x = member(jwk, "x");
  const auto y = member(jwk, "y");
  if (jwk.string_at("crv") != alg.curve || !x || !y || x->size() != alg.coordinate_size ||
      y->size() != alg.coordinate_size)
    return nullptr;
  const std::string point = "\x04" + *x + *y;
  const builder parts(OSSL_PARAM_BLD_new());
  if (!parts || OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, alg.group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return make_key("EC", parts.get());
}

/// JWS writes r||s, OpenSSL reads DER.
std::optional<std::string> to_der(const algorithm& alg, std::string_view raw) {
  if (raw.size() != 2 * alg.coordinate_size) return std::nullopt;
  bignum r = number_of(raw.substr(0, alg.coordinate_size));
  bignum s = number_of(raw.substr(alg.coordinate_size));
  const ecdsa_signature pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  r.release();  // the pair owns them now
  s.release();
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return std::nullopt;
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = static_cast<unsigned char*>(static_cast<void*>(der.data()));
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

}  // namespace

bool is_allowed_algorithm(std::string_view alg) {
  return find_algorithm(alg) != nullptr;
}

std::string_view key_type_of(std::string_view alg) {
  const algorithm* known = find_algorithm(alg);
  return known ? known->key_type : std::string_view{};
}

verdict verify_signature(std::string_view alg_name, const json::value& jwk, std::string_view signed_text,
                         std::string_view signature) {
  const algorithm* alg = find_algorithm(alg_name);
  if (!alg) return verdict::bad_key;
  const bool ec = alg->key_type == "EC";
  const key public_key = ec ? make_ec(*alg, jwk) : make_rsa(jwk);
  if (!public_key) return verdict::bad_key;
  std::optional<std::string> der;
  if (ec) {
    der = to_der(*alg, signature);
    if (!der) return verdict::bad_signature;
    signature = *der;
  }
  const digest_context context(EVP_MD_CTX_new());
  const bool good =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, alg->digest(), nullptr, public_key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(signed_text),
                       signed_text.size()) == 1;
  return good ? verdict::good : verdict::bad_signature;
}

}  // namespace epicenter::mock::oauth
