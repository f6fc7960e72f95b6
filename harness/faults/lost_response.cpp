#include "harness/faults/lost_response.hpp"

namespace epicenter::faults {

namespace {

class lost_response final : public fault {
 public:
  explicit lost_response(std::optional<duration> close_after) : close_after_(close_after) {}
  hooks acts_on() const override { return {.requests = true}; }
  request_verdict on_request(const call&, runtime::random_stream&) override { return swallow{close_after_}; }

 private:
  std::optional<duration> close_after_;
};

}  // namespace

std::unique_ptr<fault> make_lost_response(const json::object& canonical) {
  const auto* given = canonical.find("hold");
  if (given == nullptr) return std::make_unique<lost_response>(std::nullopt);
  return std::make_unique<lost_response>(duration(*given->to_int64()));
}

}  // namespace epicenter::faults
