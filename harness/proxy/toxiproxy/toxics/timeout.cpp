// timeout: bytes are lost, and the connection is closed when it was silent for so long; 0: never.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"timeout", "ms"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  return {"timeout", {{"after", milliseconds(given[0])}, {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type timeout_toxic{"timeout", "TimeoutToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
