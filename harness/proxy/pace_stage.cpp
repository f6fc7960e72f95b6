#include "harness/proxy/pace_stage.hpp"

#include <algorithm>

namespace epicenter::proxy {
namespace {

constexpr std::int64_t pieces_a_second = 50;

class pace_stage final : public faults::stage {
 public:
  pace_stage(const faults::pace& p, std::size_t head_bytes) : pace_(p), head_left_(head_bytes) {}

  void on_bytes(std::size_t bytes, instant arrived, faults::outflow& out) override {
    if (!begun_) {
      begun_ = true;
      free_at_ = arrived + pace_.before_head;
    }
    const auto head = std::min(bytes, head_left_);
    send(head, pace_.head_rate, arrived, out);
    head_left_ -= head;
    bytes -= head;
    if (bytes == 0) return;
    if (!in_body_) {
      in_body_ = true;
      free_at_ = std::max(free_at_, arrived) + pace_.before_body;
    }
    send(bytes, pace_.body_rate, arrived, out);
  }

 private:
  void send(std::size_t bytes, std::int64_t rate, instant arrived, faults::outflow& out) {
    free_at_ = std::max(free_at_, arrived);
    if (rate <= 0) return out.pass(bytes, free_at_);
    const auto piece = static_cast<std::size_t>(std::max<std::int64_t>(1, rate / pieces_a_second));
    while (bytes > 0) {
      const auto now = std::min(piece, bytes);
      // Each piece has taken its time when it leaves.
      free_at_ += duration(static_cast<std::int64_t>(now) * 1'000'000'000 / rate);
      out.pass(now, free_at_);
      bytes -= now;
    }
  }

  faults::pace pace_;
  std::size_t head_left_;
  instant free_at_{};
  bool begun_ = false, in_body_ = false;
};

}  // namespace

std::unique_ptr<faults::stage> make_pace_stage(const faults::pace& p, std::size_t head_bytes) {
  return std::make_unique<pace_stage>(p, head_bytes);
}

}  // namespace epicenter::proxy
