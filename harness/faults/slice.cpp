#include "harness/faults/slice.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

namespace epicenter::faults {

namespace {

constexpr std::size_t most_pieces = 4096;

class slicer final : public stage {
 public:
  slicer(std::int64_t least, std::int64_t most, duration gap, runtime::random_stream random)
      : least_(least), most_(most), gap_(gap), random_(random) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    if (arrived == runtime::never) return out.pass(bytes, arrived);
    const auto coarser = coarseness(bytes);
    while (bytes > 0) {
      const auto drawn = static_cast<std::size_t>(random_.between(least_, most_));
      const auto piece = std::min(bytes, coarser * drawn);
      const auto at = std::max(arrived, free_);
      out.pass(piece, at);
      free_ = later(at, gap_);
      bytes -= piece;
    }
  }
  void on_end(instant arrived, outflow& out) override { out.end_of_stream(std::max(arrived, free_)); }

 private:
  /// How much larger pieces must be for a chunk to give no more than most_pieces of the mean size.
  std::size_t coarseness(std::size_t bytes) const {
    const auto most = most_pieces * static_cast<std::size_t>(least_ + most_) / 2;
    return (bytes + most - 1) / most;
  }

  std::int64_t least_, most_;
  duration gap_;
  runtime::random_stream random_;
  instant free_ = instant::min();
};

}  // namespace

result<> check_slice(const json::object& canonical) {
  if (number_at(canonical, "variation") < number_at(canonical, "size")) return {};
  return fail(errc::bad_parameter, "variation: it is below size, so that no piece is empty");
}

std::unique_ptr<fault> make_slice(const json::object& canonical) {
  const auto size = number_at(canonical, "size");
  const auto variation = number_at(canonical, "variation");
  const auto gap = time_at(canonical, "gap");
  return stream_fault(canonical, [=](flow, runtime::random_stream random) {
    return std::make_unique<slicer>(size - variation, size + variation, gap, random);
  });
}

}  // namespace epicenter::faults
