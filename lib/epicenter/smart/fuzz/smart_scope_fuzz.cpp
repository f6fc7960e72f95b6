// A scope that reads comes back the same from its own text, and covers itself.
#include <array>
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/smart/scopes.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace epicenter::smart;
  const std::string text(data, data + size);
  const auto read = parse_scope(text);
  if (!read) return 0;
  const auto again = parse_scope(to_string(*read));
  EPICENTER_CHECK(again.has_value() && *again == *read, "a written scope reads back the same");
  const std::array<std::string, 1> one{text};
  const auto missing = find_shortfalls(one, one);
  EPICENTER_CHECK(missing.has_value() && missing->empty(), "a scope covers itself");
  const scope coarse = to_v1(*read);
  EPICENTER_CHECK((coarse.allowed & read->allowed) == read->allowed, "v1 allows what was asked for");
  return 0;
}
