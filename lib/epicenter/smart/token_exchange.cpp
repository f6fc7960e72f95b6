#include <algorithm>
#include <array>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/resilience/retry_after.hpp>
#include <epicenter/smart/token_exchange.hpp>

namespace epicenter::smart {
namespace {

constexpr std::array<std::string_view, 7> oauth_words{"",
                                                      "invalid_client",
                                                      "invalid_request",
                                                      "unauthorized_client",
                                                      "invalid_grant",
                                                      "invalid_scope",
                                                      "unsupported_grant_type"};

// A refusal is two short members; what is longer is no refusal's.
constexpr json::parse_limits refusal_limits{64 * 1024, 16};
// A token response holds a JWT or two and the scopes.
constexpr json::parse_limits grant_limits{1024 * 1024, 16};

bool is_trouble(unsigned status) {
  return status == 408 || status == 429 || status >= 500;
}

// Only words of the standard are repeated: whatever else a server says may quote what it was sent.
tl::unexpected<error> refusal(const http::response& answer) {
  const std::string status = std::to_string(answer.status);
  if (is_trouble(answer.status)) return fail(errc::unavailable, status);
  if (answer.status < 400) return fail(errc::malformed, "status " + status);
  const oauth_error code = refusal_code(answer);
  const std::string_view word = code == oauth_error::none ? "no known error code" : to_string(code);
  return fail(errc::refused, status + ' ' + std::string(word));
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

std::string_view to_string(oauth_error code) {
  return oauth_words[static_cast<std::size_t>(code)];
}

oauth_error refusal_code(const http::response& answer) {
  if (answer.status < 400 || is_trouble(answer.status)) return oauth_error::none;
  const auto body = json::parse(answer.body, refusal_limits);
  if (!body) return oauth_error::none;
  const std::string_view said = body->string_at("error");
  for (std::size_t i = 1; i != oauth_words.size(); ++i)
    if (oauth_words[i] == said) return static_cast<oauth_error>(i);
  return oauth_error::none;
}

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
  auto body = json::parse(answer.body, grant_limits);
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
