#include "mock-epic/server/site.hpp"

#include "mock-epic/fhir/metadata.hpp"

namespace epicenter::mock::server {
namespace {

bool is_orders(const options& o) {
  return o.profile == profile::orders;
}

oauth::assertion_rules rules_of_assertions() {
  oauth::assertion_rules rules;
  rules.token_path = token_path;
  return rules;
}

fhir::engine_options engine_options_of(const options& o) {
  fhir::engine_options made;
  made.orders = is_orders(o);
  made.base_path = fhir_path;
  made.token_path = token_path;
  made.seed = o.seed;
  made.requires_token = !o.open;
  return made;
}

data::hospital hospital_of(const options& o, wall_time now) {
  data::hospital_options made;
  made.seed = o.seed;
  made.patients = o.patients;
  made.today = std::chrono::floor<std::chrono::days>(now);
  return data::hospital(made);
}

bool is_below(std::string_view path, std::string_view base) {
  return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

/// The token of "Authorization: Bearer …"; nothing where the header is absent or of another scheme.
std::optional<std::string_view> bearer_of(const http::request& request) {
  const std::string* header = request.fields.find("Authorization");
  if (!header || header->size() < 8 ||
      !http::equal_ignoring_case(std::string_view(*header).substr(0, 7), "Bearer "))
    return std::nullopt;
  return std::string_view(*header).substr(7);
}

fhir::answer refuse_without_token() {
  fhir::answer made = fhir::answer_empty(401, "token_missing");
  made.response.fields.set("WWW-Authenticate", "Bearer");
  return made;
}

/// Captured: the header, and a body of two quotation marks.
fhir::answer refuse_token(std::string rule) {
  fhir::answer made = fhir::answer_empty(401, std::move(rule));
  made.response.fields.set(
      "WWW-Authenticate",
      "Bearer error=\"invalid_token\", error_description=\"The access token provided is not "
      "valid\"");
  made.response.fields.set("Content-Type", "application/json; charset=utf-8");
  made.response.body = "\"\"";
  return made;
}

}  // namespace

site::site(const runtime::runtime& rt, const options& o)
    : rt_(rt),
      open_(o.open),
      tokens_(runtime::random_stream(runtime::derive_seed(o.seed, "mock.tokens")), o.token_lifetime),
      endpoint_(rules_of_assertions(), fhir::granted_scope(is_orders(o)), tokens_),
      engine_(engine_options_of(o), hospital_of(o, rt.wall())) {
  for (const client_registration& client : o.clients) register_client(client);
}

void site::register_client(client_registration client) {
  clients_.insert_or_assign(std::move(client.id), std::move(client.jwks));
}

site::reply site::handle(const http::request& request) {
  const std::string_view path = request.path();
  if (path == token_path) {
    oauth::token_answer made = endpoint_.handle(request, clients_, rt_.now(), rt_.wall());
    return {fhir::answer{std::move(made.response), std::move(made.rule), {}}, made.token};
  }
  if (is_below(path, fhir_path) || engine_.exporter().owns(path)) return handle_fhir(request);
  return {fhir::answer_html_404(), 0};
}

site::reply site::handle_fhir(const http::request& request) {
  const instant now = rt_.now();
  oauth::token_store::standing token;
  const auto presented = bearer_of(request);
  if (presented) token = tokens_.look_up(*presented, now);
  const bool of_export = engine_.exporter().owns(request.path());
  if (!open_ && (of_export || !engine_.is_public(request.path()))) {
    if (!presented) return {refuse_without_token(), 0};
    if (!token.valid) {
      std::string why = token.number == 0 ? "token_unknown" : token.expired_by;
      if (why.empty()) why = "token_expired";
      return {refuse_token(std::move(why)), token.number};
    }
  }
  const fhir::moment at{now, rt_.wall()};
  if (of_export) return {engine_.exporter().handle(request, at), token.number};
  return {engine_.handle(request, at), token.number};
}

}  // namespace epicenter::mock::server
