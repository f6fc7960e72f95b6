// Fetching a client's JWK Set, as Epic does.
#pragma once

#include <epicenter/http/client.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>
#include <optional>
#include <string>

namespace epicenter::mock::oauth {

/// What came of it: keys, or the reason why not.
struct fetched_keys {
  std::optional<json::value> keys;
  std::string cache_control;
  std::string_view refused;  ///< jwks_url, jwks_unreachable, jwks_tls, jwks_timeout, jwks_redirect,
                             ///< jwks_status, jwks_too_large, jwks_malformed; refers to static text
};

inline constexpr duration key_fetch_timeout = 5s;

/// Of one runtime. What an https URL needs (authorities) is loaded when the first one is fetched.
class key_fetcher {
 public:
  /// Trusts `ca_pem` in addition to the system's authorities.
  explicit key_fetcher(runtime::runtime& rt, std::string ca_pem = {}) : rt_(rt), ca_pem_(std::move(ca_pem)) {}

  /// One GET with Accept: application/json. Redirects are refused, replies bounded by max_key_set_bytes, the
  /// whole by key_fetch_timeout.
  runtime::task<fetched_keys> fetch(std::string url);
  runtime::task<> stop();

 private:
  http::client* client_for(bool tls);

  runtime::runtime& rt_;
  std::string ca_pem_;
  std::unique_ptr<http::client> plain_;
  std::unique_ptr<http::client> tls_;
};

}  // namespace epicenter::mock::oauth
