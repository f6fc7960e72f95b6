#include "mock-epic/mock.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <epicenter/base/check.hpp>
#include <mutex>

#include "mock-epic/fhir/state.hpp"
#include "mock-epic/fhir/walk.hpp"
#include "mock-epic/levers/board.hpp"
#include "mock-epic/server/admin.hpp"
#include "mock-epic/server/admin_guard.hpp"
#include "mock-epic/server/site.hpp"
#include "mock-epic/stubs/carry_out.hpp"
#include "mock-epic/stubs/stub_engine.hpp"

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
      if (const auto text = leaf.if_string(); text && !text->empty() && tells(*text)) to.push_back(*text);
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
  impl(mock_epic& self, runtime::runtime& runtime, options o, serving way)
      : rt(runtime),
        reached(std::move(way)),
        guard(reached.admin_token),
        journal(reached.journal),
        stubs({o.seed, reached.stubs_directory}),
        current(std::move(o)),
        site(std::make_unique<server::site>(rt, current)),
        levers([this] {
          return lever_world{site->identity(), site->store(), current.seed, {rt.now(), rt.wall()}};
        }),
        admin(self, current, rt) {
    add_server(rt);
  }

  http::server& add_server(runtime::runtime& on) {
    http::server_options wire;
    wire.gzip = true;
    wire.tls = reached.tls;
    wire.next_connection_id = [this] { return ++connections; };
    auto made = std::make_unique<http::server>(on, std::move(wire),
                                               [this, &on](http::exchange& ex) { return serve(ex, on); });
    stubs::outbound_options calls;
    calls.allowed_hosts = reached.proxy_hosts;
    // Reading the system's authorities takes time at start: only who names hosts beyond this machine waits
    // for it.
    if (!reached.proxy_hosts.empty())
      if (auto tls = http::make_tls_client({})) calls.tls = *tls;
    servers.push_back(served{&on, std::move(made), oauth::key_fetcher(on, current.key_authority_pem),
                             std::make_unique<stubs::outbound>(on, std::move(calls))});
    return *servers.back().server;
  }

  /// One thread at a time: what several runtimes serve is one hospital.
  template <class Step>
  auto with_state(Step act) {
    const std::lock_guard one(state);
    return act();
  }

  runtime::task<> serve(http::exchange& ex, runtime::runtime& on) {
    const std::string_view path = ex.incoming().path();
    if (path.starts_with(admin_path) && path.substr(admin_path.size()).starts_with('/')) {
      bool ends = false;
      http::response answer = with_state([&] {
        http::response made =
            guard.admits(ex.incoming()) ? administer(ex.incoming()) : server::admin_guard::refuse();
        ends = !ending && stubs.shutdown_requested();
        ending = ending || ends;
        return made;
      });
      // Whoever asked and has gone lost nothing: the admin API keeps no account of its answers.
      static_cast<void>(co_await ex.respond(std::move(answer)));
      if (ends && reached.on_shutdown) reached.on_shutdown();
      co_return;
    }
    progress at;
    step first = with_state([&] { return begin(ex, at); });
    if (auto* stub = std::get_if<stubs::stub_answer>(&first)) {
      co_await carry_out(ex, on, std::move(*stub), at);
      co_return;
    }
    if (auto* asked = std::get_if<server::site::pending>(&first)) {
      oauth::fetched_keys fetched = co_await of(on).keys.fetch(asked->keys.url);
      // A reset may have come while the keys were fetched: the new site answers then.
      first = with_state([&]() -> step {
        server::site::reply made = site->resume(std::move(*asked), std::move(fetched), levers.active());
        if (at.era == era) record(at.seq, made);
        return made;
      });
    }
    server::site::reply& reply = std::get<server::site::reply>(first);
    const result<> sent = co_await ex.respond(std::move(reply.answer.response));
    if (sent) finish(at, on);
  }

  /// Which entry of the journal a request has; after a reset the number belongs to another one.
  struct progress {
    std::uint64_t era = 0;
    std::uint64_t seq = 0;
  };
  using step = std::variant<server::site::reply, server::site::pending, stubs::stub_answer>;

  void finish(const progress& at, const runtime::runtime& on) {
    with_state([&] {
      if (at.era == era) journal.responded(at.seq, on.now());
    });
  }

  /// A stub wins over Epic.
  step begin(const http::exchange& ex, progress& at) {
    at = {era, receive(ex)};
    if (auto stub = match_stub(ex, at.seq)) {
      if (!stub->proxy) record(at.seq, *stub, stub->response);
      return std::move(*stub);
    }
    server::site::step made = site->handle(ex.incoming(), levers.active());
    if (auto* asked = std::get_if<server::site::pending>(&made)) return std::move(*asked);
    auto& reply = std::get<server::site::reply>(made);
    // Where stubs are in use, a path that Epic never had was meant for one of them: say which came nearest.
    if (reply.answer.rule == "unknown_route" && stubs.is_used() &&
        !ex.incoming().path().starts_with(epic_path))
      reply.answer.response = stubs.no_match(stubs::stub_request(ex.incoming(), origin_of(ex, at.seq)));
    record(at.seq, reply);
    return std::move(reply);
  }

  std::optional<stubs::stub_answer> match_stub(const http::exchange& ex, std::uint64_t seq) {
    if (!stubs.is_used()) return std::nullopt;
    return stubs.match(stubs::stub_request(ex.incoming(), origin_of(ex, seq)));
  }

  stubs::request_origin origin_of(const http::exchange& ex, std::uint64_t seq) const {
    stubs::request_origin from;
    from.client_ip = ex.peer().host;
    from.scheme = ex.incoming().scheme;
    from.server_host = bound.host;
    from.server_port = bound.port;
    from.at = rt.wall();
    from.id = journal.id_of(seq);
    return from;
  }

  runtime::task<> carry_out(http::exchange& ex, runtime::runtime& on, stubs::stub_answer stub, progress at) {
    std::optional<stubs::stub_answer> called;  // what the upstream's answer belongs to
    if (stub.proxy) called = stub;
    stubs::carried_out done = co_await stubs::carry_out(on, ex, std::move(stub), *of(on).out);
    with_state([&] {
      if (at.era != era) return;
      if (called && done.proxied) {
        record(at.seq, *called, *done.proxied);
        if (done.from_upstream) stubs.proxied({ex.incoming(), *done.proxied, origin_of(ex, at.seq)});
      }
      if (done.sent) journal.responded(at.seq, on.now());
    });
  }

  http::response administer(const http::request& request) {
    std::string_view below = request.path();
    below.remove_prefix(admin_path.size());
    if (server::admin_api::owns(below.substr(1))) return admin.handle(request);
    return stubs.admin(request, below, stubs::admin_world{journal, rt.now(), rt.wall()});
  }

  std::uint64_t receive(const http::exchange& ex) {
    const http::request& request = ex.incoming();
    journal_entry entry;
    entry.connection = ex.connection_id();
    entry.request_id = bounded(request.fields.get("X-Request-Id"));
    entry.method = bounded(request.method);
    entry.path = bounded(request.path());
    entry.received_at = ex.received_at();
    const std::uint64_t seq = journal.received(std::move(entry));
    if (journal.keeps_detail()) {
      request_facts facts;
      facts.client_ip = ex.peer().host;
      facts.scheme = request.scheme;
      facts.server_host = bound.host;
      facts.server_port = bound.port;
      facts.received = rt.wall();
      journal.describe_request(seq, request, std::move(facts));
    }
    return seq;
  }

  void record(std::uint64_t seq, const server::site::reply& reply) {
    const fhir::answer& answer = reply.answer;
    if (reply.token != 0) journal.set_token(seq, reply.token);
    for (const fhir::filed& one : answer.filed) {
      commit made;
      made.identifier = one.identifier;
      made.resource = one.resource;
      made.what = one.what;
      made.version = one.version;
      journal.committed(seq, std::move(made), rt.now());
    }
    journal.answered(seq, answer.response.status, answer.rule);
    if (!journal.keeps_detail()) return;
    journal.describe_response(seq, answer.response);
    journal.matched(seq, {}, answer.rule != "unknown_route");
  }

  void record(std::uint64_t seq, const stubs::stub_answer& stub, const http::response& response) {
    journal.answered(seq, response.status, stub.rule);
    if (!journal.keeps_detail()) return;
    journal.describe_response(seq, response);
    journal.matched(seq, stub.stub_id, true, stub.delay);
  }

  /// What one runtime serves with.
  struct served {
    runtime::runtime* on;
    std::unique_ptr<http::server> server;
    oauth::key_fetcher keys;
    std::unique_ptr<stubs::outbound> out;
  };
  served& of(const runtime::runtime& on) {
    for (served& one : servers)
      if (one.on == &on) return one;
    throw_check_failed("served", "the runtime serves this mock");
  }

  runtime::runtime& rt;
  serving reached;
  server::admin_guard guard;
  mock::journal journal;
  stubs::stub_engine stubs;
  options current;
  std::unique_ptr<server::site> site;
  leased_levers levers;
  server::admin_api admin;
  std::uint64_t era = 0;  ///< counts resets
  bool listening = false;
  bool ending = false;      ///< POST /__admin/shutdown came
  runtime::endpoint bound;  ///< what a request without a Host header came to
  std::mutex state;
  std::atomic<std::uint64_t> connections{0};
  std::deque<served> servers;  ///< the first: of the mock's own runtime
};

mock_epic::mock_epic(runtime::runtime& rt, options o, serving way)
    : impl_(std::make_unique<impl>(*this, rt, std::move(o), std::move(way))) {}

mock_epic::~mock_epic() = default;

result<runtime::endpoint> mock_epic::listen(runtime::endpoint where) {
  EPICENTER_CHECK(!impl_->listening, "listen is called once");
  auto bound = impl_->servers.front().server->listen(std::move(where));
  impl_->listening = bound.has_value();
  if (bound) impl_->bound = *bound;
  return bound;
}

void mock_epic::serve(runtime::runtime& on, runtime::listener_ptr from) {
  http::server& one = &on == &impl_->rt ? *impl_->servers.front().server : impl_->add_server(on);
  impl_->bound = from->local_endpoint();
  one.serve(std::move(from));
  impl_->listening = true;
}

runtime::task<> mock_epic::stop() {
  return stop(impl_->rt);
}

runtime::task<> mock_epic::stop(runtime::runtime& on) {
  const auto one = std::find_if(impl_->servers.begin(), impl_->servers.end(),
                                [&on](const auto& served) { return served.on == &on; });
  EPICENTER_CHECK(one != impl_->servers.end(), "the runtime serves this mock");
  co_await one->server->stop();
  co_await one->keys.stop();
  co_await one->out->stop();
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
  impl_->site->authority().register_client(std::move(client));
}

const journal& mock_epic::journal() const {
  return impl_->journal;
}

lever_board& mock_epic::levers() {
  return impl_->levers;
}

result<> mock_epic::load_stubs() {
  return impl_->stubs.load();
}

std::string mock_epic::state() const {
  return fhir::write_state(impl_->site->store());
}

result<> mock_epic::restore(std::string_view text) {
  const auto day = fhir::day_of_state(text);
  if (!day || *day == impl_->site->store().hospital().today())
    return fhir::read_state(text, impl_->site->store());
  // Charts are dated back from the day they were made on: the hospital goes back to it, with new tokens.
  options then = impl_->current;
  then.day = day;
  auto site = std::make_unique<server::site>(impl_->rt, then);
  if (auto read = fhir::read_state(text, site->store()); !read) return read;
  impl_->levers.clear();
  impl_->current = std::move(then);
  impl_->site = std::move(site);
  return {};
}

std::size_t mock_epic::count_by_identifier(std::string_view resource_type, std::string_view value) const {
  const fhir::type_rules* rules = fhir::find_type(resource_type);
  return rules ? impl_->site->store().by_identifier(rules->id, value).size() : 0;
}

std::size_t mock_epic::patient_count() const {
  return impl_->site->store().hospital().size();
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
