// A toxic on a proxy.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <string>
#include <vector>

#include "harness/proxy/fleet.hpp"
#include "harness/proxy/toxiproxy/toxic_type.hpp"

namespace epicenter::proxy::toxiproxy {

struct toxic {
  std::string name;
  const toxic_type* type = nullptr;
  std::string stream;  ///< as it was sent: "UPSTREAM"
  bool upstream = false;
  float toxicity = 1.0F;             ///< as it was sent: it may lie outside 0 to 1
  std::vector<std::int64_t> values;  ///< of the type's attributes
  duration lease = no_lease;
  std::string fault_id;  ///< of the fault that carries it out
};

/// {"attributes", "name", "type", "stream", "toxicity"}, and "lease_ms" where it has a lease.
json::value to_json(const toxic&);
/// The fault that carries the toxic out on the proxy.
faults::fault_spec fault_of(const toxic&, const std::string& proxy);
/// "toxic.web.latency_downstream.7": unique by the number, within what ids may hold.
std::string fault_id_for(std::string_view proxy, std::string_view name, std::uint64_t number);
/// lease_ms, rounded up.
json::value lease_ms(duration);

}  // namespace epicenter::proxy::toxiproxy
