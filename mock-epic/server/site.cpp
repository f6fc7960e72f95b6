#include "mock-epic/server/site.hpp"

#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/types.hpp"
#include "mock-epic/oauth/bearer.hpp"
#include "mock-epic/oauth/reach.hpp"

namespace epicenter::mock::server {
namespace {

bool is_orders(const options& o) {
  return o.profile == profile::orders;
}

fhir::engine_options engine_options_of(const options& o) {
  fhir::engine_options made;
  made.orders = is_orders(o);
  made.base_path = fhir_path;
  made.token_path = token_path;
  made.seed = o.seed;
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

fhir::answer as_fhir(oauth::token_answer made) {
  return {std::move(made.response), std::move(made.rule), std::nullopt};
}

}  // namespace

site::site(const runtime::runtime& rt, const options& o)
    : rt_(rt),
      open_(o.open),
      engine_(engine_options_of(o), hospital_of(o, rt.wall())),
      authority_(authority_options_of(o)) {
  for (const client_registration& client : o.clients) authority_.register_client(client);
}

oauth::authority_options site::authority_options_of(const options& o) {
  oauth::authority_options made;
  made.orders = is_orders(o);
  made.oauth_path = oauth_path;
  made.fhir_path = fhir_path;
  made.token_lifetime = o.token_lifetime;
  made.seed = o.seed;
  made.patients.first = [this] {
    const data::hospital& all = store().hospital();
    return all.size() == 0 ? std::string() : std::string(all.key(0).patient);
  };
  made.patients.is_patient = [this](std::string_view id) { return store().has_patient(id); };
  return made;
}

site::reply site::handle(const http::request& request) {
  if (is_below(request.path(), fhir_path)) return handle_fhir(request);
  return {fhir::answer_html_404(), 0};
}

site::reply site::handle_fhir(const http::request& request) {
  const instant now = rt_.now();
  oauth::token_store::standing token;
  const auto presented = oauth::bearer_of(request);
  if (presented) token = tokens().look_up(*presented, now);
  if (!open_ && !engine_.is_public(request.path())) {
    if (!presented) return {as_fhir(oauth::refuse_without_token()), 0};
    if (!token.valid) return {as_fhir(oauth::refuse_token(token)), token.number};
    if (!is_within_reach(request, *token.what)) {
      authority_.count_scope_refusal();
      return {as_fhir(oauth::refuse_scope(token.number)), token.number};
    }
  }
  return {engine_.handle(request, fhir::moment{now, rt_.wall()}), token.number};
}

bool site::is_within_reach(const http::request& request, const oauth::access& token) {
  const auto wanted = oauth::wanted_by(request.method, request.path().substr(fhir_path.size()));
  // What the engine refuses for other reasons is left to it: an unknown type is no matter of scopes, nor is a
  // create that Epic does not offer.
  const fhir::type_rules* rules = wanted ? fhir::find_type(wanted->type) : nullptr;
  const bool creates = wanted && wanted->what == oauth::interaction::create;
  if (!rules || (creates && rules->create == fhir::creation::no)) return true;
  const oauth::reach reach = oauth::reach_of(token, *wanted);
  if (reach != oauth::reach::by_content) return reach == oauth::reach::allowed;
  if (creates) {
    const auto content = json::parse(request.body);
    return !content || oauth::admits(token, *wanted, *content);
  }
  if (wanted->what == oauth::interaction::search)
    return oauth::admits_search(token, *wanted, request, !rules->subject.empty() || rules->name == "Patient");
  const fhir::resource* known = store().find(rules->id, wanted->id);
  return !known || oauth::admits(token, *wanted, known->value);
}

}  // namespace epicenter::mock::server
