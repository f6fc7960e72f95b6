#include <openssl/evp.h>
#include <openssl/rand.h>

#include <epicenter/base/check.hpp>
#include <epicenter/store/seal.hpp>
#include <memory>

namespace epicenter::store {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct context_deleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using context_ptr = std::unique_ptr<EVP_CIPHER_CTX, context_deleter>;

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

context_ptr begin(const secret& key, std::string_view nonce, std::string_view about, bool sealing) {
  EPICENTER_CHECK(key.reveal().size() == key_bytes, "a key of AES-256 has 32 bytes");
  context_ptr made(EVP_CIPHER_CTX_new());
  int ignored = 0;
  const bool ready =
      made &&
      EVP_CipherInit_ex(made.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.reveal()), bytes_of(nonce),
                        sealing ? 1 : 0) == 1 &&
      EVP_CipherUpdate(made.get(), nullptr, &ignored, bytes_of(about), static_cast<int>(about.size())) == 1;
  EPICENTER_CHECK(ready, "AES-256-GCM is not available");
  return made;
}

}  // namespace

secret make_key() {
  return secret(random_bytes(key_bytes));
}

std::string seal(const secret& key, std::string_view about, std::string_view plain) {
  std::string sealed = random_bytes(nonce_bytes);
  const auto context = begin(key, sealed, about, true);
  sealed.resize(nonce_bytes + plain.size() + tag_bytes);
  int size = 0;
  bool done = EVP_CipherUpdate(context.get(), bytes_of(sealed, nonce_bytes), &size, bytes_of(plain),
                               static_cast<int>(plain.size())) == 1;
  done = done && EVP_CipherFinal_ex(context.get(), bytes_of(sealed, nonce_bytes + plain.size()), &size) == 1;
  done = done && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes),
                                     bytes_of(sealed, nonce_bytes + plain.size())) == 1;
  EPICENTER_CHECK(done, "AES-256-GCM does not seal");
  return sealed;
}

result<secret> unseal(const secret& key, std::string_view about, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return fail(errc::wrong_key, "too short");
  const auto context = begin(key, sealed.substr(0, nonce_bytes), about, false);
  const std::string_view cipher = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string plain(cipher.size() + 1, '\0');  // never without an address
  int size = 0;
  bool done = EVP_CipherUpdate(context.get(), bytes_of(plain), &size, bytes_of(cipher),
                               static_cast<int>(cipher.size())) == 1;
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  done = done && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes),
                                     bytes_of(tag)) == 1;
  done = done && EVP_CipherFinal_ex(context.get(), bytes_of(plain, cipher.size()), &size) == 1;
  plain.resize(cipher.size());
  secret opened(std::move(plain));
  if (!done) return fail(errc::wrong_key);
  return opened;
}

}  // namespace epicenter::store
