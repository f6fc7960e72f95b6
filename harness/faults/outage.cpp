#include "harness/faults/outage.hpp"

#include <epicenter/base/check.hpp>

namespace epicenter::faults {

namespace {

class outage final : public fault {
 public:
  enum class mode { refuse, blackhole, reset };
  explicit outage(mode m) : mode_(m) {}

  hooks acts_on() const override { return {.connections = true, .requests = true}; }

  connection_verdict on_connect(runtime::random_stream&) override {
    switch (mode_) {
      case mode::refuse:
        return refuse{};
      case mode::blackhole:
        return hold{};
      case mode::reset:
        return reset{};
    }
    return pass{};
  }

  // A listener cannot be closed for some of the calls: to these, refused and reset look the same.
  request_verdict on_request(const call&, runtime::random_stream&) override {
    if (mode_ == mode::blackhole) return hold{};
    return reset{};
  }

 private:
  mode mode_;
};

}  // namespace

std::unique_ptr<fault> make_outage(const json::object& canonical) {
  const auto* mode = canonical.find("mode");
  EPICENTER_CHECK(mode != nullptr && mode->if_string() != nullptr, "parameters are canonical");
  const auto& word = *mode->if_string();
  if (word == "blackhole") return std::make_unique<outage>(outage::mode::blackhole);
  if (word == "reset") return std::make_unique<outage>(outage::mode::reset);
  return std::make_unique<outage>(outage::mode::refuse);
}

}  // namespace epicenter::faults
