#include "harness/faults/slow_close.hpp"

namespace epicenter::faults {

namespace {

class late_end final : public stage {
 public:
  explicit late_end(duration by) : by_(by) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override { out.pass(bytes, arrived); }
  void on_end(instant arrived, outflow& out) override { out.end_of_stream(later(arrived, by_)); }

 private:
  duration by_;
};

}  // namespace

std::unique_ptr<fault> make_slow_close(const json::object& canonical) {
  const auto by = time_at(canonical, "delay");
  return stream_fault(canonical,
                      [by](flow, runtime::random_stream) { return std::make_unique<late_end>(by); });
}

}  // namespace epicenter::faults
