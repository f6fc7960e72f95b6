// Whatever parses must come back the same after a round of writing; whatever does not must not crash. The
// quick parser gives what the strict one gives, or nothing.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/write.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto plain = epicenter::json::detail::parse_plainly(text, 64);
  const auto strict = epicenter::json::detail::parse_strictly(text, {});
  EPICENTER_CHECK(!plain || (strict.has_value() && *plain == *strict), "both give the same value");
  const auto first = epicenter::json::parse(text);
  if (!first) return 0;
  const std::string written = epicenter::json::write(*first);
  const auto second = epicenter::json::parse(written);
  EPICENTER_CHECK(second.has_value() && *second == *first, "a written document reads back to the same value");
  const auto pretty = epicenter::json::parse(epicenter::json::write_pretty(*first));
  EPICENTER_CHECK(pretty.has_value() && *pretty == *first, "a pretty document reads back to the same value");
  return 0;
}
