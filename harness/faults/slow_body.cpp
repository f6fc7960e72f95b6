#include "harness/faults/slow_body.hpp"

#include <epicenter/base/check.hpp>

#include "harness/faults/delay_distribution.hpp"

namespace epicenter::faults {
namespace {

class slow_body final : public fault {
 public:
  slow_body(std::int64_t rate, delay_distribution distribution) : rate_(rate), distribution_(distribution) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream& random) override {
    pace slower;
    slower.before_body = draw(distribution_, random);
    slower.body_rate = rate_;
    return slower;
  }

 private:
  std::int64_t rate_;
  delay_distribution distribution_;
};

}  // namespace

std::unique_ptr<fault> make_slow_body(const json::object& canonical) {
  const auto* rate = canonical.find("rate");
  EPICENTER_CHECK(rate != nullptr, "parameters are canonical");
  delay_distribution distribution = uniform_delay{};
  if (const auto* given = canonical.find("delay")) {
    const auto read = parse_delay(*given);
    EPICENTER_CHECK(read.has_value(), "parameters are canonical");
    distribution = *read;
  }
  return std::make_unique<slow_body>(*rate->to_int64(), distribution);
}

}  // namespace epicenter::faults
