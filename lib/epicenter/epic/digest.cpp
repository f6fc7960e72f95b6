#include <openssl/evp.h>

#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/epic/digest.hpp>

namespace epicenter::epic {

std::string sha256_hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  const int made = EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
  EPICENTER_CHECK(made == 1, "SHA-256 is not available");
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[hash.at(i) >> 4U];
    hex += digits[hash.at(i) & 15U];
  }
  return hex;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the terminator OpenSSL adds
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace epicenter::epic
