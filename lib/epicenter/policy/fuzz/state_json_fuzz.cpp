// A file of settings either reads back to itself or is refused; it never crashes.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/policy/state_json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace epicenter;
  static const auto table = *policy::flag_table::with({});
  const auto document = json::parse(std::string(data, data + size));
  if (!document) return 0;
  const auto states = policy::from_json(table, *document);
  if (!states) return 0;
  const auto again = policy::from_json(table, policy::to_json(table, *states));
  EPICENTER_CHECK(again.has_value() && *again == *states, "settings read back to themselves");
  return 0;
}
