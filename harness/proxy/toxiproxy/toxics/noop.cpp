// noop: nothing happens, and it is counted.
#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

mapped_fault fault_for(attribute_values, std::string_view) {
  return {"noop", {}};
}

}  // namespace

constinit const toxic_type noop_toxic{"noop", "NoopToxic", {}, fault_for};

}  // namespace epicenter::proxy::toxiproxy
