#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/store/seal.hpp>

namespace epicenter::store {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
// What is signed to get the key of digests: a key has one purpose.
constexpr std::string_view digest_purpose = "epicenter: digests under the key of a store, 1";

template <auto release>
struct deleter {
  template <class T>
  void operator()(T* one) const {
    release(one);
  }
};
using cipher_ptr = std::unique_ptr<EVP_CIPHER_CTX, deleter<EVP_CIPHER_CTX_free>>;
using mac_ptr = std::unique_ptr<EVP_MAC, deleter<EVP_MAC_free>>;
using mac_context_ptr = std::unique_ptr<EVP_MAC_CTX, deleter<EVP_MAC_CTX_free>>;

unsigned char* bytes_of(std::string& text, std::size_t from = 0) {
  return reinterpret_cast<unsigned char*>(text.data() + from);
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  EPICENTER_CHECK(RAND_bytes(bytes_of(bytes), static_cast<int>(count)) == 1, "no random bytes to be had");
  return bytes;
}

cipher_ptr keyed_cipher(const secret& key, bool sealing) {
  EPICENTER_CHECK(key.reveal().size() == key_bytes, "a key of AES-256 has 32 bytes");
  cipher_ptr made(EVP_CIPHER_CTX_new());
  const bool ready = made && EVP_CipherInit_ex(made.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.reveal()),
                                               nullptr, sealing ? 1 : 0) == 1;
  EPICENTER_CHECK(ready, "AES-256-GCM is not available");
  return made;
}

// -1: sealing or opening as the context was made for.
void begin(EVP_CIPHER_CTX* with, std::string_view nonce, std::string_view about) {
  int ignored = 0;
  const bool ready =
      EVP_CipherInit_ex(with, nullptr, nullptr, nullptr, bytes_of(nonce), -1) == 1 &&
      EVP_CipherUpdate(with, nullptr, &ignored, bytes_of(about), static_cast<int>(about.size())) == 1;
  EPICENTER_CHECK(ready, "AES-256-GCM is not available");
}

std::string seal_with(EVP_CIPHER_CTX* with, std::string_view about, std::string_view plain) {
  std::string sealed = random_bytes(nonce_bytes);
  begin(with, sealed, about);
  sealed.resize(nonce_bytes + plain.size() + tag_bytes);
  int size = 0;
  bool done = EVP_CipherUpdate(with, bytes_of(sealed, nonce_bytes), &size, bytes_of(plain),
                               static_cast<int>(plain.size())) == 1;
  done = done && EVP_CipherFinal_ex(with, bytes_of(sealed, nonce_bytes + plain.size()), &size) == 1;
  done = done && EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes),
                                     bytes_of(sealed, nonce_bytes + plain.size())) == 1;
  EPICENTER_CHECK(done, "AES-256-GCM does not seal");
  return sealed;
}

result<secret> unseal_with(EVP_CIPHER_CTX* with, std::string_view about, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return fail(errc::wrong_key, "too short");
  begin(with, sealed.substr(0, nonce_bytes), about);
  const std::string_view cipher = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string plain(cipher.size() + 1, '\0');  // never without an address
  int size = 0;
  bool done =
      EVP_CipherUpdate(with, bytes_of(plain), &size, bytes_of(cipher), static_cast<int>(cipher.size())) == 1;
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  done = done &&
         EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes), bytes_of(tag)) == 1;
  done = done && EVP_CipherFinal_ex(with, bytes_of(plain, cipher.size()), &size) == 1;
  plain.resize(cipher.size());
  secret opened(std::move(plain));
  if (!done) return fail(errc::wrong_key);
  return opened;
}

mac_context_ptr keyed_mac(std::string_view key) {
  const mac_ptr kind(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  mac_context_ptr made(kind ? EVP_MAC_CTX_new(kind.get()) : nullptr);
  std::string hash = "SHA256";
  const std::array<OSSL_PARAM, 2> settings{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), hash.size()),
      OSSL_PARAM_construct_end()};
  const bool ready = made && EVP_MAC_init(made.get(), bytes_of(key), key.size(), settings.data()) == 1;
  EPICENTER_CHECK(ready, "HMAC-SHA-256 is not available");
  return made;
}

std::string finish_mac(EVP_MAC_CTX* with, std::string_view text) {
  std::string made(digest_bytes, '\0');
  std::size_t size = 0;
  const bool done = EVP_MAC_update(with, bytes_of(text), text.size()) == 1 &&
                    EVP_MAC_final(with, bytes_of(made), &size, made.size()) == 1;
  EPICENTER_CHECK(done && size == digest_bytes, "HMAC-SHA-256 is not available");
  return made;
}

}  // namespace

struct sealer::contexts {
  cipher_ptr sealing;
  cipher_ptr opening;
  mac_context_ptr digests;
};

sealer::sealer(const secret& key) : contexts_(std::make_unique<contexts>()) {
  contexts_->sealing = keyed_cipher(key, true);
  contexts_->opening = keyed_cipher(key, false);
  const secret derived(finish_mac(keyed_mac(key.reveal()).get(), digest_purpose));
  contexts_->digests = keyed_mac(derived.reveal());
}
sealer::sealer(sealer&&) noexcept = default;
sealer& sealer::operator=(sealer&&) noexcept = default;
sealer::~sealer() = default;

std::string sealer::seal(std::string_view about, std::string_view plain) {
  return seal_with(contexts_->sealing.get(), about, plain);
}

result<secret> sealer::unseal(std::string_view about, std::string_view sealed) {
  return unseal_with(contexts_->opening.get(), about, sealed);
}

std::string sealer::digest(std::string_view text) {
  EVP_MAC_CTX* const with = contexts_->digests.get();
  EPICENTER_CHECK(EVP_MAC_init(with, nullptr, 0, nullptr) == 1, "HMAC-SHA-256 is not available");
  return finish_mac(with, text);
}

secret make_key() {
  return secret(random_bytes(key_bytes));
}

std::string seal(const secret& key, std::string_view about, std::string_view plain) {
  return seal_with(keyed_cipher(key, true).get(), about, plain);
}

result<secret> unseal(const secret& key, std::string_view about, std::string_view sealed) {
  return unseal_with(keyed_cipher(key, false).get(), about, sealed);
}

}  // namespace epicenter::store
