#include "mock-epic/oauth/token_endpoint.hpp"

#include <fmt/format.h>

#include <epicenter/http/url.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::mock::oauth {
namespace {

constexpr std::string_view jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

token_answer answer(unsigned status, std::string body, std::string rule) {
  token_answer made;
  made.response.status = status;
  made.response.fields.set("Content-Type", "application/json; charset=utf-8");
  made.response.fields.set("Cache-Control", "no-store");
  made.response.fields.set("Pragma", "no-cache");
  made.response.body = std::move(body);
  made.rule = std::move(rule);
  return made;
}

token_answer refuse(std::string_view code, std::string_view rule) {
  return answer(400, fmt::format(R"({{"error":"{}","error_description":null}})", code), std::string(rule));
}

/// The one value of a parameter; nothing where it is absent or given twice.
const std::string* single(const http::parameters& form, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : form) {
    if (key != name) continue;
    if (found) return nullptr;
    found = &value;
  }
  return found;
}

/// The check of the request's form that fails, or nothing.
std::string_view check_form(const http::request& request) {
  if (request.method != "POST") return "method";
  if (request.target.find('?') != std::string::npos) return "query_parameters";
  const std::string_view type = request.fields.get("Content-Type");
  if (!http::equal_ignoring_case(type.substr(0, type.find_first_of("; ")),
                                 "application/x-www-form-urlencoded"))
    return "content_type";
  return {};
}

}  // namespace

token_endpoint::token_endpoint(assertion_rules rules, std::string scope, token_store& tokens)
    : rules_(std::move(rules)), scope_(std::move(scope)), tokens_(tokens) {}

token_answer token_endpoint::handle(const http::request& request, const client_keys& clients, instant now,
                                    wall_time wall) {
  if (const auto refused = check_form(request); !refused.empty()) return refuse("invalid_request", refused);
  if (request.body.size() > 2 * max_assertion_bytes) return refuse("invalid_request", "body_too_large");
  const auto form = http::decode_form(request.body);
  if (!form) return refuse("invalid_request", "form_malformed");
  const std::string* grant = single(*form, "grant_type");
  if (!grant || *grant != "client_credentials") return refuse("invalid_request", "grant_type");
  const std::string* type = single(*form, "client_assertion_type");
  if (!type || *type != jwt_bearer) return refuse("invalid_request", "assertion_type");
  const std::string* assertion = single(*form, "client_assertion");
  if (!assertion || assertion->empty()) return refuse("invalid_request", "assertion_missing");
  const assertion_result checked = check_assertion(*assertion, clients, rules_, seen_, wall);
  if (!checked.refused.empty()) return refuse("invalid_client", checked.refused);

  const token_store::issued issued = tokens_.issue(now);
  const std::int64_t lifetime = std::chrono::duration_cast<std::chrono::seconds>(tokens_.lifetime()).count();
  token_answer made =
      answer(200,
             fmt::format(R"({{"access_token":"{}","token_type":"bearer","expires_in":{},"scope":{}}})",
                         issued.token, lifetime, json::quote(scope_)),
             "token_issued");
  made.token = issued.number;
  return made;
}

}  // namespace epicenter::mock::oauth
