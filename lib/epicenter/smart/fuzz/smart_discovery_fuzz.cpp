// Whatever a server says of its endpoints: credentials go to https or loopback only, and nothing crashes.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/smart/discovery.hpp>

namespace {

void check(const epicenter::result<epicenter::smart::discovered>& found) {
  if (!found) return;
  EPICENTER_CHECK(found->token_url.where.tls, "a server elsewhere can name https only");
  EPICENTER_CHECK(!epicenter::runtime::is_loopback(found->token_url.where.server), "and never loopback");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto base = *epicenter::http::parse_url("https://epic.example/api/FHIR/R4");
  epicenter::http::response answer;
  answer.body.assign(data, data + size);
  check(epicenter::smart::parse_smart_configuration(answer, base));
  check(epicenter::smart::parse_capability_statement(answer, base));
  return 0;
}
