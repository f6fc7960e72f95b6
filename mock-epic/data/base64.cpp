#include "mock-epic/data/base64.hpp"

#include <cstdint>

namespace epicenter::mock::data {

std::string base64(std::string_view bytes) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  made.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> std::uint32_t {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    made += alphabet[group >> 18];
    made += alphabet[group >> 12 & 63];
    made += i + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=';
    made += i + 2 < bytes.size() ? alphabet[group & 63] : '=';
  }
  return made;
}

}  // namespace epicenter::mock::data
