#include <algorithm>
#include <cstdint>
#include <epicenter/smart/base64url.hpp>

namespace epicenter::smart {

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k != 3; ++k)
      bits = bits << 8U | (k < here ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k != here + 1; ++k) out += alphabet[bits >> (18 - 6 * k) & 63U];
  }
  return out;
}

}  // namespace epicenter::smart
