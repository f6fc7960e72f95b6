// limit_data: so many bytes of each connection go through, then it is closed.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {{"bytes", "bytes"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  return {"cut", {{"bytes", bytes(given[0])}, {"by", "fin"}, {"direction", std::string(direction)}}};
}

}  // namespace

constinit const toxic_type limit_data_toxic{"limit_data", "LimitDataToxic", attributes, fault_for};

}  // namespace epicenter::proxy::toxiproxy
