// reset_peer: the first bytes (or the end) of the stream are followed by a real RST.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"timeout", "ms"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  return {"reset_peer", {{"after", milliseconds(given[0])}, {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type reset_peer_toxic{"reset_peer", "ResetToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
