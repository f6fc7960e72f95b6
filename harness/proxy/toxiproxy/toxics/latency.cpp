// latency: every chunk leaves later, by the latency and a jitter drawn for each.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"latency", "ms"}, {"jitter", "ms"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  return {"chunk_latency",
          {{"delay", milliseconds(given[0])},
           {"jitter", milliseconds(given[1])},
           {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type latency_toxic{"latency", "LatencyToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
