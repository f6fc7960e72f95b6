#include "mock-epic/fhir/base64.hpp"

#include "mock-epic/fhir/primitive.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const unsigned char byte = i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0;
      group = (group << 8) | byte;
    }
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : symbols[(group >> (18 - 6 * k)) & 0x3f];
  }
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (!is_valid(primitive::base64_binary, text)) return std::nullopt;
  std::string out;
  std::uint32_t group = 0;
  std::size_t bits = 0;
  for (const char c : text) {
    const std::size_t symbol = symbols.find(c);
    if (symbol == std::string_view::npos) continue;  // padding, spaces
    group = (group << 6) | static_cast<std::uint32_t>(symbol);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((group >> bits) & 0xff);
  }
  return out;
}

}  // namespace epicenter::mock::fhir
