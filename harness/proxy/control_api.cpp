#include <epicenter/http/server.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "harness/proxy/iso_time.hpp"
#include "harness/proxy/metrics.hpp"
#include "harness/proxy/proxy.hpp"
#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"
#include "harness/proxy/wire.hpp"

namespace epicenter::proxy {

namespace {

http::response reply(unsigned status, const json::value& body) {
  http::response r;
  r.status = status;
  r.fields.add("Content-Type", "application/json");
  r.body = json::write(body);
  r.body += '\n';
  return r;
}

http::response problem(unsigned status, std::string why) {
  return reply(status, json::object{{"error", std::move(why)}});
}

http::response problem(const error& e) {
  unsigned status = 400;
  if (e == make_error_code(errc::fault_not_found) || e == make_error_code(errc::proxy_not_found))
    status = 404;
  if (e == make_error_code(errc::fault_exists) || e == make_error_code(errc::too_many_faults)) status = 409;
  if (e == make_error_code(errc::not_listening)) status = 503;
  return problem(status, e.message());
}

http::response no_such_method(std::string allowed) {
  auto r = problem(405, "the resource knows " + allowed);
  r.fields.add("Allow", std::move(allowed));
  return r;
}

json::value list_of(const std::vector<faults::fault_status>& all) {
  json::array list;
  for (const auto& s : all) list.push_back(to_json(s));
  return json::object{{"faults", std::move(list)}};
}

json::value to_json(const injection& one) {
  return json::object{{"number", json::value(one.number)},
                      {"at", iso_time(one.at)},
                      {"fault", one.fault},
                      {"type", one.type},
                      {"proxy", one.route},
                      {"connection", json::value(one.connection)},
                      {"request_id", one.request}};
}

http::limits control_limits() {
  http::limits bounds;
  bounds.max_header_bytes = 16 * 1024;
  bounds.max_body_bytes = 256 * 1024;
  return bounds;
}

}  // namespace

struct control_api::impl {
  impl(runtime::runtime& rt, fault_proxy& p, secret wanted)
      : proxy(p),
        token(std::move(wanted)),
        toxics(rt, p),
        server(rt, options(), [this](http::exchange& x) { return answer(x); }) {}

  /// Without a token anybody on this machine may, but no page that a browser shows (the header Origin).
  bool may(const http::request& r) const {
    if (token.empty()) return !r.fields.contains("Origin");
    constexpr std::string_view scheme = "Bearer ";
    const auto given = r.fields.get("Authorization");
    if (!http::equal_ignoring_case(given.substr(0, scheme.size()), scheme)) return false;
    const auto heard = given.substr(scheme.size());
    const auto wanted = token.reveal();
    // Looks at every byte, so that the time tells nothing about the token.
    unsigned char differs = heard.size() == wanted.size() ? 0 : 1;
    for (std::size_t i = 0; i < heard.size(); ++i)
      differs |= static_cast<unsigned char>(heard[i] ^ wanted[i % wanted.size()]);
    return differs == 0;
  }

  http::response unauthorised() const {
    if (token.empty()) return problem(403, "requests of web pages are refused; the API is for programs");
    auto r = problem(401, "Authorization: Bearer TOKEN is wanted, with the token of --token-file");
    r.fields.add("WWW-Authenticate", "Bearer");
    return r;
  }

  static http::server_options options() {
    http::server_options o;
    o.request_limits = control_limits();
    o.max_connections = 64;
    return o;
  }

  runtime::task<> answer(http::exchange& x) {
    if (!may(x.incoming())) {
      auto refusing = x.respond(unauthorised());
      co_await std::move(refusing);
      co_return;
    }
    auto deciding = route(x.incoming());
    auto decided = co_await std::move(deciding);
    auto responding = x.respond(std::move(decided));
    co_await std::move(responding);
  }

  runtime::task<http::response> route(const http::request& r) {
    const std::string path(r.path());
    if (path == "/health") {
      if (r.method != "GET" && r.method != "HEAD") co_return no_such_method("GET");
      co_return reply(200, json::object{{"status", "ok"}});
    }
    if (path == "/traffic") {
      if (r.method != "GET" && r.method != "HEAD") co_return no_such_method("GET");
      co_return proxies();
    }
    if (path == "/injections" && r.method == "GET") co_return injections();
    if (path == "/metrics" && r.method == "GET") {
      auto told = metrics();
      co_return co_await std::move(told);
    }
    if (path == "/faults") {
      auto all = on_faults(r);
      co_return co_await std::move(all);
    }
    if (path.starts_with("/faults/")) {
      auto one = on_fault(r, path.substr(8));
      co_return co_await std::move(one);
    }
    auto other = toxics.answer(r);
    co_return co_await std::move(other);
  }

  http::response injections() const {
    json::array list;
    for (const auto& one : proxy.injections().latest()) list.push_back(to_json(one));
    return reply(200, json::object{{"injections", std::move(list)}});
  }

  runtime::task<http::response> metrics() {
    auto asking = proxy.injector().status();
    const auto all = co_await std::move(asking);
    http::response r;
    r.fields.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    r.body = metrics_text(proxy, all.value_or(std::vector<faults::fault_status>{}));
    co_return r;
  }

  runtime::task<http::response> on_faults(const http::request& r) {
    if (r.method == "GET" || r.method == "HEAD") {
      auto asking = proxy.injector().status();
      const auto all = co_await std::move(asking);
      if (!all) co_return problem(all.error());
      co_return reply(200, list_of(*all));
    }
    if (r.method == "DELETE") {
      proxy.clear_faults();
      co_return reply(200, list_of({}));
    }
    if (r.method != "POST") co_return no_such_method("GET, POST, DELETE");
    const auto body = json::parse(r.body);
    if (!body) co_return problem(400, body.error().message());
    auto spec = parse_fault_spec(*body);
    if (!spec) co_return problem(spec.error());
    const std::string id = spec->id;
    auto applying = proxy.injector().apply(std::move(*spec));
    const auto applied = co_await std::move(applying);
    if (!applied) co_return problem(applied.error());
    auto asking = proxy.injector().status();
    const auto all = co_await std::move(asking);
    for (const auto& s : *all) {
      if (s.id == id) co_return reply(201, to_json(s));
    }
    co_return problem(409, "the fault has ended already");
  }

  runtime::task<http::response> on_fault(const http::request& r, std::string rest) {
    const bool lease = rest.ends_with("/lease");
    if (lease) rest.resize(rest.size() - 6);
    const auto id = http::percent_decode(rest);
    if (!id) co_return problem(400, "the id is not percent-encoded");
    if (lease && r.method != "PUT") co_return no_such_method("PUT");
    if (!lease && r.method == "DELETE") {
      auto removing = proxy.injector().remove(*id);
      const auto last = co_await std::move(removing);
      if (!last) co_return problem(last.error());
      co_return reply(200, to_json(*last));
    }
    if (!lease) {
      if (r.method != "GET") co_return no_such_method("GET, DELETE");
      auto asking = proxy.injector().status();
      const auto all = co_await std::move(asking);
      for (const auto& s : *all) {
        if (s.id == *id) co_return reply(200, to_json(s));
      }
      co_return problem(error(make_error_code(errc::fault_not_found), *id));
    }
    const auto body = json::parse(r.body);
    if (!body) co_return problem(400, body.error().message());
    const auto* given = body->find("lease_ms");
    if (given == nullptr) co_return problem(400, "lease_ms is wanted");
    const auto length = parse_lease(*given);
    if (!length) co_return problem(length.error());
    auto renewing = proxy.injector().renew(*id, *length);
    const auto renewed = co_await std::move(renewing);
    if (!renewed) co_return problem(renewed.error());
    co_return reply(200, json::object{{"id", *id}, {"lease_ms", *given}});
  }

  http::response proxies() const {
    json::array list;
    for (const auto& r : proxy.routes()) {
      list.push_back(json::object{
          {"name", r.name}, {"listen", r.listen.to_string()}, {"upstream", r.upstream.to_string()}});
    }
    return reply(200, json::object{{"proxies", std::move(list)},
                                   {"connections", json::value(std::uint64_t{proxy.connections()})},
                                   {"in_flight", json::value(std::uint64_t{proxy.in_flight()})}});
  }

  fault_proxy& proxy;
  secret token;
  toxiproxy::toxiproxy_api toxics;
  http::server server;
};

control_api::control_api(runtime::runtime& rt, fault_proxy& proxy, secret token)
    : impl_(std::make_unique<impl>(rt, proxy, std::move(token))) {}
control_api::~control_api() = default;

result<runtime::endpoint> control_api::listen(runtime::endpoint where) {
  if (impl_->token.empty() && !runtime::is_loopback(where))
    return fail(errc::not_loopback, where.to_string());
  return impl_->server.listen(std::move(where));
}

toxiproxy::toxiproxy_api& control_api::toxics() {
  return impl_->toxics;
}

runtime::task<> control_api::stop() {
  auto stopping = impl_->server.stop();
  co_await std::move(stopping);
  auto leaving = impl_->toxics.stop();
  co_await std::move(leaving);
}

}  // namespace epicenter::proxy
