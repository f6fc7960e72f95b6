// bandwidth: a bound for each connection; 0 stalls it without loss.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"rate", "kB/s"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  if (given[0] <= 0) return {"stall", {{"direction", std::string(direction)}}};
  return {"bandwidth", {{"limit", kilobytes(given[0])}, {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type bandwidth_toxic{"bandwidth", "BandwidthToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
