#include "harness/faults/tls.hpp"

#include <epicenter/base/check.hpp>

#include <algorithm>

namespace epicenter::faults {

namespace {

// In the order of tls_modes.
constexpr std::array<tls_flaw, tls_modes.size()> flaws{tls_flaw::expired, tls_flaw::wrong_host,
                                                       tls_flaw::self_signed, tls_flaw::untrusted,
                                                       tls_flaw::handshake_abort};

class tls final : public fault {
 public:
  explicit tls(tls_flaw flaw) : flaw_(flaw) {}

  hooks acts_on() const override { return {.connections = true}; }
  connection_verdict on_connect(runtime::random_stream&) override { return bad_handshake{flaw_}; }

 private:
  tls_flaw flaw_;
};

}  // namespace

std::unique_ptr<fault> make_tls(const json::object& canonical) {
  const auto* mode = canonical.find("mode");
  EPICENTER_CHECK(mode != nullptr && mode->if_string() != nullptr, "parameters are canonical");
  const auto* const place = std::find(tls_modes.begin(), tls_modes.end(), *mode->if_string());
  EPICENTER_CHECK(place != tls_modes.end(), "parameters are canonical");
  return std::make_unique<tls>(flaws.at(static_cast<std::size_t>(place - tls_modes.begin())));
}

}  // namespace epicenter::faults
