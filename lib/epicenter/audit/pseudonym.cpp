#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <epicenter/audit/log.hpp>
#include <epicenter/base/check.hpp>

namespace epicenter::audit {

std::string pseudonym(std::string_view key, std::string_view patient) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t kept = 16;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(patient.data());
  const auto* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, patient.size(), mac.data(), &size);
  EPICENTER_CHECK(made != nullptr && size >= kept, "HMAC-SHA-256 is not available");
  std::string hex;
  hex.reserve(2 * kept);
  for (std::size_t i = 0; i < kept; ++i) {
    hex += digits[mac.at(i) >> 4U];
    hex += digits[mac.at(i) & 15U];
  }
  return hex;
}

}  // namespace epicenter::audit
