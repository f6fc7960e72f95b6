#include "mock-epic/data/id_codec.hpp"

#include <array>

namespace epicenter::mock::data {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
constexpr std::size_t digits = 22;  // of 6 bits: 128 bits and 4 that stay 0
constexpr std::size_t rounds = 4;   // Luby and Rackoff: four make a strong permutation of a good function

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr std::array<std::int8_t, 256> values = make_values();

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

id_codec::id_codec(std::uint64_t seed) : seed_(mix(seed + 0x9e3779b97f4a7c15ULL)) {}

std::uint64_t id_codec::round(std::uint64_t half, std::size_t number) const {
  return mix(mix(half ^ seed_) + number * 0x9e3779b97f4a7c15ULL);
}

std::string id_codec::encode(id_content content) const {
  std::uint64_t left = (std::uint64_t{content.chart} << 32) | content.ordinal;
  std::uint64_t right = mix(left ^ seed_);  // what decode() checks
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::uint64_t next = left ^ round(right, i);
    left = right;
    right = next;
  }
  std::string id(digits + 2, '3');
  id[0] = 'e';
  for (std::size_t i = 0; i < digits; ++i) {
    id[i + 1] = alphabet[left & 63];
    left = (left >> 6) | (right << 58);
    right >>= 6;
  }
  return id;
}

std::optional<id_content> id_codec::decode(std::string_view id) const {
  if (id.size() != digits + 2 || id.front() != 'e' || id.back() != '3') return std::nullopt;
  std::uint64_t left = 0;
  std::uint64_t right = 0;
  for (std::size_t i = digits; i-- > 0;) {
    const std::int8_t digit = values[static_cast<unsigned char>(id[i + 1])];
    if (digit < 0 || (i == digits - 1 && digit > 3)) return std::nullopt;
    right = (right << 6) | (left >> 58);
    left = (left << 6) | static_cast<std::uint64_t>(digit);
  }
  for (std::size_t i = rounds; i-- > 0;) {
    const std::uint64_t before = right ^ round(left, i);
    right = left;
    left = before;
  }
  if (right != mix(left ^ seed_)) return std::nullopt;
  return id_content{static_cast<std::uint32_t>(left >> 32), static_cast<std::uint32_t>(left)};
}

}  // namespace epicenter::mock::data
