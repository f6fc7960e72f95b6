// Anything may come as an assertion, and anything from a client's key URL. The input is the assertion, then
// after a zero byte the key set. What is taken apart must be what was sent: the parts that were signed lead
// back to the token, a signature that no one made verifies for no key, and times are judged without overflow.
#include <cstdint>
#include <epicenter/base/check.hpp>

#include "mock-epic/oauth/assertion.hpp"
#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/client_registry.hpp"
#include "mock-epic/oauth/jwks_cache.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace oauth = epicenter::mock::oauth;
  using epicenter::wall_time;
  const std::string text(data, data + size);
  const std::size_t zero = text.find('\0');
  const std::string token = text.substr(0, zero);
  const std::string rest = zero == std::string::npos ? std::string() : text.substr(zero + 1);
  const auto keys = oauth::read_key_set(rest);
  const auto kept = oauth::cache_time(rest);
  EPICENTER_CHECK(kept >= epicenter::duration{} && kept <= oauth::max_key_age,
                  "no set is kept longer than Epic does");
  if (keys)
    for (const auto& key : *keys->find("keys")->if_array())
      EPICENTER_CHECK(!oauth::identity_of(key).empty(), "every key has an identity");
  const oauth::assertion_reading read = oauth::read_assertion(token);
  EPICENTER_CHECK(read.refused.empty() == read.token.has_value(), "an assertion is read or refused by name");
  if (!read.token) return 0;
  const oauth::assertion& one = *read.token;
  EPICENTER_CHECK(std::string(one.signed_text) + "." + oauth::encode_base64url(one.signature) == token,
                  "base64url has one spelling");
  EPICENTER_CHECK(!one.client().empty(), "an assertion names its client");
  static_cast<void>(oauth::check_key_url(one, rest));
  static_cast<void>(oauth::check_audience(one, {"/interconnect-fhir-oauth/oauth2/token", {}}));
  const wall_time now{std::chrono::seconds(1'767'571'200)};
  if (oauth::check_times(one, now).empty()) {
    oauth::replay_store seen(2);
    if (oauth::check_replay(one, seen, now).empty())
      EPICENTER_CHECK(oauth::check_replay(one, seen, now) == "jti_replayed", "a jti is good once");
  }
  if (keys) static_cast<void>(oauth::check_key(one, *keys, {}));
  return 0;
}
