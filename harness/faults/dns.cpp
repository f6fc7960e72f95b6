#include "harness/faults/dns.hpp"

#include <epicenter/base/check.hpp>

namespace epicenter::faults {

namespace {

class dns final : public fault {
 public:
  explicit dns(bool silent) : silent_(silent) {}

  hooks acts_on() const override { return {.connections = true}; }
  connection_verdict on_connect(runtime::random_stream&) override { return bad_lookup{silent_}; }

 private:
  bool silent_;
};

}  // namespace

std::unique_ptr<fault> make_dns(const json::object& canonical) {
  const auto* mode = canonical.find("mode");
  EPICENTER_CHECK(mode != nullptr && mode->if_string() != nullptr, "parameters are canonical");
  return std::make_unique<dns>(*mode->if_string() == "timeout");
}

}  // namespace epicenter::faults
