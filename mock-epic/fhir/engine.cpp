#include "mock-epic/fhir/engine.hpp"

#include <algorithm>

#include "mock-epic/fhir/metadata.hpp"
#include "mock-epic/fhir/negotiation.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::string_view metadata_path = "/metadata";
constexpr std::string_view smart_path = "/.well-known/smart-configuration";

runtime::random_stream stream(std::uint64_t seed, std::string_view name) {
  return runtime::random_stream(runtime::derive_seed(seed, name));
}

/// A host and port, and nothing that could break out of the URLs it is put into.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 260 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

answer method_not_allowed(std::string_view allowed) {
  answer refused = answer_empty(405, "method");
  refused.response.fields.set("Allow", std::string(allowed));
  return refused;
}

}  // namespace

engine::engine(engine_options options, data::hospital hospital)
    : options_(std::move(options)),
      store_(std::move(hospital)),
      searcher_(store_, stream(options_.seed, "mock.sessions"), stream(options_.seed, "mock.uuids")),
      creator_(store_, options_.orders, stream(options_.seed, "mock.created_ids")) {}

bool engine::is_public(std::string_view path) const {
  path.remove_prefix(options_.base_path.size());
  return path == metadata_path || path == smart_path;
}

answer engine::handle(const http::request& request, moment at) {
  const std::string_view host = request.fields.get("Host");
  if (!is_host(host)) return answer_bad_host();
  std::string_view path = request.path();
  path.remove_prefix(options_.base_path.size());
  answer made = route(request, path, "http://" + std::string(host), at);
  negotiate(request, made.response);
  return made;
}

answer engine::route(const http::request& request, std::string_view path, const std::string& origin,
                     moment at) {
  const std::string base = origin + options_.base_path;
  const std::string token_url = origin + options_.token_path;
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (path == metadata_path) {
    if (!get) return method_not_allowed("GET");
    return answer_fhir(200, write_capability_statement(base, token_url, options_.orders, at.wall), "");
  }
  if (path == smart_path) {
    if (!get) return method_not_allowed("GET");
    answer made = answer_fhir(200, write_smart_configuration(token_url), "");
    made.response.fields.set("Content-Type", "application/json; charset=utf-8");
    return made;
  }
  if (path.empty()) return answer_html_404();
  path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  const type_rules* rules = find_type(path.substr(0, slash));
  if (!rules) return answer_html_404();
  if (slash == std::string_view::npos) return handle_type(request, *rules, base, at);
  const std::string_view id = path.substr(slash + 1);
  if (id == "_search" && request.method == "POST") {
    const auto form = http::decode_form(request.body);
    if (!form) return answer_outcome(400, issue{"fatal", "structure", "59105", "", ""}, "search_form");
    return searcher_.search(*rules, *form, base, at.now);
  }
  if (id.empty() || id.find('/') != std::string_view::npos || id.starts_with('_') || id.starts_with('$'))
    return answer_html_404();
  if (!get) return method_not_allowed("GET");
  return read(*rules, id);
}

answer engine::handle_type(const http::request& request, const type_rules& rules, std::string_view base,
                           moment at) {
  if (request.method == "POST") return create(request, rules);
  if (request.method != "GET" && request.method != "HEAD") return method_not_allowed("GET, POST");
  const auto parameters = http::decode_form(request.query());
  if (!parameters) return answer_outcome(400, issue{"fatal", "structure", "59105", "", ""}, "search_query");
  return searcher_.search(rules, *parameters, base, at.now);
}

answer engine::create(const http::request& request, const type_rules& rules) {
  const std::string_view type = request.fields.get("Content-Type");
  const std::string_view media = type.substr(0, type.find(';'));
  const bool json = http::equal_ignoring_case(media, "application/fhir+json") ||
                    http::equal_ignoring_case(media, "application/json");
  // Refusals that depend on the type alone come first, whatever the body is.
  if (!json && (rules.create == creation::yes || (rules.create == creation::orders && options_.orders)))
    return answer_outcome(
        415, issue{"fatal", "structure", "59105", "Content-Type must be application/fhir+json.", ""},
        "content_type");
  const std::string_view prefer = request.fields.get("Prefer");
  return creator_.create(rules, request.body, prefer.find("return=representation") != std::string_view::npos);
}

answer engine::read(const type_rules& rules, std::string_view id) {
  if (const resource* found = store_.find(rules.id, id)) return answer_fhir(200, found->text, "");
  return answer_outcome(404, issue{"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"},
                        "unknown_id");
}

}  // namespace epicenter::mock::fhir
