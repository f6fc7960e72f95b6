#include "harness/faults/half_open.hpp"

#include <optional>

namespace epicenter::faults {

namespace {

class dead_end final : public stage {
 public:
  explicit dead_end(duration works) : works_(works) {}

  void begin(instant now, outflow&) override {
    if (!began_) began_ = now;
  }
  void on_bytes(std::size_t bytes, instant arrived, outflow& out) override {
    if (alive(arrived)) return out.pass(bytes, arrived);
    lost_ = true;
    out.drop(bytes);
  }
  void on_end(instant arrived, outflow& out) override {
    if (alive(arrived)) return out.end_of_stream(arrived);
    lost_ = true;
  }
  void take_over(const stage& before) override {
    const auto* other = dynamic_cast<const dead_end*>(&before);
    if (other == nullptr) return;
    began_ = other->began_;
    lost_ = other->lost_;
  }
  parting on_removed() override { return lost_ ? parting::close : parting::release; }

 private:
  // What went lost leaves a hole: from then on nothing may follow it, whatever a change of the fault says.
  bool alive(instant arrived) const { return !lost_ && began_ && arrived < later(*began_, works_); }

  duration works_;
  std::optional<instant> began_;
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<fault> make_half_open(const json::object& canonical) {
  const auto works = time_at(canonical, "delay");
  return stream_fault(canonical,
                      [works](flow, runtime::random_stream) { return std::make_unique<dead_end>(works); });
}

}  // namespace epicenter::faults
