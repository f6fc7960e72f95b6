// The token endpoint's request and answer (RFC 6749, section 4.4 and 5; Epic, OAuth 2.0 specification).
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/smart/error.hpp>
#include <optional>
#include <vector>

namespace epicenter::smart {

/// POST of a form. An empty scope is left out: Epic grants what is registered whatever is asked for.
http::request make_token_request(std::string target, const secret& assertion, const std::string& scope = {});

/// What a refusal says (RFC 6749, section 5.2; RFC 6750, section 3.1 knows others).
enum class oauth_error {
  none,  ///< no refusal, or one without a code of the standard
  invalid_client,
  invalid_request,
  unauthorized_client,
  invalid_grant,
  invalid_scope,
  unsupported_grant_type,
};
/// "invalid_client", …; empty for none.
std::string_view to_string(oauth_error);
/// The code of a 4xx that refuses the client; none for any other response.
oauth_error refusal_code(const http::response&);

struct token_grant {
  secret access_token;
  duration expires_in{};  ///< from when the request was sent
  std::vector<std::string>
      scopes;  ///< as spelled by the server: Patient.read, system/Patient.rs, with or without ?category=…
};

/// errc::refused (with status and OAuth error code in the detail, never the server's own words),
/// errc::unavailable, errc::malformed. expires_in must be a whole number of seconds from 1 to a year.
result<token_grant> parse_token_response(const http::response&);

/// The server's clock by the Date header, if there is one; `about` is this side's (see
/// resilience::parse_http_date).
std::optional<wall_time> server_date(const http::response&, wall_time about);

}  // namespace epicenter::smart
