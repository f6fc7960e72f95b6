#include <epicenter/json/parse.hpp>
#include <epicenter/smart/discovery.hpp>

namespace epicenter::smart {
namespace {

constexpr std::size_t max_list = 1024;
constexpr std::size_t max_depth = 32;
constexpr std::string_view oauth_uris =
    "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

result<json::value> read_document(const http::response& answer, std::size_t max_bytes) {
  if (answer.status != 200) return fail(errc::no_endpoint, "status " + std::to_string(answer.status));
  json::parse_limits limits;
  limits.max_bytes = max_bytes;
  limits.max_depth = max_depth;
  auto read = json::parse(answer.body, limits);
  if (!read)
    return fail(error(make_error_code(errc::no_endpoint), "not JSON").caused_by(std::move(read.error())));
  if (!read->is_object()) return fail(errc::no_endpoint, "not an object");
  return std::move(*read);
}

std::vector<std::string> strings_of(const json::value& document, std::string_view name) {
  std::vector<std::string> found;
  const json::value* const member = document.find(name);
  const json::array* const list = member ? member->if_array() : nullptr;
  if (list == nullptr) return found;
  for (const json::value& one : *list) {
    if (found.size() == max_list) break;
    if (const auto text = one.if_string()) found.push_back(*text);
  }
  return found;
}

result<http::url> read_endpoint(std::string_view text, const http::url& base) {
  if (text.empty()) return fail(errc::no_endpoint, "no token endpoint is named");
  return parse_named_endpoint(text, base);
}

// extension[url = oauth-uris].extension[url = token].valueUri
std::string_view token_uri_in(const json::value& security) {
  const json::value* const outer = security.find("extension");
  const json::array* const extensions = outer ? outer->if_array() : nullptr;
  if (extensions == nullptr) return {};
  for (const json::value& one : *extensions) {
    const json::value* const inner = one.find("extension");
    const json::array* const parts = inner ? inner->if_array() : nullptr;
    if (one.string_at("url") != oauth_uris || parts == nullptr) continue;
    for (const json::value& part : *parts)
      if (part.string_at("url") == "token") return part.string_at("valueUri");
  }
  return {};
}

std::string_view token_uri_of(const json::value& statement) {
  const json::value* const member = statement.find("rest");
  const json::array* const rest = member ? member->if_array() : nullptr;
  if (rest == nullptr) return {};
  for (const json::value& one : *rest) {
    const json::value* const security = one.find("security");
    if (security == nullptr) continue;
    if (const auto uri = token_uri_in(*security); !uri.empty()) return uri;
  }
  return {};
}

http::url below(const http::url& base, std::string_view path) {
  http::url made = base;
  if (!made.target.empty() && made.target.back() == '/') made.target.pop_back();
  made.target += path;
  return made;
}

http::request question(const http::url& where, std::string accept, const std::string& client_id) {
  http::request made;
  made.target = where.target;
  made.fields.add("Accept", std::move(accept));
  made.fields.add("Epic-Client-ID", client_id);
  return made;
}

}  // namespace

result<discovered> parse_smart_configuration(const http::response& answer, const http::url& base) {
  const auto document = read_document(answer, max_smart_configuration);
  if (!document) return fail(document.error());
  auto endpoint = read_endpoint(document->string_at("token_endpoint"), base);
  if (!endpoint) return fail(std::move(endpoint.error()));
  discovered made;
  made.token_url = std::move(*endpoint);
  made.auth_methods = strings_of(*document, "token_endpoint_auth_methods_supported");
  made.algorithms = strings_of(*document, "token_endpoint_auth_signing_alg_values_supported");
  made.capabilities = strings_of(*document, "capabilities");
  made.scopes_supported = strings_of(*document, "scopes_supported");
  return made;
}

result<discovered> parse_capability_statement(const http::response& answer, const http::url& base) {
  const auto document = read_document(answer, max_capability_statement);
  if (!document) return fail(document.error());
  if (document->string_at("resourceType") != "CapabilityStatement")
    return fail(errc::no_endpoint, "not a CapabilityStatement");
  auto endpoint = read_endpoint(token_uri_of(*document), base);
  if (!endpoint) return fail(std::move(endpoint.error()));
  discovered made;
  made.source = discovered::source_kind::capability_statement;
  made.token_url = std::move(*endpoint);
  return made;
}

runtime::task<result<discovered>> discover(fetch_function fetch, http::url base, std::string client_id,
                                           instant deadline) {
  const http::url configuration = below(base, "/.well-known/smart-configuration");
  http::request first = question(configuration, "application/json", client_id);
  auto answer = co_await fetch(configuration, std::move(first), deadline);
  result<discovered> found = fail(errc::no_endpoint);
  if (answer) {
    found = parse_smart_configuration(*answer, base);
  } else {
    found = fail(std::move(answer.error()));
  }
  // A document that names a place credentials must not go to is an answer: asking elsewhere would hide it.
  if (found || found.error() == make_error_code(errc::untrusted_url)) co_return found;
  const http::url metadata = below(base, "/metadata");
  http::request second = question(metadata, "application/fhir+json", client_id);
  auto statement = co_await fetch(metadata, std::move(second), deadline);
  if (!statement) co_return fail(std::move(statement.error()).caused_by(std::move(found.error())));
  auto older = parse_capability_statement(*statement, base);
  if (older) co_return older;
  co_return fail(std::move(older.error()).caused_by(std::move(found.error())));
}

result<> token_endpoint_pin::compare(const http::url& found) {
  if (!pinned_) pinned_ = found;
  if (*pinned_ == found) return {};
  return fail(errc::endpoint_moved, "in use: " + pinned_->to_string() + ", named: " + found.to_string());
}

}  // namespace epicenter::smart
