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
                     "scope_insufficient", token_number);
}

std::optional<wanted_access> wanted_by(std::string_view method, std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  const std::string_view type = path.substr(0, slash);
  if (type.empty() || type[0] < 'A' || type[0] > 'Z') return std::nullopt;
  const std::string_view rest = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  if (rest.starts_with('$') || rest.find("/$") != std::string_view::npos) return std::nullopt;
  const bool of_type = rest.empty() || rest == "_search";
  if (method == "GET" || method == "HEAD")
    return wanted_access{type, of_type ? interaction::search : interaction::read};
  if (method == "POST") {
    if (rest.empty()) return wanted_access{type, interaction::create};
    return wanted_access{type, interaction::search};
  }
  if (method == "PUT" || method == "PATCH") return wanted_access{type, interaction::update};
  if (method == "DELETE") return wanted_access{type, interaction::remove};
  return std::nullopt;
}

}  // namespace epicenter::mock::oauth
