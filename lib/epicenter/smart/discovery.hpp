// Where a site's token endpoint is: asked of the site, and compared with what is known.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <epicenter/smart/fetch.hpp>
#include <optional>
#include <vector>

namespace epicenter::smart {

inline constexpr std::size_t max_smart_configuration = 256 * 1024;
inline constexpr std::size_t max_capability_statement = 8 * 1024 * 1024;

struct discovered {
  enum class source_kind { smart_configuration, capability_statement };
  source_kind source = source_kind::smart_configuration;
  http::url token_url;
  std::vector<std::string> auth_methods;      ///< token_endpoint_auth_methods_supported
  std::vector<std::string> algorithms;        ///< token_endpoint_auth_signing_alg_values_supported
  std::vector<std::string> capabilities;      ///< "permission-v2", "client-confidential-asymmetric", …
  std::vector<std::string> scopes_supported;  ///< often a part of them, or none
};

/// Reads {base}/.well-known/smart-configuration. The token endpoint must be absolute and one that this base
/// may name (see parse_named_endpoint). Lists are read up to 1024 members, others left out.
/// errc::no_endpoint, errc::untrusted_url.
result<discovered> parse_smart_configuration(const http::response&, const http::url& base);
/// Reads the oauth-uris extension of {base}/metadata (SMART App Launch 1; still served by Epic).
result<discovered> parse_capability_statement(const http::response&, const http::url& base);

/// Asks smart-configuration, then /metadata where that has no answer. Both requests carry Epic-Client-ID:
/// without it Epic may name another client's endpoint. Redirects are not followed.
runtime::task<result<discovered>> discover(fetch_function fetch, http::url base, std::string client_id,
                                           instant deadline);

/// Holds on to one token endpoint, so that a changed discovery document cannot lead the client elsewhere.
class token_endpoint_pin {
 public:
  /// Nothing configured: the first one found is kept.
  explicit token_endpoint_pin(std::optional<http::url> configured) : pinned_(std::move(configured)) {}

  /// errc::endpoint_moved where another one is in use; that stays in use. The detail names both.
  result<> compare(const http::url& found);
  const std::optional<http::url>& in_use() const { return pinned_; }

 private:
  std::optional<http::url> pinned_;
};

}  // namespace epicenter::smart
