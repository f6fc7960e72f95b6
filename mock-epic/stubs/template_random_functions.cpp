#include <epicenter/base/ids.hpp>

#include "mock-epic/stubs/template_function.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";

helper_result random_value(const helper_call& c) {
  runtime::random_stream& random = *c.world.random;
  const std::string type = c.option("type").value_or("ALPHANUMERIC");
  if (type == "UUID") {
    const std::uint64_t high = random.next();
    return make_uuid(high, random.next());
  }
  std::string alphabet;
  if (type == "ALPHANUMERIC") alphabet = std::string(letters) + std::string(digits);
  if (type == "ALPHABETIC") alphabet = letters;
  if (type == "NUMERIC") alphabet = digits;
  if (type == "HEXADECIMAL") alphabet = "0123456789abcdef";
  if (type == "ALPHANUMERIC_AND_SYMBOLS")
    alphabet = std::string(letters) + std::string(digits) + "!#$%&()*+-./:;=?@_~";
  if (alphabet.empty()) return tl::unexpected("no such type of random value: " + type);
  const std::int64_t length = c.number_option("length").value_or(36);
  if (length < 0 || length > 10'000) return tl::unexpected(std::string("length is from 0 to 10,000"));
  std::string out;
  for (std::int64_t i = 0; i < length; ++i) out += alphabet[random.below(alphabet.size())];
  if (c.option("uppercase") == "true")
    for (char& one : out)
      if (one >= 'a' && one <= 'z') one = static_cast<char>(one - 'a' + 'A');
  return out;
}

helper_result random_int(const helper_call& c) {
  const std::int64_t low = c.number_option("lower").value_or(-2'147'483'648);
  const std::int64_t high = c.number_option("upper").value_or(2'147'483'647);
  if (low > high) return tl::unexpected(std::string("lower is above upper"));
  return c.world.random->between(low, high);
}

helper_result random_decimal(const helper_call& c) {
  const auto bound = [&c](std::string_view key, double fallback) {
    const auto text = c.option(key);
    const auto number = json::value(json::number{text.value_or("")}).to_double();
    return number ? *number : fallback;
  };
  const double low = bound("lower", 0);
  return low + (bound("upper", 1) - low) * c.world.random->uniform();
}

helper_result pick_random(const helper_call& c) {
  const json::array* list = c.at(0).if_array();
  const std::size_t count = list ? list->size() : c.arguments.size();
  if (count == 0) return tl::unexpected(std::string("there is nothing to pick from"));
  const auto picked = c.world.random->below(count);
  return list ? (*list)[picked] : c.arguments[picked];
}

}  // namespace

const std::vector<helper>& random_helpers() {
  static const std::vector<helper> all_of_them{{"randomValue", random_value},
                                               {"randomInt", random_int},
                                               {"randomDecimal", random_decimal},
                                               {"pickRandom", pick_random, false, false, true}};
  return all_of_them;
}

}  // namespace epicenter::mock::stubs
