#include "harness/faults/stall.hpp"

#include <epicenter/runtime/task.hpp>

namespace epicenter::faults {

namespace {

class stuck_line final : public stage {
 public:
  void on_bytes(std::size_t bytes, instant, outflow& out) override { out.pass(bytes, runtime::never); }
  void on_end(instant, outflow& out) override { out.end_of_stream(runtime::never); }
};

}  // namespace

std::unique_ptr<fault> make_stall(const json::object& canonical) {
  return stream_fault(canonical, [](flow, runtime::random_stream) { return std::make_unique<stuck_line>(); });
}

}  // namespace epicenter::faults
