#include "mock-epic/mock.hpp"

#include <epicenter/base/check.hpp>

#include "mock-epic/fhir/walk.hpp"
#include "mock-epic/levers/board.hpp"
#include "mock-epic/server/admin.hpp"
#include "mock-epic/server/site.hpp"

namespace epicenter::mock {
namespace {

/// A million entries are kept: what a client can make long is cut at a length no honest one reaches.
std::string bounded(std::string_view text) {
  return std::string(text.substr(0, 512));
}

/// What tells who a Patient is. Names in both orders: as spoken and as Epic displays them.
void add_phrases(const fhir::resource& patient, std::vector<std::string>& to) {
  to.push_back(patient.id());
  // Epic also counts patients in short plain numbers, which any log holds by chance: those tell nothing.
  const auto tells = [](const std::string& text) {
    return text.size() >= 8 || text.find_first_not_of("0123456789") != std::string::npos;
  };
  for (const std::string_view path : {"birthDate", "identifier.value", "telecom.value", "name.text"})
    fhir::walk(patient.value(), path, [&](const json::value& leaf) {
      if (const std::string* text = leaf.if_string(); text && !text->empty() && tells(*text))
        to.push_back(*text);
      return false;
    });
  const std::string family(fhir::first_string(patient.value(), "name.family"));
  const std::string given(fhir::first_string(patient.value(), "name.given"));
  if (family.empty() || given.empty()) return;
  to.push_back(given + " " + family);
  to.push_back(family + ", " + given);
}

}  // namespace

struct mock_epic::impl {
  impl(mock_epic& self, runtime::runtime& runtime, options o)
      : rt(runtime),
        current(std::move(o)),
        site(std::make_unique<server::site>(rt, current)),
        levers([this] {
          return lever_world{site->tokens(), rt.now()};
        }),
        admin(self, current, rt),
        server(rt, http::server_options{}, [this](http::exchange& ex) { return serve(ex); }) {}

  runtime::task<> serve(http::exchange& ex) {
    const std::string_view path = ex.incoming().path();
    if (path.starts_with(admin_path) && path.substr(admin_path.size()).starts_with('/')) {
      http::response answer = admin.handle(ex.incoming());
      // Whoever asked and has gone lost nothing: the admin API keeps no account of its answers.
      static_cast<void>(co_await ex.respond(std::move(answer)));
      co_return;
    }
    const std::uint64_t began_in = era;
    const std::uint64_t seq = receive(ex);
    server::site::reply reply = site->handle(ex.incoming());
    record(seq, reply);
    const result<> sent = co_await ex.respond(std::move(reply.answer.response));
    // After a reset the number belongs to another entry.
    if (sent && began_in == era) journal.responded(seq, rt.now());
  }

  std::uint64_t receive(const http::exchange& ex) {
    const http::request& request = ex.incoming();
    journal_entry entry;
    entry.connection = ex.connection_id();
    entry.request_id = bounded(request.fields.get("X-Request-Id"));
    entry.method = bounded(request.method);
    entry.path = bounded(request.path());
    entry.received_at = ex.received_at();
    return journal.received(std::move(entry));
  }

  void record(std::uint64_t seq, const server::site::reply& reply) {
    const fhir::answer& answer = reply.answer;
    if (reply.token != 0) journal.set_token(seq, reply.token);
    for (const fhir::filed& one : answer.filed)
      if (one.what == fhir::filed::action::created)
        journal.committed(seq, one.identifier, one.resource, rt.now());
    journal.answered(seq, answer.response.status, answer.rule);
  }

  runtime::runtime& rt;
  options current;
  std::unique_ptr<server::site> site;
  mock::journal journal;
  leased_levers levers;
  server::admin_api admin;
  std::uint64_t era = 0;  ///< counts resets
  bool listening = false;
  http::server server;
};

mock_epic::mock_epic(runtime::runtime& rt, options o)
    : impl_(std::make_unique<impl>(*this, rt, std::move(o))) {}

mock_epic::~mock_epic() = default;

result<runtime::endpoint> mock_epic::listen(runtime::endpoint where) {
  EPICENTER_CHECK(!impl_->listening, "listen is called once");
  auto bound = impl_->server.listen(std::move(where));
  impl_->listening = bound.has_value();
  return bound;
}

runtime::task<> mock_epic::stop() {
  return impl_->server.stop();
}

void mock_epic::reset(options o) {
  ++impl_->era;
  impl_->current = std::move(o);
  impl_->levers.clear();
  impl_->journal.clear();
  impl_->site = std::make_unique<server::site>(impl_->rt, impl_->current);
}

void mock_epic::register_client(client_registration client) {
  // Kept in the options too: a reset by the admin API keeps the clients.
  std::erase_if(impl_->current.clients, [&](const client_registration& one) { return one.id == client.id; });
  impl_->current.clients.push_back(client);
  impl_->site->register_client(std::move(client));
}

const journal& mock_epic::journal() const {
  return impl_->journal;
}

lever_board& mock_epic::levers() {
  return impl_->levers;
}

std::size_t mock_epic::count_by_identifier(std::string_view resource_type, std::string_view value) const {
  const fhir::type_rules* rules = fhir::find_type(resource_type);
  return rules ? impl_->site->store().by_identifier(rules->id, value).size() : 0;
}

std::vector<mock_epic::patient_ref> mock_epic::patients() const {
  const data::hospital& hospital = impl_->site->store().hospital();
  std::vector<patient_ref> all;
  all.reserve(hospital.size());
  for (std::size_t i = 0; i < hospital.size(); ++i)
    all.push_back({hospital.key(i).patient, hospital.key(i).encounter});
  return all;
}

std::vector<std::string> mock_epic::identifying_phrases() const {
  std::vector<std::string> phrases;
  for (const fhir::resource_ptr& one : impl_->site->store().of_type(fhir::type_id::patient))
    add_phrases(*one, phrases);
  return phrases;
}

}  // namespace epicenter::mock
