#include "harness/faults/duplicate_response.hpp"

#include "harness/faults/message_layout.hpp"

namespace epicenter::faults {
namespace {

class duplicate_response final : public fault {
 public:
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w, runtime::random_stream&) override {
    const auto layout = layout_of(w);
    // Behind the last response of a connection nobody reads.
    if (!layout || layout->closes) return std::nullopt;
    return delivery{std::string(w.raw).append(w.raw), delivery::then::go_on};
  }
};

}  // namespace

std::unique_ptr<fault> make_duplicate_response(const json::object&) {
  return std::make_unique<duplicate_response>();
}

}  // namespace epicenter::faults
