// The whole mock on a simulated network, with a client that holds a key.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <epicenter/http/client.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "mock-epic/mock.hpp"
#include "mock-epic/tests/jwt_maker.hpp"

namespace epicenter::mock::test {

inline const signing_key& client_key() {
  static const signing_key made = signing_key::ec("k1", "P-384");
  return made;
}

class mock_fixture : public testing::Test {
 protected:
  explicit mock_fixture(runtime::virtual_options o = {}) : rt(std::move(o)) {}

  static options default_options() {
    options made;
    made.profile = profile::orders;
    made.patients = 10;
    made.clients.push_back({"client-1", json::value(key_set({client_key().jwk()}))});
    return made;
  }

  /// Runs the body against a listening mock, then stops both.
  template <class Fixture>
  void run(runtime::task<> (Fixture::*body)(), options o = default_options()) {
    mock.emplace(rt, std::move(o));
    runtime::endpoint any{"127.0.0.1", 0, {}};
    auto bound = mock->listen(any);
    ASSERT_TRUE(bound) << bound.error().message();
    where.server = *bound;
    web.emplace(rt, http::client_options{});
    runtime::spawn(rt, "test", run_body(static_cast<Fixture*>(this), body));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
    web.reset();
    mock.reset();
  }
  template <class Fixture>
  runtime::task<> run_body(Fixture* self, runtime::task<> (Fixture::*body)()) {
    co_await (self->*body)();
    co_await web->stop();
    co_await mock->stop();
  }

  runtime::task<http::response> send(http::request r) {
    const instant deadline = rt.now() + 10s;
    auto got = co_await web->send(where, std::move(r), deadline);
    EXPECT_TRUE(got) << got.error().why.message();
    if (!got) co_return http::response{};
    co_return std::move(*got);
  }
  http::request fhir(std::string method, std::string_view path, std::string body = {}) const {
    http::request r;
    r.method = std::move(method);
    r.target = std::string(fhir_path) + std::string(path);
    r.fields.add("Accept", "application/fhir+json");
    if (!token.empty()) r.fields.add("Authorization", "Bearer " + token);
    if (!body.empty()) r.fields.add("Content-Type", "application/fhir+json");
    r.body = std::move(body);
    return r;
  }
  static http::request admin(std::string method, std::string_view path, std::string body = {}) {
    http::request r;
    r.method = std::move(method);
    r.target = std::string(admin_path) + std::string(path);
    r.body = std::move(body);
    return r;
  }
  std::string order(std::string_view identifier) const {
    const auto who = mock->patients().front();
    return fmt::format(R"({{"resourceType":"ServiceRequest",)"
                       R"("identifier":[{{"system":"urn:x","value":"{}"}}],"status":"active",)"
                       R"("intent":"order","code":{{"text":"CBC"}},"subject":{{"reference":"Patient/{}"}},)"
                       R"("encounter":{{"reference":"Encounter/{}"}}}})",
                       identifier, who.patient, who.encounter);
  }
  http::request token_request() {
    const std::int64_t now = std::chrono::floor<std::chrono::seconds>(rt.wall().time_since_epoch()).count();
    assertion a;
    a.claims.set("iss", "client-1");
    a.claims.set("sub", "client-1");
    a.claims.set("aud", where.to_string() + std::string(token_path));
    a.claims.set("jti", fmt::format("jti-{}", ++assertions));
    a.claims.set("exp", now + 240);
    http::request r;
    r.method = "POST";
    r.target = std::string(token_path);
    r.fields.add("Content-Type", "application/x-www-form-urlencoded");
    r.body = token_form(make_jwt(client_key(), std::move(a)));
    return r;
  }
  runtime::task<> log_in() {
    http::request r = token_request();
    const http::response got = co_await send(std::move(r));
    EXPECT_EQ(got.status, 200U) << got.body;
    const auto body = json::parse(got.body);
    if (body) token = std::string(body->string_at("access_token"));
  }

  runtime::virtual_runtime rt;
  std::optional<mock_epic> mock;
  std::optional<http::client> web;
  http::origin where;
  std::string token;
  int assertions = 0;
};

}  // namespace epicenter::mock::test
