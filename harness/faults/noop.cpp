#include "harness/faults/noop.hpp"

namespace epicenter::faults {

std::unique_ptr<fault> make_noop(const json::object& canonical) {
  return stream_fault(canonical, [](flow, runtime::random_stream) { return std::unique_ptr<stage>(); });
}

}  // namespace epicenter::faults
