#include "harness/faults/bandwidth.hpp"

#include <algorithm>
#include <epicenter/runtime/task.hpp>

#include "harness/faults/paced_line.hpp"

namespace epicenter::faults {

namespace {

constexpr duration piece_time = 10ms;
constexpr std::size_t most_pieces = 256;

class slow_line final : public stage {
 public:
  slow_line(std::shared_ptr<paced_line> line, bool shared) : line_(std::move(line)), shared_(shared) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    if (arrived == runtime::never) return out.pass(bytes, arrived);
    const auto start = line_->take(bytes, arrived);
    const auto piece =
        std::max({std::size_t{1}, line_->bytes_in(piece_time), (bytes + most_pieces - 1) / most_pieces});
    for (std::size_t carried = 0; carried < bytes;) {
      const auto next = std::min(piece, bytes - carried);
      carried += next;
      last_ = std::max({last_, arrived, later(start, line_->time_for(carried))});
      out.pass(next, last_);
    }
  }
  void on_end(instant arrived, outflow& out) override { out.end_of_stream(std::max(arrived, last_)); }
  void take_over(const stage& before) override {
    const auto* other = dynamic_cast<const slow_line*>(&before);
    if (other == nullptr || other->shared_ != shared_) return;
    line_->follow(*other->line_);
  }

 private:
  std::shared_ptr<paced_line> line_;
  bool shared_;
  instant last_ = instant::min();
};

}  // namespace

std::unique_ptr<fault> make_bandwidth(const json::object& canonical) {
  const auto limit = number_at(canonical, "limit");
  if (!flag_at(canonical, "shared")) {
    return stream_fault(canonical, [limit](flow, runtime::random_stream) {
      return std::make_unique<slow_line>(std::make_shared<paced_line>(limit), false);
    });
  }
  return stream_fault(canonical,
                      [up = std::make_shared<paced_line>(limit), down = std::make_shared<paced_line>(limit)](
                          flow f, runtime::random_stream) {
                        return std::make_unique<slow_line>(f == flow::upstream ? up : down, true);
                      });
}

}  // namespace epicenter::faults
