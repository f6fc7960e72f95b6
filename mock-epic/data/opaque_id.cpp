#include "mock-epic/data/opaque_id.hpp"

#include <array>

namespace epicenter::mock::data {
namespace {

constexpr std::string_view id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";

}  // namespace

std::string make_text(runtime::random_stream& random, std::string_view alphabet, std::size_t length) {
  std::string text;
  text.reserve(length);
  for (std::size_t i = 0; i < length; ++i) text += alphabet[random.below(alphabet.size())];
  return text;
}

std::string make_id(runtime::random_stream& random) {
  return "e" + make_text(random, id_alphabet, 22) + "3";
}

std::string make_held_id(runtime::random_stream& random) {
  return "O." + make_text(random, id_alphabet, 62);
}

std::string make_uuid(runtime::random_stream& random) {
  std::string uuid = make_text(random, "0123456789abcdef", 36);
  for (const std::size_t dash : std::array<std::size_t, 4>{8, 13, 18, 23}) uuid[dash] = '-';
  uuid[14] = '4';
  uuid[19] = "89ab"[random.below(4)];
  return uuid;
}

}  // namespace epicenter::mock::data
