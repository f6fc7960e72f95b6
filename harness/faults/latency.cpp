#include "harness/faults/latency.hpp"

#include <epicenter/base/check.hpp>

#include "harness/faults/delay_distribution.hpp"

namespace epicenter::faults {

namespace {

class latency final : public fault {
 public:
  latency(delay_distribution distribution, bool requests, bool responses)
      : distribution_(distribution), requests_(requests), responses_(responses) {}

  hooks acts_on() const override { return {.requests = requests_, .responses = responses_, .chunks = true}; }

  request_verdict on_request(const call&, runtime::random_stream& random) override {
    return delay{draw(distribution_, random)};
  }
  response_verdict on_response(const http::response&, runtime::random_stream& random) override {
    return delay{draw(distribution_, random)};
  }
  chunk_verdict on_chunk(const chunk&, runtime::random_stream& random) override {
    return delay{draw(distribution_, random)};
  }

 private:
  delay_distribution distribution_;
  bool requests_;
  bool responses_;
};

}  // namespace

std::unique_ptr<fault> make_latency(const json::object& canonical) {
  const auto* given = canonical.find("delay");
  const auto* direction = canonical.find("direction");
  EPICENTER_CHECK(given != nullptr && direction != nullptr && direction->if_string() != nullptr,
                  "parameters are canonical");
  const auto distribution = parse_delay(*given);
  EPICENTER_CHECK(distribution.has_value(), "parameters are canonical");
  const auto& word = *direction->if_string();
  return std::make_unique<latency>(*distribution, word != "response", word != "request");
}

}  // namespace epicenter::faults
