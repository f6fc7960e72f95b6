// slicer: chunks leave in small pieces, with a gap behind each.
#include <algorithm>

#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr attribute attributes[] = {
    {"average_size", "bytes", "int"}, {"size_variation", "bytes", "int"}, {"delay", "us", "int"}};

mapped_fault fault_for(attribute_values given, std::string_view direction) {
  // The original cuts beyond the chunk, and dies, where the variation reaches the size.
  return {"slice",
          {{"size", bytes(given[0])},
           {"variation", bytes(std::min({given[0] - 1, given[1], largest_size - 1}))},
           {"gap", microseconds(given[2])},
           {"direction", std::string(direction)}}};
}

std::string_view objection(attribute_values given) {
  return given[0] > 0 ? "" : "slicer needs an average_size of at least 1 byte";
}

}  // namespace

constinit const toxic_type slicer_toxic{"slicer", "SlicerToxic", attributes, fault_for, objection};

}  // namespace epicenter::proxy::toxiproxy
