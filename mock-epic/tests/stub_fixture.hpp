// A server of stubs in virtual time: match, carry out, journal, as the mock does it.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/http/client.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <optional>

#include "mock-epic/stubs/carry_out.hpp"
#include "mock-epic/stubs/stub_engine.hpp"

namespace epicenter::mock::stubs::test {

/// JSON with ' in place of ", for tests that read.
inline std::string quoted(std::string text) {
  for (char& c : text)
    if (c == '\'') c = '"';
  return text;
}

inline http::request make_request(std::string method, std::string target, std::string body = {},
                                  http::headers fields = {}) {
  http::request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.body = std::move(body);
  made.fields = std::move(fields);
  return made;
}

inline journal_options detailed() {
  journal_options made;
  made.detail = true;
  return made;
}

/// An engine without a network.
struct desk {
  explicit desk(engine_options o = {}) : engine(std::move(o)) {}

  http::response admin(std::string method, std::string path, std::string body = {},
                       http::headers fields = {}) {
    const http::request r =
        make_request(std::move(method), "/__admin" + path, std::move(body), std::move(fields));
    const admin_world world{journal, now, wall};
    return engine.admin(r, r.path().substr(8), world);
  }
  /// Adds a stub and returns its id.
  std::string add(const std::string& stub) {
    const http::response got = admin("POST", "/mappings", quoted(stub));
    EXPECT_EQ(got.status, 201U) << got.body;
    const auto parsed = json::parse(got.body);
    return parsed ? std::string(parsed->string_at("id")) : std::string();
  }
  std::optional<stub_answer> ask(const http::request& r) {
    request_origin origin;
    origin.client_ip = "127.0.0.1";
    origin.server_port = 8080;
    origin.at = wall;
    const stub_request view(r, origin);
    auto answer = engine.match(view);
    journal_entry entry;
    entry.method = r.method;
    entry.path = r.path();
    const std::uint64_t seq = journal.received(std::move(entry));
    request_facts facts;
    facts.client_ip = "127.0.0.1";
    facts.received = wall;
    journal.describe_request(seq, r, facts);
    if (answer) journal.describe_response(seq, answer->response);
    if (answer) journal.answered(seq, answer->response.status, answer->rule);
    journal.matched(seq, answer ? answer->stub_id : "", answer.has_value(),
                    answer ? answer->delay : duration{});
    return answer;
  }
  std::optional<stub_answer> get(std::string target) { return ask(make_request("GET", std::move(target))); }
  /// The body of the answer, or "none".
  std::string body_of(const http::request& r) {
    const auto answer = ask(r);
    return answer ? answer->response.body : "none";
  }
  json::value admin_json(std::string method, std::string path, std::string body = {},
                         http::headers fields = {}) {
    const http::response got =
        admin(std::move(method), std::move(path), quoted(std::move(body)), std::move(fields));
    auto parsed = json::parse(got.body);
    EXPECT_TRUE(parsed) << got.status << got.body;
    return parsed ? *parsed : json::value();
  }

  mock::journal journal{detailed()};
  stub_engine engine;
  instant now{1h};
  wall_time wall{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 9h + 30min};
};

/// The desk behind a port.
class stub_site : public testing::Test {
 protected:
  using task = runtime::task<>;

  template <class Fixture>
  void run(runtime::task<> (Fixture::*body)()) {
    server.emplace(rt, http::server_options{}, [this](http::exchange& ex) { return serve(ex); });
    auto bound = server->listen(runtime::endpoint{"127.0.0.1", 0, {}});
    ASSERT_TRUE(bound) << bound.error().message();
    where.server = *bound;
    web.emplace(rt, http::client_options{});
    out.emplace(rt, outbound_options{});
    runtime::spawn(rt, "test", run_body(static_cast<Fixture*>(this), body));
    EXPECT_EQ(rt.run(instant{} + 10h), runtime::run_end::finished);
    out.reset();
    web.reset();
    server.reset();
  }
  template <class Fixture>
  runtime::task<> run_body(Fixture* self, runtime::task<> (Fixture::*body)()) {
    co_await (self->*body)();
    co_await out->stop();
    co_await web->stop();
    co_await server->stop();
  }

  runtime::task<> serve(http::exchange& ex) {
    const http::request& r = ex.incoming();
    request_origin origin;
    origin.client_ip = ex.peer().host;
    origin.at = rt.wall();
    const stub_request view(r, origin);
    auto answer = d.engine.match(view);
    if (!answer) {
      http::response none = d.engine.no_match(view);
      static_cast<void>(co_await ex.respond(std::move(none)));
      co_return;
    }
    const http::request asked = r;
    const carried_out done = co_await carry_out(rt, ex, std::move(*answer), *out);
    if (!done.from_upstream) co_return;
    proxied_exchange one{asked, *done.proxied, origin};
    d.engine.proxied(std::move(one));
  }

  /// The response, or the failure's words as a body with status 0.
  runtime::task<http::response> send(http::request r) {
    const instant deadline = rt.now() + 1h;
    auto got = co_await web->send(where, std::move(r), deadline);
    if (got) co_return std::move(*got);
    http::response failed;
    failed.status = 0;
    failed.body = got.error().why.message();
    co_return failed;
  }
  /// All bytes of the answer to the request, and how the stream ended.
  struct heard {
    std::string bytes;
    error end = error(make_error_code(runtime::errc::end_of_stream));
    std::vector<std::pair<duration, std::string>> pieces;
  };
  runtime::task<heard> converse(std::string bytes) {
    heard h;
    const instant limit = rt.now() + 5s;
    auto s = co_await runtime::connect(rt, where.server, limit);
    EXPECT_TRUE(s);
    const instant begin = rt.now();
    const result<> sent = co_await runtime::write_all(**s, boost::asio::buffer(bytes));
    EXPECT_TRUE(sent);
    std::string buffer(4096, '\0');
    for (;;) {
      auto got = co_await runtime::read_some(**s, boost::asio::buffer(buffer));
      if (!got) {
        h.end = got.error();
        break;
      }
      h.bytes.append(buffer, 0, *got);
      h.pieces.emplace_back(rt.now() - begin, buffer.substr(0, *got));
    }
    co_return h;
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  desk d;
  std::optional<http::server> server;
  std::optional<http::client> web;
  std::optional<outbound> out;
  http::origin where;
};

}  // namespace epicenter::mock::stubs::test
