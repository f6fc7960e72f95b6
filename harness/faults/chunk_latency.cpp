#include "harness/faults/chunk_latency.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

namespace epicenter::faults {

namespace {

class long_line final : public stage {
 public:
  long_line(duration delay, duration jitter, runtime::random_stream random)
      : delay_(delay), jitter_(jitter), random_(random) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    if (arrived == runtime::never) return out.pass(bytes, arrived);
    last_ = std::max(last_, later(arrived, draw()));
    out.pass(bytes, last_);
  }
  void on_end(instant arrived, outflow& out) override { out.end_of_stream(std::max(arrived, last_)); }

 private:
  duration draw() {
    if (jitter_ == duration::zero()) return delay_;
    const auto by = duration(random_.between(-jitter_.count(), jitter_.count() - 1));
    return std::max(duration::zero(), delay_ + by);
  }

  duration delay_, jitter_;
  runtime::random_stream random_;
  instant last_ = instant::min();
};

}  // namespace

std::unique_ptr<fault> make_chunk_latency(const json::object& canonical) {
  const auto delay = time_at(canonical, "delay");
  const auto jitter = time_at(canonical, "jitter");
  return stream_fault(canonical, [delay, jitter](flow, runtime::random_stream random) {
    return std::make_unique<long_line>(delay, jitter, random);
  });
}

}  // namespace epicenter::faults
