// slow_close: the end of the stream comes late, its bytes do not.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"delay", "ms"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  return {"slow_close", {{"delay", milliseconds(given[0])}, {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type slow_close_toxic{"slow_close", "SlowCloseToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
