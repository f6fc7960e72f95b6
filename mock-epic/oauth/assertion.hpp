// The client assertion of SMART Backend Services, checked as Epic does.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/oauth/replay_store.hpp"

namespace epicenter::mock::oauth {

struct assertion_rules {
  std::string token_path;              ///< the path that `aud` must have where no list is given
  std::vector<std::string> audiences;  ///< the only values of `aud` taken; empty: any http(s) URL of the
                                       ///< token path, because clients reach the server through proxies
};

/// Bounds of what is read.
inline constexpr std::size_t max_assertion_bytes = 16 * 1024;
inline constexpr std::size_t max_jti_bytes = 151;  ///< Epic's own
inline constexpr duration max_assertion_lifetime =
    5min;  ///< Epic's own; Epic documents no leeway, none is given

/// A JSON Web Token whose form and header are those of an assertion, and whose issuer and subject are one.
/// Nothing of it is proven. It refers to the text it was read from.
struct assertion {
  json::value header;
  json::value claims;
  std::string_view signed_text;
  std::string signature;

  std::string_view client() const { return claims.string_at("iss"); }
};

/// The functions below name the check that failed, or nothing. In this order they are Epic's order: form,
/// algorithm, client, key, signature, audience, times, replay.
struct assertion_reading {
  std::string_view refused;
  std::optional<assertion> token;
};
assertion_reading read_assertion(std::string_view text);

/// The key URL in the header, if there is one, must be the one registered (empty: none is).
std::string_view check_key_url(const assertion&, std::string_view registered);
/// Exactly one key of the set must have the header's kid and the algorithm's type, and verify the signature.
/// `retired` are keys (identity_of) that may not.
std::string_view check_key(const assertion&, const json::value& jwks, const std::set<std::string>& retired);
std::string_view check_audience(const assertion&, const assertion_rules&);
std::string_view check_times(const assertion&, wall_time now);
/// After check_times: takes the jti.
std::string_view check_replay(const assertion&, replay_store&, wall_time now);

}  // namespace epicenter::mock::oauth
