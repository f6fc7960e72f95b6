#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/smart/base64url.hpp>
#include <epicenter/smart/key.hpp>

namespace epicenter::smart {
namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using digest_context_ptr = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;
using signature_ptr = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;

constexpr std::size_t max_pem_bytes = 64 * 1024;

struct traits {
  std::string_view name;
  const EVP_MD* (*digest)();
  std::size_t coordinate;  // bytes of r, s, x, y; 0 for RSA
  const char* curve;       // OpenSSL's name
  const char* crv;         // the JWK's name
};

const traits& of(algorithm a) {
  static constexpr std::array<traits, 5> table{{
      {"RS256", EVP_sha256, 0, nullptr, nullptr},
      {"RS384", EVP_sha384, 0, nullptr, nullptr},
      {"RS512", EVP_sha512, 0, nullptr, nullptr},
      {"ES256", EVP_sha256, 32, "prime256v1", "P-256"},
      {"ES384", EVP_sha384, 48, "secp384r1", "P-384"},
  }};
  return table.at(static_cast<std::size_t>(a));
}

// The library's queue of errors is per thread and must not leak into the next call; its texts may quote
// input.
tl::unexpected<error> crypto_failure(errc code, std::string detail) {
  ERR_clear_error();
  return fail(code, std::move(detail));
}

// Without this OpenSSL would ask for the password of an encrypted key on the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

std::string number_bytes(const EVP_PKEY* key, const char* parameter, std::size_t width) {
  BIGNUM* raw = nullptr;
  const bool found = EVP_PKEY_get_bn_param(key, parameter, &raw) == 1;
  const number_ptr number(raw);
  EPICENTER_CHECK(found, "a key that was accepted has its public numbers");
  const std::size_t size = width != 0 ? width : static_cast<std::size_t>(BN_num_bytes(number.get()));
  std::string bytes(size, '\0');
  const int written =
      BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  EPICENTER_CHECK(written >= 0, "a coordinate fits its curve");
  return bytes;
}

std::string base64_number(const EVP_PKEY* key, const char* parameter, std::size_t width) {
  return base64url(number_bytes(key, parameter, width));
}

// Only the members that RFC 7638 hashes, in the order in which it hashes them.
json::object essential_members(const EVP_PKEY* key, algorithm a) {
  const traits& kind = of(a);
  json::object members;
  if (kind.coordinate == 0) {
    members.set("e", base64_number(key, OSSL_PKEY_PARAM_RSA_E, 0));
    members.set("kty", "RSA");
    members.set("n", base64_number(key, OSSL_PKEY_PARAM_RSA_N, 0));
  } else {
    members.set("crv", kind.crv);
    members.set("kty", "EC");
    members.set("x", base64_number(key, OSSL_PKEY_PARAM_EC_PUB_X, kind.coordinate));
    members.set("y", base64_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, kind.coordinate));
  }
  return members;
}

result<> check_fits(const EVP_PKEY* key, algorithm a) {
  const traits& kind = of(a);
  const std::string name(kind.name);
  if (kind.coordinate == 0) {
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
      return fail(errc::wrong_key_type, name + " needs an RSA key");
    if (EVP_PKEY_get_bits(key) < 2048) return fail(errc::bad_key, "an RSA key needs 2048 bits at least");
    return {};
  }
  std::array<char, 64> group{};
  std::size_t size = 0;
  const bool right = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
                     EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
                     std::string_view(group.data(), size) == kind.curve;
  if (!right) return crypto_failure(errc::wrong_key_type, name + " needs a key on " + kind.crv);
  return {};
}

// What people put there by mistake. Nothing of the text itself may be repeated.
std::string why_unreadable(std::string_view text) {
  if (text.find("ENCRYPTED") != std::string_view::npos) return "the PEM is encrypted; store it decrypted";
  if (text.find("-----BEGIN CERTIFICATE") != std::string_view::npos)
    return "this is a certificate, not a private key";
  if (text.find("-----BEGIN PUBLIC KEY") != std::string_view::npos)
    return "this is a public key, not a private one";
  return "not an unencrypted PEM private key";
}

result<pkey_ptr> read_pem(const secret& pem) {
  const std::string_view text = pem.reveal();
  if (text.size() > max_pem_bytes) return fail(errc::bad_key, "longer than any PEM of one key");
  const bio_ptr source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!source) return crypto_failure(errc::crypto_failed, "no memory");
  pkey_ptr key(PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr));
  if (!key) return crypto_failure(errc::bad_key, why_unreadable(text));
  return key;
}

result<> check_kid(std::string_view kid) {
  const bool visible = std::all_of(kid.begin(), kid.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible || kid.size() > 256)
    return fail(errc::bad_key, "a kid has up to 256 visible ASCII characters");
  return {};
}

result<algorithm> algorithm_for(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return algorithm::rs384;
  for (const auto a : {algorithm::es256, algorithm::es384})
    if (check_fits(key, a)) return a;
  return fail(errc::wrong_key_type, "Epic takes RSA, P-256 and P-384");
}

// ECDSA signatures come as DER; a JWS has r and s with fixed widths side by side (RFC 7518, section 3.4).
result<std::string> raw_signature(const std::string& der, std::size_t width) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const signature_ptr pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!pair) return crypto_failure(errc::crypto_failed, "reading the signature back");
  std::string raw(2 * width, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(raw.data());
  const int size = static_cast<int>(width);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, size) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + width, size) < 0)
    return crypto_failure(errc::crypto_failed, "the signature is wider than its curve");
  return raw;
}

}  // namespace

struct private_key::material {
  pkey_ptr key;
};

std::string_view to_string(algorithm a) {
  return of(a).name;
}

result<algorithm> parse_algorithm(std::string_view name) {
  for (const auto a :
       {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::es256, algorithm::es384})
    if (of(a).name == name) return a;
  return fail(errc::unknown_algorithm);
}

private_key::private_key(std::shared_ptr<const material> m, algorithm a, std::string kid)
    : material_(std::move(m)), algorithm_(a), kid_(std::move(kid)) {
  if (kid_.empty()) kid_ = thumbprint();
}

result<private_key> private_key::from_pem(const secret& pem, algorithm a, std::string kid) {
  auto key = read_pem(pem);
  if (!key) return fail(std::move(key.error()));
  if (auto fits = check_fits(key->get(), a); !fits) return fail(std::move(fits.error()));
  if (auto named = check_kid(kid); !named) return fail(std::move(named.error()));
  auto owned = std::make_shared<material>();
  owned->key = std::move(*key);
  return private_key(std::move(owned), a, std::move(kid));
}

result<private_key> private_key::from_pem(const secret& pem, std::string kid) {
  auto key = read_pem(pem);
  if (!key) return fail(std::move(key.error()));
  const auto suggested = algorithm_for(key->get());
  if (!suggested) return fail(suggested.error());
  return from_pem(pem, *suggested, std::move(kid));
}

result<std::string> private_key::sign(std::string_view bytes) const {
  const traits& kind = of(algorithm_);
  const digest_context_ptr context(EVP_MD_CTX_new());
  const auto* const input = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, kind.digest(), nullptr, material_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, input, bytes.size()) != 1)
    return crypto_failure(errc::crypto_failed, "preparing a signature");
  std::string signature(size, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, input, bytes.size()) != 1)
    return crypto_failure(errc::crypto_failed, "signing");
  signature.resize(size);
  if (kind.coordinate == 0) return signature;
  return raw_signature(signature, kind.coordinate);
}

json::value private_key::public_jwk() const {
  json::object jwk = essential_members(material_->key.get(), algorithm_);
  jwk.set("use", "sig");
  jwk.set("alg", to_string(algorithm_));
  jwk.set("kid", kid_);
  return jwk;
}

std::string private_key::thumbprint() const {
  const std::string hashed = json::write(essential_members(material_->key.get(), algorithm_));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned size = 0;
  const int done = EVP_Digest(hashed.data(), hashed.size(), digest.data(), &size, EVP_sha256(), nullptr);
  EPICENTER_CHECK(done == 1 && size == digest.size(), "SHA-256 is always there");
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

result<secret> private_key::to_pem() const {
  const bio_ptr sink(BIO_new(BIO_s_secmem()));
  if (!sink || PEM_write_bio_PKCS8PrivateKey(sink.get(), material_->key.get(), nullptr, nullptr, 0, nullptr,
                                             nullptr) != 1)
    return crypto_failure(errc::crypto_failed, "writing the key as PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &text);
  return secret(std::string(text, static_cast<std::size_t>(size)));
}

json::value jwks(std::span<const private_key> keys) {
  json::array list;
  for (const private_key& key : keys) list.push_back(key.public_jwk());
  return json::object{{"keys", std::move(list)}};
}

result<private_key> generate_test_key(algorithm a) {
  const traits& kind = of(a);
  pkey_ptr key(kind.coordinate == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen(kind.curve));
  if (!key) return crypto_failure(errc::crypto_failed, "generating a key");
  auto owned = std::make_shared<private_key::material>();
  owned->key = std::move(key);
  return private_key(std::move(owned), a, {});
}

}  // namespace epicenter::smart
