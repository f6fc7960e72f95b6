// An engine over a small hospital, asked without transport.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::mock::test {

inline const wall_time today{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

inline data::hospital small_hospital(std::uint64_t seed, std::uint32_t patients = 20) {
  data::hospital_options made;
  made.seed = seed;
  made.patients = patients;
  made.today = today;
  return data::hospital(made);
}

class fhir_fixture : public testing::Test {
 protected:
  explicit fhir_fixture(bool orders = true) : engine(options_of(orders), small_hospital(1)) {}

  static fhir::engine_options options_of(bool orders) {
    fhir::engine_options made;
    made.orders = orders;
    made.base_path = fhir_path;
    made.token_path = token_path;
    return made;
  }
  static http::request request(std::string method, std::string_view path, std::string body = {}) {
    http::request made;
    made.method = std::move(method);
    made.target = std::string(fhir_path) + std::string(path);
    made.fields.add("Host", "ehr.example:8080");
    made.fields.add("Accept", "application/fhir+json");
    if (!body.empty()) made.fields.add("Content-Type", "application/fhir+json");
    made.body = std::move(body);
    return made;
  }
  fhir::answer ask(const http::request& r) { return engine.handle(r, fhir::moment{now, today}); }
  fhir::answer get(std::string_view path) { return ask(request("GET", path)); }
  fhir::answer post(std::string_view path, std::string body) {
    return ask(request("POST", path, std::move(body)));
  }
  json::value get_json(std::string_view path, unsigned status = 200) {
    const fhir::answer got = get(path);
    EXPECT_EQ(got.response.status, status) << path << "\n" << got.response.body;
    auto parsed = json::parse(got.response.body);
    EXPECT_TRUE(parsed) << got.response.body;
    return parsed ? std::move(*parsed) : json::value();
  }
  /// The resources of a Bundle's matches.
  static std::vector<json::value> matches(const json::value& bundle) {
    std::vector<json::value> found;
    const json::value* entries = bundle.find("entry");
    if (!entries) return found;
    for (const json::value& entry : *entries->if_array())
      if (entry.string_at("search.mode") == "match") found.push_back(*entry.find("resource"));
    return found;
  }
  std::size_t count(std::string_view path) { return matches(get_json(path)).size(); }
  static std::string epic_code(const fhir::answer& a, std::size_t issue = 0) {
    const auto parsed = json::parse(a.response.body);
    return parsed ? std::string(parsed->string_at(fmt::format("issue.{}.details.coding.0.code", issue))) : "";
  }
  data::patient_key key(std::size_t i) { return engine.store().hospital().key(i); }

  instant now{};
  fhir::engine engine;
};

}  // namespace epicenter::mock::test
