#include "mock-epic/server/site.hpp"

#include "mock-epic/fhir/compartment.hpp"
#include "mock-epic/fhir/http_date.hpp"
#include "mock-epic/oauth/bearer.hpp"
#include "mock-epic/oauth/reach.hpp"
#include "mock-epic/server/token_access.hpp"

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
  made.requires_token = !o.open;
  made.store.chart_bytes = o.chart_bytes;
  made.store.parsed_bytes = o.parsed_bytes;
  return made;
}

data::hospital hospital_of(const options& o, wall_time now) {
  data::hospital_options made;
  made.seed = o.seed;
  made.patients = o.patients;
  made.today = std::chrono::floor<std::chrono::days>(o.day.value_or(now));
  if (o.records) return data::hospital(o.records, made);
  return data::hospital(made);
}

bool is_below(std::string_view path, std::string_view base) {
  return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

fhir::answer as_fhir(oauth::token_answer made) {
  return {std::move(made.response), std::move(made.rule), {}};
}

/// A search for another patient's data, or for categories that are not granted, is refused as a whole. What
/// else a token does not reach the engine leaves out or refuses.
bool asks_beyond(const http::request& request, const oauth::access& token) {
  if (!is_below(request.path(), fhir_path)) return false;
  const auto wanted = oauth::wanted_by(request.method, request.path().substr(fhir_path.size()));
  if (!wanted || wanted->what != oauth::interaction::search) return false;
  if (oauth::reach_of(token, *wanted) != oauth::reach::by_content) return false;
  const auto type = fhir::type_named(wanted->type);
  return type && !oauth::admits_search(token, *wanted, request,
                                       *type == fhir::type_id::patient || fhir::is_of_patients(*type));
}

}  // namespace

site::site(const runtime::runtime& rt, const options& o)
    : rt_(rt),
      open_(o.open),
      orders_(is_orders(o)),
      identity_(*this),
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
    return all.size() == 0 ? std::string() : all.key(0).patient;
  };
  made.patients.is_patient = [this](std::string_view id) { return store().has_patient(id); };
  return made;
}

std::uint64_t site::own_identity::expire_tokens(std::string why) {
  return site_.authority_.tokens().expire_all(site_.rt_.now(), std::move(why));
}

std::uint64_t site::own_identity::revoke_tokens(std::string why) {
  return site_.authority_.revoke_all(site_.rt_.now(), std::move(why));
}

bool site::own_identity::knows_client(std::string_view id) const {
  return site_.authority_.clients().find(id) != nullptr;
}

std::set<std::string> site::own_identity::keys_of(std::string_view client) const {
  return site_.authority_.identities_of(client, site_.rt_.now());
}

void site::own_identity::freeze_keys() {
  if (++frozen_ == 1) site_.authority_.freeze_keys(true);
}

void site::own_identity::thaw_keys() {
  if (--frozen_ == 0) site_.authority_.freeze_keys(false);
}

/// A clock that is off shows in every answer.
site::reply site::show_clock(reply made, duration clock_off) const {
  if (clock_off != duration{})
    made.answer.response.fields.set("Date", fhir::format_http_date(rt_.wall() + clock_off));
  return made;
}

site::step site::handle(const http::request& request, meddler* levers) {
  if (levers)
    if (auto instead = levers->at_the_door(request)) return reply{std::move(*instead), 0};
  const duration off = levers ? levers->clock_offset(request) : duration{};
  step made = answer(request, off, levers);
  if (auto* done = std::get_if<reply>(&made)) return show_clock(std::move(*done), off);
  return made;
}

site::step site::answer(const http::request& request, duration clock_off, meddler* levers) {
  const std::string_view path = request.path();
  if (authority_.serves(path)) return authorise(request, clock_off, levers);
  if (is_below(path, fhir_path) || engine_.exporter().owns(path))
    return handle_fhir(request, moment_of(clock_off), levers);
  return reply{fhir::answer_html_404(), 0};
}

site::step site::authorise(const http::request& request, duration clock_off, meddler* levers) {
  const auto origin = oauth::origin_of(request, request.scheme == "https");
  if (!origin) return reply{fhir::answer_bad_host(), 0};
  token_conditions conditions;
  if (levers && request.path() == token_path) levers->before_token(request, conditions);
  const fhir::moment at = moment_of(clock_off);
  oauth::step made = authority_.begin(request, *origin, {at.now, at.wall, &conditions});
  if (auto* keys = std::get_if<oauth::need_keys>(&made))
    return pending{std::move(*keys), clock_off, std::move(conditions)};
  return finish(std::move(std::get<oauth::token_answer>(made)), request, levers);
}

site::reply site::resume(pending asked, oauth::fetched_keys fetched, meddler* levers) {
  const http::request request = asked.keys.request;
  const fhir::moment at = moment_of(asked.clock_off);
  oauth::token_answer done =
      authority_.resume(std::move(asked.keys), std::move(fetched), {at.now, at.wall, &asked.conditions});
  return show_clock(finish(std::move(done), request, levers), asked.clock_off);
}

site::reply site::finish(oauth::token_answer done, const http::request& request, meddler* levers) {
  const std::uint64_t token = done.token;
  fhir::answer answered = as_fhir(std::move(done));
  if (levers && request.path() == token_path) levers->after_token(request, answered);
  return {std::move(answered), token};
}

/// Jobs and files of exports are not below the FHIR base, and levers reach them all the same.
fhir::answer site::handle_export(const http::request& request, fhir::moment at, const fhir::access* allowed,
                                 meddler* levers) {
  if (!levers) return engine_.exporter().handle(request, at, allowed);
  fhir::route asked;
  asked.what = fhir::interaction::operation;
  asked.operation = "$export";
  const fhir::call c{request, asked, std::string(fhir_path), at, allowed, levers};
  auto instead = levers->before(c);
  fhir::answer made = instead ? std::move(*instead) : engine_.exporter().handle(request, at, allowed);
  levers->after(c, made);
  return made;
}

site::reply site::handle_fhir(const http::request& request, fhir::moment at, meddler* levers) {
  const auto presented = oauth::bearer_of(request);
  oauth::token_store::standing token;
  if (presented) token = authority_.tokens().look_up(*presented, at.now);
  const bool of_export = engine_.exporter().owns(request.path());
  if (!open_ && (of_export || !engine_.is_public(request.path()))) {
    if (!presented) return {as_fhir(oauth::refuse_without_token()), 0};
    if (!token.valid) return {as_fhir(oauth::refuse_token(token)), token.number};
  }
  // An open server grants everything, also to those who present a token.
  std::optional<token_access> allowed;
  if (!open_ && token.what) allowed.emplace(*token.what, !orders_);
  const fhir::access* access = allowed ? &*allowed : nullptr;
  if (allowed && asks_beyond(request, *token.what)) {
    authority_.count_scope_refusal();
    return {as_fhir(oauth::refuse_scope(token.number)), token.number};
  }
  reply made{
      of_export ? handle_export(request, at, access, levers) : engine_.handle(request, at, access, levers),
      token.number};
  if (made.answer.rule == "insufficient_scope") authority_.count_scope_refusal();
  return made;
}

}  // namespace epicenter::mock::server
