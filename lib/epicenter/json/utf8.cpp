#include <epicenter/json/utf8.hpp>

namespace epicenter::json {

std::size_t utf8_length(std::string_view text, std::size_t offset) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&at](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned lead = at(offset);
  const unsigned second = at(offset + 1);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead >= 0xF5 || !follows(offset + 1)) return 0;
  if (lead < 0xE0) return 2;
  if (!follows(offset + 2)) return 0;
  if (lead < 0xF0) return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ? 0 : 3;
  if (!follows(offset + 3)) return 0;
  return (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90) ? 0 : 4;
}

}  // namespace epicenter::json
