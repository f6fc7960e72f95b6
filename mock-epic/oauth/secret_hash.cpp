#include "mock-epic/oauth/secret_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <epicenter/base/check.hpp>

namespace epicenter::mock::oauth {

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  auto* out = static_cast<unsigned char*>(static_cast<void*>(digest.data()));
  unsigned size = 0;
  EPICENTER_CHECK(EVP_Digest(text.data(), text.size(), out, &size, EVP_sha256(), nullptr) == 1 && size == 32,
                  "OpenSSL has SHA-256");
  return digest;
}

std::string hash_secret(std::string_view client_id, std::string_view secret) {
  if (secret.empty()) return {};
  std::string text(client_id);
  text += '\0';
  return sha256(text.append(secret));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace epicenter::mock::oauth
