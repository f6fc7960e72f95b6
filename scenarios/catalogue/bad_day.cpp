#include "scenarios/catalogue/bad_day.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/smart/key.hpp>

#include "harness/proxy/handshakes.hpp"

namespace epicenter::catalogue {
namespace {

constexpr std::string_view client_id = "catalogue-client";
constexpr duration lease = 1h;  // the longest: a day that goes on renews it

// Making a key takes longer than most of these days.
const smart::private_key& key() {
  static const smart::private_key made = smart::generate_test_key(smart::algorithm::es384).value();
  return made;
}

mock::options hospital(const day_options& wanted) {
  mock::options o;
  o.profile = wanted.profile;
  o.patients = 20;
  mock::client_registration client;
  client.id = client_id;
  client.jwks = smart::jwks(std::span(&key(), 1));
  o.clients.push_back(std::move(client));
  if (wanted.epic) wanted.epic(o);
  return o;
}

json::object parameters_of(std::string_view text) {
  return *json::parse(text).value().if_object();
}

std::string number(std::string_view kind, std::uint64_t n) {
  return std::string(kind) + '-' + std::to_string(n);
}

}  // namespace

selection on(std::string_view method, std::string_view path, std::optional<std::uint64_t> first) {
  selection s;
  if (!method.empty()) s.method = method;
  s.path = path;
  s.first = first;
  return s;
}

selection nth_of(std::string_view method, std::string_view path, std::uint64_t n) {
  selection s = on(method, path);
  s.nth = n;
  return s;
}

mock::lever_match at(std::string_view method, std::string_view path, std::optional<std::uint64_t> first) {
  mock::lever_match m;
  if (!method.empty()) m.method = method;
  m.path = path;
  m.first = first;
  return m;
}

bad_day::bad_day(day_options wanted) : rt_({}), epic_(rt_, hospital(wanted)), proxy_(rt_), wire_(rt_, {}) {
  const runtime::endpoint any_port{"127.0.0.1", 0, {}};
  epic_at_ = epic_.listen(any_port).value();
  http::origin front;
  proxy::route way{"epic", any_port, epic_at_};
  http::tls_context_ptr trusting;
  if (wanted.tls) {
    front.tls = true;
    way.tls = ended_by_us(trusting);
  }
  front.server = proxy_.add(std::move(way)).value().listen;
  patients_ = epic_.patients();
  ledger_ = store::open_ledger(rt_, ":memory:").value();
  audit_ = audit::memory_log();

  epic::adapter_options o;
  o.fhir_base = http::url{front, std::string(mock::fhir_path)};
  o.token_url = http::url{front, std::string(mock::token_path)};
  o.client_id = std::string(client_id);
  o.key = std::make_shared<const smart::private_key>(key());
  o.profile = *resilience::profile_named(wanted.resilience);
  o.tls = trusting;
  if (wanted.profile == mock::profile::orders) o.site = epic::site_profile::orders();
  if (wanted.adapter) wanted.adapter(o);
  adapter_ = std::make_unique<epic::adapter>(rt_, std::move(o), epic::adapter_stores{*ledger_, *audit_},
                                             [this](const epic::event& what) { events_.push_back(what); });
  if (wanted.before_start) wanted.before_start(*this);
  REQUIRE(await(adapter_->start()).ok());
}

bad_day::~bad_day() {
  heal();
  const auto stopped = await(stop());
  CHECK(stopped.ok());
  CHECK(adapter_->held_resources() == 0);
  CHECK(rt_.run(rt_.now() + 1h) == runtime::run_end::finished);
  examine();
}

std::shared_ptr<const proxy::tls_ends> bad_day::ended_by_us(http::tls_context_ptr& trusting) {
  const auto authority = std::make_shared<const http::private_ca>(http::private_ca::make(rt_.wall()).value());
  http::tls_client_options trust;
  trust.ca_pem = authority->pem();
  trusting = http::make_tls_client(trust).value();
  proxy::route_tls ends;
  ends.terminate = true;
  return proxy::make_tls_ends(std::move(ends), authority, rt_.wall()).value();
}

std::string bad_day::client() {
  return std::string(client_id);
}

runtime::task<result<>> bad_day::stop() {
  co_await adapter_->stop(5s);
  co_await wire_.stop();
  co_await proxy_.stop();
  co_await epic_.stop();
  co_return result<>{};
}

void bad_day::until(const std::function<bool()>& done) {
  const instant give_up = rt_.now() + 48h;
  while (!done()) {
    const auto end = rt_.run(std::min(rt_.now() + 10ms, give_up));
    if (done()) return;
    if (end == runtime::run_end::stuck || rt_.now() >= give_up) FAIL("a question that is never answered");
  }
}

void bad_day::pass(duration time) {
  const instant due = rt_.now() + time;
  while (rt_.now() < due) {
    const instant next = std::min(due, rt_.now() + lease / 2);
    await(runtime::sleep_until(rt_, next));
    for (const auto& id : levers_) REQUIRE(epic_.levers().renew(id, lease));
    for (const auto& id : faults_) REQUIRE(await(proxy_.injector().renew(id, lease)).ok());
  }
}

std::string bad_day::fault(std::string_view type, std::string_view parameters, selection match) {
  faults::fault_spec spec;
  spec.id = number(type, ++next_);
  spec.type = type;
  spec.parameters = parameters_of(parameters);
  spec.match = std::move(match);
  spec.lease = lease;
  const std::string id = spec.id;
  const auto applied = await(proxy_.injector().apply(std::move(spec)));
  INFO(type << ": " << (applied.ok() ? "" : applied.got.error().message()));
  REQUIRE(applied.ok());
  faults_.push_back(id);
  return id;
}

std::string bad_day::lever(std::string_view type, std::string_view parameters, mock::lever_match match) {
  mock::lever_spec spec;
  spec.id = number(type, ++next_);
  spec.type = type;
  spec.parameters = parameters_of(parameters);
  spec.match = std::move(match);
  spec.lease = lease;
  const std::string id = spec.id;
  const auto applied = epic_.levers().apply(std::move(spec));
  INFO(type << ": " << (applied ? "" : applied.error().message()));
  REQUIRE(applied);
  levers_.push_back(id);
  return id;
}

void bad_day::pages_of(std::size_t size) {
  // The lever's other half, sessions that expire, never comes to it.
  mock::lever_match never = at("", "/**");
  never.after = 1'000'000'000;
  lever("page_expiry", "{\"page_size\": " + std::to_string(size) + "}", std::move(never));
}

runtime::task<result<unsigned>> bad_day::post_stub(std::string body) {
  http::request r;
  r.method = "POST";
  r.fields.set("Content-Type", "application/json");
  r.body = std::move(body);
  http::url to = direct("/__admin/mappings");
  auto sent = co_await fetch_once(std::move(to), std::move(r), rt_.now() + 5s);
  co_return sent ? sent->status : 0U;
}

runtime::task<result<http::response>> bad_day::fetch_once(http::url to, http::request r, instant deadline) {
  r.target = to.target;
  auto sent = co_await wire_.send(std::move(to.where), std::move(r), deadline);
  if (!sent) co_return fail(std::move(sent.error().why));
  co_return std::move(*sent);
}

http::url bad_day::direct(std::string target) const {
  http::url to;
  to.where.server = epic_at_;
  to.target = std::move(target);
  return to;
}

void bad_day::stub(const std::string& json) {
  REQUIRE(*await(post_stub(json)) == 201);
}

std::uint64_t bad_day::hits(const std::string& id) {
  for (const auto& one : epic_.levers().status())
    if (one.id == id) return one.injected;
  const auto all = await(proxy_.injector().status());
  for (const auto& one : *all)
    if (one.id == id) return one.injected;
  return 0;
}

void bad_day::end(const std::string& id) {
  if (std::erase(levers_, id) != 0) {
    REQUIRE(epic_.levers().remove(id));
    return;
  }
  REQUIRE(std::erase(faults_, id) == 1);
  REQUIRE(await(proxy_.injector().remove(id)).ok());
}

runtime::task<> bad_day::end_after(std::string id, duration time) {
  co_await runtime::sleep_for(rt_, time);
  std::erase(faults_, id);
  co_await proxy_.injector().remove(id);
}

void bad_day::heal() {
  proxy_.clear_faults();
  epic_.levers().clear();
  faults_.clear();
  levers_.clear();
}

epic::read_request bad_day::reading(std::size_t patient) {
  epic::read_request r;
  r.operation = make_uuid(0, ++next_);
  r.patient = patients_.at(patient).patient;
  r.user = "clinician-42";
  return r;
}

epic::write_request bad_day::writing(std::size_t patient) {
  epic::write_request w;
  w.operation = last_operation_ = make_uuid(0, ++next_);
  w.patient = patients_.at(patient).patient;
  w.encounter = patients_.at(patient).encounter;
  w.user = "clinician-42";
  operations_.push_back(w.operation);
  return w;
}

answer<epic::patient_context> bad_day::context(std::size_t patient) {
  return await(adapter_->patient_context(reading(patient)));
}

answer<epic::labs> bad_day::labs(std::size_t patient) {
  return await(adapter_->latest_labs(reading(patient)));
}

answer<epic::write_outcome> bad_day::order(std::size_t patient) {
  epic::lab_order o;
  o.who = writing(patient);
  o.loinc = "58410-2";
  o.display = "CBC panel - Blood by Automated count";
  return await(adapter_->order_lab(std::move(o)));
}

answer<epic::write_outcome> bad_day::note(std::size_t patient) {
  epic::note n;
  n.who = writing(patient);
  n.text = "Seen on a bad day.";
  return await(adapter_->file_note(std::move(n)));
}

std::size_t bad_day::requests(std::string_view method, std::string_view part_of_path) const {
  const auto& all = epic_.journal().entries();
  const auto wanted = [&](const mock::journal_entry& e) {
    return (method.empty() || e.method == method) && e.path.find(part_of_path) != std::string::npos;
  };
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), wanted));
}

std::size_t bad_day::filed(std::string_view type, const std::string& operation) const {
  return epic_.count_by_identifier(type, operation);
}

store::ledger_row bad_day::ledger_row(const std::string& operation) {
  return *await(ledger_->find(operation));
}

std::vector<std::string> bad_day::unaccounted() {
  std::vector<std::string> wrong;
  for (const auto& operation : operations_) {
    const auto row = await(ledger_->find(operation));
    std::size_t in_epic = 0;
    for (const auto& c : epic_.journal().commits())
      if (c.identifier == operation && c.what == mock::change_kind::created) ++in_epic;
    if (!row.ok()) {
      if (in_epic != 0) wrong.push_back(operation + " is in Epic and not in the ledger");
      continue;
    }
    const auto state = row->state;
    const std::string told = operation + " is " + std::string(name_of(state));
    const bool says_once = state == store::write_state::written;
    const bool says_none = state == store::write_state::rejected || state == store::write_state::not_sent;
    if (!store::is_final(state)) wrong.push_back(told + ", which is no end");
    if (says_once && in_epic != 1)
      wrong.push_back(told + ", and in Epic " + std::to_string(in_epic) + " times");
    if (says_none && in_epic != 0) wrong.push_back(told + ", and in Epic");
    if (in_epic > 1 && state != store::write_state::duplicate)
      wrong.push_back(told + ", and in Epic more than once");
  }
  return wrong;
}

resilience::breaker_state bad_day::circuit(resilience::endpoint_class wanted) const {
  for (const auto& one : adapter_->circuits())
    if (one.endpoint == wanted) return one.state;
  return resilience::breaker_state::closed;
}

// No name, number or birth date of anybody may be in what logs are made of.
void bad_day::examine() {
  const auto phrases = epic_.identifying_phrases();
  std::vector<std::string> texts;
  audit_->for_each([&texts](const audit::entry& e) {
    texts.push_back(e.type + ' ' + e.subject + ' ' + e.user + ' ' + e.patient + ' ' + e.result);
  });
  for (const auto& e : told<epic::events::write_changed>())
    texts.push_back(e.operation + ' ' + std::string(e.reason) + ' ' + e.resource);
  for (const auto& e : told<epic::events::token_refresh_failed>()) texts.push_back(e.why);
  for (const auto& text : texts)
    for (const auto& phrase : phrases)
      if (text.find(phrase) != std::string::npos) FAIL_CHECK("patient data in: " << text);
}

}  // namespace epicenter::catalogue
