#include "mock-epic/server/admin_clients.hpp"

#include <epicenter/http/url.hpp>
#include <functional>
#include <optional>

#include "mock-epic/oauth/secret_hash.hpp"
#include "mock-epic/server/admin_json.hpp"

namespace epicenter::mock::server {
namespace {

constexpr std::size_t max_redirect_uris = 20;

using problem = std::optional<std::string>;

problem read_text(const json::object& body, std::string_view key, std::string& into) {
  const json::value* given = body.find(key);
  if (!given) return std::nullopt;
  const auto text = given->if_string();
  if (!text) return std::string(key) + " is a text";
  into = *text;
  return std::nullopt;
}

problem read_flag(const json::object& body, std::string_view key, const std::function<void(bool)>& take) {
  const json::value* given = body.find(key);
  if (!given) return std::nullopt;
  const bool* flag = given->if_bool();
  if (!flag) return std::string(key) + " is true or false";
  take(*flag);
  return std::nullopt;
}

problem read_keys(const json::object& body, oauth::client_registration& into) {
  if (const json::value* jwks = body.find("jwks")) {
    const json::value* keys = jwks->find("keys");
    if (!keys || !keys->is_array()) return "jwks is an object with keys";
    into.jwks = *jwks;
  }
  if (auto wrong = read_text(body, "jwks_url", into.jwks_url)) return wrong;
  if (!into.jwks_url.empty() && !http::parse_url(into.jwks_url))
    return "jwks_url is an absolute http or https URL";
  if (!into.jwks_url.empty() && into.jwks.is_object()) return "jwks or jwks_url, not both";
  std::string secret;
  if (auto wrong = read_text(body, "secret", secret)) return wrong;
  if (!secret.empty()) into.secret_hash = oauth::hash_secret(into.id, secret);
  return std::nullopt;
}

problem read_redirects(const json::object& body, oauth::client_registration& into) {
  const json::value* given = body.find("redirect_uris");
  if (!given) return std::nullopt;
  const json::array* list = given->if_array();
  if (!list || list->size() > max_redirect_uris) return "redirect_uris is a list of at most 20 texts";
  for (const json::value& one : *list) {
    const auto uri = one.if_string();
    if (!uri) return "redirect_uris is a list of at most 20 texts";
    if (uri->find(':') == std::string::npos || uri->starts_with("javascript:") || uri->starts_with("data:"))
      return "redirect_uris are absolute URIs of a page or an app";
    into.redirect_uris.push_back(*uri);
  }
  return std::nullopt;
}

problem read_words(const json::object& body, oauth::client_registration& into) {
  std::string format, spelling;
  if (auto wrong = read_text(body, "token_format", format)) return wrong;
  if (auto wrong = read_text(body, "scope_spelling", spelling)) return wrong;
  if (format == "jwt") {
    into.format = oauth::token_format::jwt;
  } else if (!format.empty() && format != "opaque") {
    return "token_format is opaque or jwt";
  }
  if (spelling == "v1") {
    into.spelling = oauth::scope_spelling::v1;
  } else if (spelling == "v2") {
    into.spelling = oauth::scope_spelling::v2;
  } else if (spelling == "bare") {
    into.spelling = oauth::scope_spelling::bare;
  } else if (!spelling.empty()) {
    return "scope_spelling is v2, v1 or bare";
  }
  return std::nullopt;
}

}  // namespace

tl::expected<oauth::client_registration, std::string> read_client(const http::request& request,
                                                                  std::string_view id) {
  const auto body =
      read_body(request, {"jwks", "jwks_url", "secret", "redirect_uris", "scopes", "background_user",
                          "token_format", "scope_spelling", "narrows", "fhir_user"});
  if (!body) return tl::unexpected(body.error());
  oauth::client_registration made;
  made.id = std::string(id);
  problem wrong = read_keys(*body, made);
  if (!wrong) wrong = read_redirects(*body, made);
  if (!wrong) wrong = read_words(*body, made);
  if (!wrong) wrong = read_text(*body, "scopes", made.scopes);
  if (!wrong) wrong = read_text(*body, "fhir_user", made.fhir_user);
  if (!wrong) wrong = read_flag(*body, "background_user", [&](bool flag) { made.background_user = flag; });
  if (!wrong) wrong = read_flag(*body, "narrows", [&](bool flag) { made.narrows = flag; });
  if (wrong) return tl::unexpected(std::move(*wrong));
  return made;
}

}  // namespace epicenter::mock::server
