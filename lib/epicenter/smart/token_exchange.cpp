#include <algorithm>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/resilience/retry_after.hpp>
#include <epicenter/smart/token_exchange.hpp>

namespace epicenter::smart {
namespace {

// Only words of the standard are repeated: whatever else a server says may quote what it was sent.
std::string_view known_oauth_error(std::string_view code) {
  for (const std::string_view known : {"invalid_client", "invalid_request", "unauthorized_client",
                                       "invalid_grant", "invalid_scope", "unsupported_grant_type"})
    if (code == known) return known;
  return "no known error code";
}

tl::unexpected<error> refusal(const http::response& answer) {
  const std::string status = std::to_string(answer.status);
  if (answer.status == 408 || answer.status == 429 || answer.status >= 500)
    return fail(errc::unavailable, status);
  const auto body = json::parse(answer.body);
  if (answer.status < 400) return fail(errc::malformed, "status " + status);
  const std::string_view code = body ? body->string_at("error") : std::string_view();
  return fail(errc::refused, status + ' ' + std::string(known_oauth_error(code)));
}

// The token goes into a header field: what is not a visible ASCII character could end it.
bool is_header_safe(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (space != 0) scopes.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return scopes;
}

}  // namespace

http::request make_token_request(std::string target, const secret& assertion, const std::string& scope) {
  http::parameters form{{"grant_type", "client_credentials"},
                        {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                        {"client_assertion", std::string(assertion.reveal())}};
  if (!scope.empty()) form.emplace_back("scope", scope);
  http::request request;
  request.method = "POST";
  request.target = std::move(target);
  request.fields.add("Content-Type", "application/x-www-form-urlencoded");
  request.fields.add("Accept", "application/json");
  request.body = http::encode_form(form);
  return request;
}

result<token_grant> parse_token_response(const http::response& answer) {
  if (answer.status != 200) return refusal(answer);
  auto body = json::parse(answer.body);
  if (!body) return fail(error(make_error_code(errc::malformed)).caused_by(std::move(body.error())));
  if (!http::equal_ignoring_case(body->string_at("token_type"), "bearer"))
    return fail(errc::malformed, "token_type is not bearer");
  const std::string_view token = body->string_at("access_token");
  if (!is_header_safe(token)) return fail(errc::malformed, "access_token is absent or not printable");
  const json::value* const lifetime = body->find("expires_in");
  const std::int64_t seconds = lifetime == nullptr ? 0 : lifetime->to_int64().value_or(0);
  if (seconds < 1 || seconds > std::chrono::seconds(std::chrono::years(1)).count())
    return fail(errc::malformed, "expires_in is absent or out of range");
  token_grant grant;
  grant.access_token = secret(std::string(token));
  grant.expires_in = std::chrono::seconds(seconds);
  grant.scopes = split_scopes(body->string_at("scope"));
  return grant;
}

std::optional<wall_time> server_date(const http::response& answer, wall_time about) {
  return resilience::parse_http_date(answer.fields.get("Date"), about);
}

}  // namespace epicenter::smart
