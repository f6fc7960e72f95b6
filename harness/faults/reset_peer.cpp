#include "harness/faults/reset_peer.hpp"

namespace epicenter::faults {

namespace {

class hang_up final : public stage {
 public:
  explicit hang_up(duration after) : after_(after) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    out.drop(bytes);
    set_off(arrived, out);
  }
  void on_end(instant arrived, outflow& out) override { set_off(arrived, out); }
  void take_over(const stage& before) override {
    const auto* other = dynamic_cast<const hang_up*>(&before);
    off_ = other != nullptr && other->off_;
  }
  parting on_removed() override { return off_ ? parting::close : parting::release; }

 private:
  void set_off(instant at, outflow& out) {
    if (off_) return;
    off_ = true;
    out.reset(later(at, after_));
  }

  duration after_;
  bool off_ = false;
};

}  // namespace

std::unique_ptr<fault> make_reset_peer(const json::object& canonical) {
  const auto after = time_at(canonical, "after");
  return stream_fault(canonical,
                      [after](flow, runtime::random_stream) { return std::make_unique<hang_up>(after); });
}

}  // namespace epicenter::faults
