// A site with levers, asked without transport, in virtual time.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "mock-epic/levers/board.hpp"
#include "mock-epic/server/site.hpp"
#include "mock-epic/server/times.hpp"
#include "mock-epic/tests/jwt_maker.hpp"

namespace epicenter::mock::test {

inline const signing_key& lever_client_key() {
  static const signing_key made = signing_key::ec("k1", "P-384");
  return made;
}

class lever_fixture : public testing::Test {
 protected:
  explicit lever_fixture(bool open = true, profile p = profile::orders) : site(rt, options_of(open, p)) {}
  ~lever_fixture() override { board.clear(); }

  static options options_of(bool open, profile p = profile::orders) {
    options made;
    made.profile = p;
    made.patients = 12;
    made.open = open;
    client_registration client{"client-1", json::value(key_set({lever_client_key().jwk()}))};
    client.scopes =
        "system/Patient.crs system/Condition.crs system/Observation.crs system/ServiceRequest.cruds";
    made.clients.push_back(std::move(client));
    return made;
  }

  runtime::task<> sleep(duration d) { co_await runtime::sleep_for(rt, d); }
  void pass(duration d) {
    runtime::spawn(rt, "pass", sleep(d));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
  }

  static lever_spec spec(std::string type, std::string_view parameters = "{}", duration lease = 1h) {
    lever_spec made;
    made.id = type;
    made.type = std::move(type);
    made.parameters = *json::parse(parameters)->if_object();
    made.lease = lease;
    return made;
  }
  void pull(lever_spec s) {
    const auto applied = board.apply(std::move(s));
    EXPECT_TRUE(applied) << applied.error().message();
  }
  void pull(std::string type, std::string_view parameters = "{}", duration lease = 1h) {
    pull(spec(std::move(type), parameters, lease));
  }
  /// What is wrong with it; empty where it was applied.
  std::string refused(lever_spec s) {
    const auto applied = board.apply(std::move(s));
    return applied ? std::string() : applied.error().message();
  }
  std::string refused(std::string type, std::string_view parameters) {
    return refused(spec(std::move(type), parameters));
  }
  lever_status counters(std::string_view id) {
    for (const lever_status& one : board.status())
      if (one.id == id) return one;
    ADD_FAILURE() << "no lever " << id;
    return {};
  }

  static http::request request(std::string method, std::string_view path, std::string body = {}) {
    http::request made;
    made.method = std::move(method);
    made.target = std::string(fhir_path) + std::string(path);
    made.fields.add("Host", "ehr.example");
    made.fields.add("Accept", "application/fhir+json");
    if (!body.empty()) made.fields.add("Content-Type", "application/fhir+json");
    made.body = std::move(body);
    return made;
  }
  fhir::answer ask(const http::request& r) {
    return std::get<server::site::reply>(site.handle(r, board.active())).answer;
  }
  fhir::answer get(std::string_view path) { return ask(request("GET", path)); }
  fhir::answer post(std::string_view path, std::string body) {
    return ask(request("POST", path, std::move(body)));
  }
  http::request token_request() {
    const std::int64_t now = std::chrono::floor<std::chrono::seconds>(rt.wall().time_since_epoch()).count();
    assertion a;
    a.claims.set("iss", "client-1");
    a.claims.set("sub", "client-1");
    a.claims.set("aud", "http://ehr.example" + std::string(token_path));
    a.claims.set("jti", fmt::format("jti-{}", ++assertions));
    a.claims.set("exp", now + 240);
    a.claims.set("iat", now - 30);
    http::request r;
    r.method = "POST";
    r.target = std::string(token_path);
    r.fields.add("Host", "ehr.example");
    r.fields.add("Content-Type", "application/x-www-form-urlencoded");
    r.body = token_form(make_jwt(lever_client_key(), std::move(a)));
    return r;
  }
  fhir::answer ask_token() { return ask(token_request()); }

  std::string patient(std::size_t i = 0) { return site.store().hospital().key(i).patient; }
  std::string order(std::string_view identifier, std::size_t of = 0) {
    return fmt::format(R"({{"resourceType":"ServiceRequest",)"
                       R"("identifier":[{{"system":"urn:x","value":"{}"}}],"status":"active",)"
                       R"("intent":"order","code":{{"text":"CBC"}},"subject":{{"reference":"Patient/{}"}}}})",
                       identifier, patient(of));
  }
  static std::string code_of(const fhir::answer& a) {
    const auto parsed = json::parse(a.response.body);
    return parsed ? std::string(parsed->string_at("issue.0.details.coding.0.code")) : "";
  }
  static std::vector<std::string> ids_in(const fhir::answer& bundle, std::string_view mode = "match") {
    std::vector<std::string> found;
    const auto parsed = json::parse(bundle.response.body);
    const json::value* entries = parsed ? parsed->find("entry") : nullptr;
    if (!entries) return found;
    for (const json::value& entry : *entries->if_array())
      if (entry.string_at("search.mode") == mode) found.emplace_back(entry.string_at("resource.id"));
    return found;
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  server::site site;
  leased_levers board{[this] {
    return lever_world{site.identity(), site.store(), 7, {rt.now(), rt.wall()}};
  }};
  int assertions = 0;
};

}  // namespace epicenter::mock::test
