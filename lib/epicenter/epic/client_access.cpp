#include <epicenter/epic/client_access.hpp>
#include <epicenter/epic/failure_meaning.hpp>
#include <epicenter/epic/wanted_scopes.hpp>

namespace epicenter::epic {
namespace {

constexpr std::string_view audited_rotation = audit::event::credentials_rotated;
constexpr duration between_examinations = 1min;
constexpr duration examination_timeout = 10s;
constexpr duration read_timeout = 10s;

// Nobody has it: what comes back is a page without a match, or that nothing may be searched for like this.
constexpr std::string_view nobody = "urn:epicenter:nobody|none";

smart::token_options token_options_of(const access_options& options) {
  smart::token_options made;
  made.client_id = options.client_id;
  if (!options.token_url) return made;
  made.audience = options.token_url->to_string();
  made.target = options.token_url->target;
  return made;
}

// Whoever is asked before a token is looked at would say so too.
bool was_let_in(const call_result& read, bool of_test_patient) {
  if (read) return true;
  if (of_test_patient) return false;
  return read.error().status == 400 || read.error().status == 404;
}

}  // namespace

client_access::client_access(runtime::runtime& rt, access_options options, access_parts parts)
    : runtime_(rt),
      options_(std::move(options)),
      parts_(parts),
      tokens_(
          rt, token_options_of(options_), options_.key,
          [this](smart::token_request_source source, instant deadline) {
            return post(std::move(source), deadline);
          },
          [this](const smart::token_event& what) { on_token(what); }),
      endpoint_(options_.token_url),
      keys_(make_rotation()) {}

std::unique_ptr<smart::rotation> client_access::make_rotation() {
  if (!options_.keys) return nullptr;
  smart::rotation_parts parts = options_.keys->parts;
  if (!parts.fetch) {
    parts.fetch = [this](http::url where, http::request message, instant deadline) {
      return fetch(std::move(where), std::move(message), deadline);
    };
  }
  if (!parts.verify_read) {
    parts.verify_read = [this](smart::token_ptr token) { return verify_read(std::move(token)); };
  }
  return std::make_unique<smart::rotation>(runtime_, tokens_, options_.keys->timing, std::move(parts),
                                           options_.keys->open_store(runtime_),
                                           [this](const smart::rotation_event& what) { on_key(what); });
}

runtime::task<result<>> client_access::start() {
  if (!keys_) co_return result<>();
  const bool dated = options_.keys->created != wall_time{};
  const wall_time created = dated ? options_.keys->created : runtime_.wall();
  smart::signing_key configured{options_.key, options_.keys->source, created};
  auto begun = co_await keys_->start(std::move(configured));
  started_ = begun.has_value();
  co_return begun;
}

runtime::task<result<http::response>> client_access::post(smart::token_request_source source,
                                                          instant deadline) {
  if (!endpoint_.in_use()) {
    auto found = co_await find_endpoint(deadline);
    if (!found) co_return fail(std::move(found.error()));
  }
  co_return co_await parts_.through.post_token(std::move(source), deadline);
}

runtime::task<result<>> client_access::find_endpoint(instant deadline) {
  smart::fetch_function ask = [this](http::url where, http::request message, instant by) {
    return fetch(std::move(where), std::move(message), by);
  };
  auto found = co_await smart::discover(std::move(ask), options_.fhir_base, options_.client_id, deadline);
  if (!found) co_return fail(std::move(found.error()));
  const bool first = !endpoint_.in_use();
  auto compared = endpoint_.compare(found->token_url);
  if (first && compared) {
    parts_.through.use_token_server(found->token_url.where);
    tokens_.use_endpoint(found->token_url);
  }
  co_return compared;
}

runtime::task<result<>> client_access::compare_endpoint(instant deadline) {
  auto compared = co_await find_endpoint(deadline);
  if (!compared && compared.error() == make_error_code(smart::errc::endpoint_moved))
    warn({"token_endpoint_moved", {}, {}, compared.error().detail()});
  co_return compared;
}

// What asks Epic goes through the pipeline, as every call to Epic does; the client's own key set is
// elsewhere.
runtime::task<result<http::response>> client_access::fetch(http::url where, http::request message,
                                                           instant deadline) {
  message.target = where.target;
  if (where.where != parts_.through.fhir_origin()) {
    auto sent = co_await parts_.client.send(where.where, std::move(message), deadline);
    if (!sent) co_return fail(std::move(sent.error().why));
    co_return std::move(*sent);
  }
  call asked;
  asked.purpose = call_purpose::probe;  // its body comes back as it is
  asked.endpoint = resilience::endpoint_class::metadata;
  asked.operation = parts_.through.make_operation_id();
  asked.message = std::move(message);
  asked.deadline = deadline;
  auto got = co_await parts_.through.run(asked);
  if (got) co_return std::move(got->raw);
  if (got.error().status == 0) co_return fail(error_of(got.error()));
  http::response refused;
  refused.status = got.error().status;
  co_return refused;
}

runtime::task<result<>> client_access::verify_read(smart::token_ptr token) {
  const std::string& patient = options_.keys->test_patient;
  auto message = patient.empty()
                     ? parts_.through.build().search("Patient", {{"identifier", std::string(nobody)}})
                     : parts_.through.build().read("Patient", patient);
  if (!message) co_return fail(std::move(message.error()));
  call asked;
  asked.endpoint = patient.empty() ? resilience::endpoint_class::search : resilience::endpoint_class::read;
  asked.operation = parts_.through.make_operation_id();
  asked.message = std::move(*message);
  asked.no_retry = true;  // the rotation judges, and has tries of its own
  asked.with_token = std::move(token);
  asked.deadline = runtime_.now() + read_timeout;
  auto read = co_await parts_.through.run(asked);
  if (was_let_in(read, !patient.empty())) co_return result<>();
  co_return fail(error_of(read.error()));
}

runtime::task<result<>> client_access::rotate(smart::signing_key next, std::string actor) {
  if (!keys_) co_return fail(errc::not_supported, "no key keeping is configured");
  if (!started_) co_return fail(errc::invalid_argument, "start() comes before");
  if (actor.empty()) co_return fail(errc::invalid_argument, "who rotates is not said");
  const std::string kid = next.key.kid();
  const std::string no_patient;
  const audit_trail::who by{actor, no_patient};
  auto audited = co_await parts_.audit.intent(audited_rotation, kid, by);
  if (!audited)
    co_return fail(error(make_error_code(errc::audit_unavailable)).caused_by(std::move(audited.error())));
  auto rotated = co_await keys_->rotate(std::move(next));
  parts_.audit.outcome(audited_rotation, kid, by, rotated ? "signs" : "last_good_key_signs");
  co_return rotated;
}

result<> client_access::roll_back(std::string reason, const std::string& actor) {
  if (!keys_) return fail(errc::not_supported, "no key keeping is configured");
  if (actor.empty()) return fail(errc::invalid_argument, "who rolls back is not said");
  if (!keys_->roll_back(std::move(reason))) return fail(errc::not_found, "no earlier key is published");
  const std::string no_patient;
  const audit_trail::who by{actor, no_patient};
  parts_.audit.outcome(audited_rotation, keys_->active().kid(), by, "rolled_back");
  return {};
}

void client_access::check_age() {
  if (keys_) keys_->check_age(runtime_.wall());
}

void client_access::on_token(const smart::token_event& what) {
  switch (what.kind) {
    case smart::token_event_kind::refreshed:
      parts_.told.tell(events::token_refreshed{what.token_id, what.lifetime});
      refusal_ = {};
      compare_scopes();
      break;
    case smart::token_event_kind::refresh_failed:
      parts_.told.tell(events::token_refresh_failed{what.reason});
      break;
    case smart::token_event_kind::invalidated:
      parts_.told.tell(events::token_invalidated{what.token_id});
      break;
  }
  note_clock(what);
  if (keys_) keys_->on_token(what);
  const instant now = runtime_.now();
  const bool refused = what.refusal != smart::oauth_error::none;
  if (!refused || examining_ || now < next_examination_ || parts_.life.stopping()) return;
  examining_ = true;
  next_examination_ = now + between_examinations;
  parts_.life.background().spawn("epic.examine_refusal", examine());
}

runtime::task<> client_access::examine() {
  const bool lately = keys_ && keys_->status(runtime_.wall()).changed_lately;
  smart::fetch_function look = [this](http::url where, http::request message, instant by) {
    return fetch(std::move(where), std::move(message), by);
  };
  std::optional<http::url> own_keys;
  if (options_.keys) own_keys = options_.keys->timing.jwks_url;
  const instant deadline = runtime_.now() + examination_timeout;
  auto found =
      co_await smart::examine_refusal(tokens_, lately, std::move(look), std::move(own_keys), deadline);
  examining_ = false;
  if (found.cause == smart::refusal_cause::none) co_return;
  refusal_ = std::move(found);
  warn({"client_refused", to_string(refusal_.cause), {}, refusal_.advice});
}

void client_access::on_key(const smart::rotation_event& what) {
  parts_.told.tell(
      events::key_changed{to_string(what.kind), what.kid, what.other_kid, what.reason, what.age});
}

// RFC 6749, section 5.1: a server that granted all that was asked for need not list it.
void client_access::compare_scopes() {
  const auto granted = tokens_.status().scopes;
  std::vector<smart::shortfall> missing;
  if (!granted.empty()) {
    const auto wanted = wanted_scopes(parts_.site);
    auto found = smart::find_shortfalls(wanted, granted);
    EPICENTER_CHECK(found.has_value(), "the adapter wants a scope that is none");
    missing = std::move(*found);
  }
  if (missing == not_granted_) return;
  not_granted_ = std::move(missing);
  for (const auto& one : not_granted_) warn({"scope_not_granted", {}, one.resource, one.to_string()});
}

void client_access::note_clock(const smart::token_event& what) {
  if (std::exchange(clock_differs_, what.clock_differs) || !what.clock_differs) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(what.clock_offset).count();
  warn({"clock_differs", {}, {}, "the server is " + std::to_string(seconds) + " s ahead of this host"});
}

void client_access::warn(events::access_warning what) {
  parts_.told.tell(std::move(what));
}

access_status client_access::status() const {
  access_status made;
  made.token_url = endpoint_.in_use();
  made.token = tokens_.status();
  if (keys_ && started_) made.key = keys_->status(runtime_.wall());
  for (const auto& one : not_granted_) made.not_granted.push_back(one.to_string());
  made.refusal = refusal_;
  return made;
}

runtime::task<> client_access::stop() {
  if (keys_) co_await keys_->stop();
  co_await tokens_.stop();
}

}  // namespace epicenter::epic
