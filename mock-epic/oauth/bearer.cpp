#include "mock-epic/oauth/bearer.hpp"

namespace epicenter::mock::oauth {
namespace {

token_answer refuse_with(unsigned status, std::string_view challenge, std::string rule, std::uint64_t token) {
  token_answer made;
  made.response.status = status;
  made.response.fields.set("WWW-Authenticate", std::string(challenge));
  made.rule = std::move(rule);
  made.token = token;
  return made;
}

}  // namespace

std::optional<std::string_view> bearer_of(const http::request& request) {
  const std::string* header = request.fields.find("Authorization");
  if (!header || header->size() < 8 ||
      !http::equal_ignoring_case(std::string_view(*header).substr(0, 7), "Bearer "))
    return std::nullopt;
  return std::string_view(*header).substr(7);
}

token_answer refuse_without_token() {
  return refuse_with(401, "Bearer", "token_missing", 0);
}

token_answer refuse_token(const token_store::standing& token) {
  std::string why = token.number == 0 ? "token_unknown" : token.expired_by;
  if (why.empty()) why = "token_expired";
  token_answer made = refuse_with(
      401, R"(Bearer error="invalid_token", error_description="The access token provided is not valid")",
      std::move(why), token.number);
  made.response.fields.set("Content-Type", "application/json; charset=utf-8");
  made.response.body = "\"\"";
  return made;
}

token_answer refuse_scope(std::uint64_t token_number) {
  return refuse_with(403,
                     R"(Bearer error="insufficient_scope", error_description="The access token provided is )"
                     R"(valid, but is not authorized for this service")",
                     "insufficient_scope", token_number);
}

}  // namespace epicenter::mock::oauth
