#include "harness/faults/timeout.hpp"

#include <epicenter/runtime/task.hpp>

namespace epicenter::faults {

namespace {

class silence final : public stage {
 public:
  explicit silence(duration after) : after_(after) {}

  // Also where the fault was changed: the wait that was running is over, and one of the new length begins.
  void begin(instant now, outflow& out) override { wait(now, out); }
  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    out.drop(bytes);
    wait(arrived, out);
  }
  void on_end(instant, outflow&) override {}
  parting on_removed() override { return parting::close; }

 private:
  void wait(instant from, outflow& out) const {
    out.close(after_ > duration::zero() ? later(from, after_) : runtime::never);
  }

  duration after_;
};

}  // namespace

std::unique_ptr<fault> make_timeout(const json::object& canonical) {
  const auto after = time_at(canonical, "after");
  return stream_fault(canonical,
                      [after](flow, runtime::random_stream) { return std::make_unique<silence>(after); });
}

}  // namespace epicenter::faults
