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

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  // OpenSSL would take line ends and blanks too.
  const bool clean =
      text.substr(0, text.size() - padding).find_first_of("= \t\r\n-") == std::string_view::npos;
  if (!clean) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace epicenter::epic
