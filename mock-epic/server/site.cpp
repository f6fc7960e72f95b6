#include "mock-epic/server/site.hpp"

#include "mock-epic/fhir/metadata.hpp"
#include "mock-epic/oauth/key_sets.hpp"
#include "mock-epic/server/times.hpp"

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
      identity_(*this),
      tokens_(runtime::random_stream(runtime::derive_seed(o.seed, "mock.tokens")), o.token_lifetime),
      endpoint_(rules_of_assertions(), fhir::granted_scope(is_orders(o)), tokens_),
      engine_(engine_options_of(o), hospital_of(o, rt.wall())) {
  for (const client_registration& client : o.clients) register_client(client);
}

void site::register_client(client_registration client) {
  oauth::client_keys& where = frozen_ > 0 && clients_.contains(client.id) ? unseen_ : clients_;
  where.insert_or_assign(std::move(client.id), std::move(client.jwks));
}

std::uint64_t site::own_identity::expire_tokens(std::string why) {
  return site_.tokens_.expire_all(site_.rt_.now(), std::move(why));
}

// Opaque tokens end alike, however they end.
std::uint64_t site::own_identity::revoke_tokens(std::string why) {
  return site_.tokens_.expire_all(site_.rt_.now(), std::move(why));
}

std::set<std::string> site::own_identity::keys_of(std::string_view client) const {
  return oauth::materials_of(site_.clients_, client);
}

void site::own_identity::thaw_keys() {
  if (--site_.frozen_ > 0) return;
  for (auto& [id, keys] : site_.unseen_) site_.clients_.insert_or_assign(id, std::move(keys));
  site_.unseen_.clear();
}

site::reply site::handle(const http::request& request, meddler* levers) {
  if (!levers) return answer(request, {rt_.now(), rt_.wall()}, nullptr);
  if (auto instead = levers->at_the_door(request)) return {std::move(*instead), 0};
  const duration off = levers->clock_offset(request);
  const wall_time wall = rt_.wall() + off;
  reply made = answer(request, {rt_.now(), wall}, levers);
  if (off != duration{}) made.answer.response.fields.set("Date", write_http_date(wall));
  return made;
}

site::reply site::answer(const http::request& request, fhir::moment at, meddler* levers) {
  const std::string_view path = request.path();
  if (path == token_path) return handle_token(request, at, levers);
  if (is_below(path, fhir_path) || engine_.exporter().owns(path)) return handle_fhir(request, at, levers);
  return {fhir::answer_html_404(), 0};
}

site::reply site::handle_token(const http::request& request, fhir::moment at, meddler* levers) {
  token_conditions conditions;
  if (levers) levers->before_token(request, conditions);
  const bool as_they_are = !conditions.knows_no_key && conditions.retired_keys.empty();
  if (conditions.knows_no_key) conditions.retired_keys = oauth::materials_of(clients_, "");
  const oauth::client_keys left =
      as_they_are ? oauth::client_keys() : oauth::without(clients_, conditions.retired_keys);
  oauth::token_answer made = endpoint_.handle(request, as_they_are ? clients_ : left, at.now, at.wall);
  reply done{fhir::answer{std::move(made.response), std::move(made.rule), {}}, made.token};
  if (levers) levers->after_token(request, done.answer);
  return done;
}

site::reply site::handle_fhir(const http::request& request, fhir::moment at, meddler* levers) {
  oauth::token_store::standing token;
  const auto presented = bearer_of(request);
  if (presented) token = tokens_.look_up(*presented, at.now);
  const bool of_export = engine_.exporter().owns(request.path());
  if (!open_ && (of_export || !engine_.is_public(request.path()))) {
    if (!presented) return {refuse_without_token(), 0};
    if (!token.valid) {
      std::string why = token.number == 0 ? "token_unknown" : token.expired_by;
      if (why.empty()) why = "token_expired";
      return {refuse_token(std::move(why)), token.number};
    }
  }
  if (of_export) return {engine_.exporter().handle(request, at), token.number};
  return {engine_.handle(request, at, nullptr, levers), token.number};
}

}  // namespace epicenter::mock::server
