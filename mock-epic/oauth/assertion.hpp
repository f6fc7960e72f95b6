// The client assertion of SMART Backend Services, checked as Epic does.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/oauth/replay_store.hpp"

namespace epicenter::mock::oauth {

/// JWK Sets by client id.
using client_keys = std::map<std::string, json::value, std::less<>>;

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

struct assertion_result {
  std::string_view refused;  ///< the check that failed; empty: accepted
  std::string client;        ///< where accepted
};

/// Checks in this order: form, algorithm, client, key, signature, audience, times, replay.
assertion_result check_assertion(std::string_view assertion, const client_keys&, const assertion_rules&,
                                 replay_store&, wall_time now);

}  // namespace epicenter::mock::oauth
