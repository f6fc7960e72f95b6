#include "harness/faults/slow_headers.hpp"

#include <epicenter/base/check.hpp>

#include "harness/faults/delay_distribution.hpp"

namespace epicenter::faults {
namespace {

class slow_headers final : public fault {
 public:
  slow_headers(delay_distribution distribution, std::int64_t rate)
      : distribution_(distribution), rate_(rate) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream& random) override {
    pace slower;
    slower.before_head = draw(distribution_, random);
    slower.head_rate = rate_;
    return slower;
  }

 private:
  delay_distribution distribution_;
  std::int64_t rate_;
};

}  // namespace

std::unique_ptr<fault> make_slow_headers(const json::object& canonical) {
  const auto* given = canonical.find("delay");
  EPICENTER_CHECK(given != nullptr, "parameters are canonical");
  const auto distribution = parse_delay(*given);
  EPICENTER_CHECK(distribution.has_value(), "parameters are canonical");
  const auto* rate = canonical.find("rate");
  return std::make_unique<slow_headers>(*distribution, rate != nullptr ? *rate->to_int64() : 0);
}

}  // namespace epicenter::faults
