#include "mock-epic/fhir/search_text.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/utf8.hpp>

namespace epicenter::mock::fhir {
namespace {

/// U+00C0 to U+017F without accents; '?' where a letter has no such form.
constexpr std::string_view latin =
    "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii?nooooo?ouuuuy?y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkk?lllllll"
    "lllnnnnnnn??oooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin.size() == 0x180 - 0xC0);

char32_t decode(std::string_view character) {
  static constexpr std::array<unsigned char, 5> mask{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = static_cast<unsigned char>(character[0]) & mask[character.size()];
  for (const char c : character.substr(1)) point = (point << 6) | (static_cast<unsigned char>(c) & 0x3F);
  return point;
}

void append_two_bytes(std::string& out, char32_t point) {
  out += static_cast<char>(0xC0 | (point >> 6));
  out += static_cast<char>(0x80 | (point & 0x3F));
}

void append_folded(std::string& out, std::string_view character) {
  if (character.size() == 1) {
    const char c = character[0];
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return;
  }
  const char32_t point = decode(character);
  if (point >= 0xC0 && point < 0x180 && latin[point - 0xC0] != '?') {
    out += latin[point - 0xC0];
  } else if (point >= 0x300 && point < 0x370) {
    // A combining accent is no letter.
  } else if ((point >= 0x391 && point <= 0x3A9) || (point >= 0x410 && point <= 0x42F) ||
             (point >= 0xC6 && point <= 0xDE)) {
    append_two_bytes(out, point + 0x20);
  } else if (point >= 0x400 && point <= 0x40F) {
    append_two_bytes(out, point + 0x50);
  } else {
    out += character;
  }
}

}  // namespace

std::vector<std::string_view> split_value(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string unescape_value(std::string_view text) {
  static constexpr std::string_view escapable = ",|$\\";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && escapable.find(text[i + 1]) != std::string_view::npos;
    if (escape) ++i;
    out += text[i];
  }
  return out;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(json::utf8_length(text, 0), 1);
    append_folded(out, text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace epicenter::mock::fhir
