#include "harness/faults/cut.hpp"

#include <algorithm>

namespace epicenter::faults {

namespace {

class cutter final : public stage {
 public:
  cutter(std::uint64_t after, bool by_reset) : after_(after), by_reset_(by_reset) {}

  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    if (bytes == 0) return;
    const auto left = cut_ || passed_ >= after_ ? 0 : after_ - passed_;
    const auto whole = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, left));
    passed_ += whole;
    if (whole > 0) out.pass(whole, arrived);
    if (whole < bytes) out.drop(bytes - whole);
    if (cut_ || passed_ < after_) return;
    cut_ = true;
    if (by_reset_) {
      out.reset(arrived);
    } else {
      out.close(arrived);
    }
  }
  void on_end(instant arrived, outflow& out) override {
    if (!cut_) out.end_of_stream(arrived);
  }
  void take_over(const stage& before) override {
    const auto* other = dynamic_cast<const cutter*>(&before);
    if (other == nullptr) return;
    passed_ = other->passed_;
    cut_ = other->cut_;
  }
  parting on_removed() override { return cut_ ? parting::close : parting::release; }

 private:
  std::uint64_t after_;
  bool by_reset_;
  std::uint64_t passed_ = 0;
  bool cut_ = false;
};

}  // namespace

std::unique_ptr<fault> make_cut(const json::object& canonical) {
  const auto after = static_cast<std::uint64_t>(number_at(canonical, "bytes"));
  const bool by_reset = word_at(canonical, "by") == "reset";
  return stream_fault(canonical, [after, by_reset](flow, runtime::random_stream) {
    return std::make_unique<cutter>(after, by_reset);
  });
}

}  // namespace epicenter::faults
