// /metadata: strict says what Epic said, orders what it serves; neither claims what is not there.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

std::optional<json::value> captured_statement() {
  for (const std::string_view beside : {"/../shared", "/../../shared"}) {
    const std::string path = std::string(EPICENTER_SOURCE_DIR) + std::string(beside) +
                             "/data/epic-captures/CapabilityStatement-2026-05-11.json";
    if (!std::filesystem::exists(path)) continue;
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    auto parsed = json::parse(text.str());
    if (parsed) return std::move(*parsed);
  }
  return std::nullopt;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

class StrictMetadata : public fhir_fixture {
 protected:
  StrictMetadata() : fhir_fixture(false) {}
};
class OrdersMetadata : public fhir_fixture {};

const json::array& types_of(const json::value& statement) {
  return *statement.at_path("rest.0.resource")->if_array();
}

/// A value that the parameter can read, and that a search may be narrowed by.
std::string value_for(std::string_view kind) {
  if (kind == "date") return "2020-01-01";
  if (kind == "number" || kind == "quantity") return "1";
  if (kind == "composite") return "a$1";
  return "a";
}

TEST_F(StrictMetadata, EqualsTheCapturedStatementButForItsUrlsAndDate) {
  auto theirs = captured_statement();
  if (!theirs) GTEST_SKIP() << "no captures beside the checkout";
  json::value ours = get_json("/metadata");
  theirs->if_object()->set("date", ours.string_at("date"));
  EXPECT_EQ(json::write(ours),
            replaced(json::write(*theirs), "https://fhir.epic.com", "http://ehr.example:8080"));
}

TEST_F(StrictMetadata, IsXmlForWhoDoesNotAsk) {
  http::request r = request("GET", "/metadata");
  r.fields.erase("Accept");
  const fhir::answer got = ask(r);
  EXPECT_EQ(got.response.fields.get("Content-Type"), "application/xml; charset=utf-8");
  EXPECT_TRUE(got.response.body.starts_with(
      R"(<CapabilityStatement xmlns="http://hl7.org/fhir"><status value="active" />)"));
  EXPECT_NE(
      got.response.body.find(
          R"(<extension url="http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"><extension url="authorize"><valueUri value=)"),
      std::string::npos);
}

TEST_F(StrictMetadata, EveryDeclaredReadAndSearchIsServed) {
  const json::value statement = get_json("/metadata");
  EXPECT_EQ(types_of(statement).size(), 59U);
  for (const json::value& type : types_of(statement)) {
    const std::string name(type.string_at("type"));
    for (const json::value& one : *type.find("interaction")->if_array()) {
      const std::string_view code = one.string_at("code");
      if (code == "read") {
        const fhir::answer got = get("/" + name + "/unknown");
        EXPECT_EQ(got.response.status, 404U) << name;
        EXPECT_EQ(epic_code(got), "59008") << name;
      } else if (code == "search-type") {
        const unsigned status = get("/" + name + "?_count=5").response.status;
        EXPECT_TRUE(status == 400 || status == 403) << name << ": nobody enumerates the hospital";
      }
    }
  }
}

TEST_F(StrictMetadata, EveryDeclaredSearchParameterIsKnownAndNoOtherIs) {
  const json::value statement = get_json("/metadata");
  const fhir::search_world world{engine.store(), "http://x", today, false};
  std::size_t declared = 0;
  for (const json::value& type : types_of(statement)) {
    const fhir::type_id id = *fhir::type_named(type.string_at("type"));
    const json::value* params = type.find("searchParam");
    std::size_t of_type = 0;
    for (const json::value& param : params ? *params->if_array() : json::array()) {
      const std::string_view name = param.string_at("name");
      const auto read = fhir::criterion::read(id, name, value_for(param.string_at("type")), world);
      EXPECT_TRUE(name == "_count" || std::holds_alternative<fhir::criterion>(read))
          << fhir::name_of(id) << "." << name;
      declared += 1;
      of_type += name.starts_with('_') ? 0U : 1U;
      if (const fhir::search_param* known = fhir::find_param(id, name, false)) {
        EXPECT_EQ(fhir::name_of(known->kind), param.string_at("type")) << name;
      }
    }
    std::size_t known = 0;
    for (const fhir::search_param& param : fhir::params_of(id)) known += param.is_of(false) ? 1U : 0U;
    EXPECT_EQ(known, of_type) << fhir::name_of(id);
  }
  EXPECT_EQ(declared, 706U);
}

TEST_F(OrdersMetadata, EveryDeclaredSearchParameterIsServedWithoutComplaint) {
  const json::value statement = get_json("/metadata");
  EXPECT_EQ(types_of(statement).size(), fhir::type_count);
  for (const json::value& type : types_of(statement)) {
    const std::string name(type.string_at("type"));
    for (const json::value& param : *type.find("searchParam")->if_array()) {
      http::request r = request("GET", "/" + name + "?" + http::percent_encode(param.string_at("name")) +
                                           "=" + http::percent_encode(value_for(param.string_at("type"))));
      r.fields.set("Prefer", "handling=strict");
      const fhir::answer got = ask(r);
      const bool composite = param.string_at("type") == "composite";
      // A composite of other kinds than the value's is refused for its value: it is known all the same.
      EXPECT_TRUE(got.response.status == 200 || (composite && epic_code(got) == "4115"))
          << r.target << " " << got.response.body;
    }
  }
}

TEST_F(OrdersMetadata, EveryDeclaredInteractionIsServed) {
  if (ask(request("PUT", "/Basic/x", R"({"resourceType":"Basic","id":"x"})")).response.status == 405)
    GTEST_SKIP() << "the write side is not there yet";
  const json::value statement = get_json("/metadata");
  const auto is_served = [&](const http::request& r) {
    const fhir::answer got = ask(r);
    // IIS answers what is not routed at all.
    return got.response.status != 405 && got.response.fields.get("Content-Type") != "text/html";
  };
  for (const json::value& type : types_of(statement)) {
    const std::string name(type.string_at("type"));
    const std::string body = R"({"resourceType":")" + name + R"(","id":"x"})";
    const std::map<std::string_view, http::request> asked{
        {"create", request("POST", "/" + name, body)},
        {"read", request("GET", "/" + name + "/x")},
        {"vread", request("GET", "/" + name + "/x/_history/1")},
        {"update", request("PUT", "/" + name + "/x", body)},
        {"patch", request("PATCH", "/" + name + "/x", "[]")},
        {"delete", request("DELETE", "/" + name + "/x")},
        {"history-instance", request("GET", "/" + name + "/x/_history")},
        {"history-type", request("GET", "/" + name + "/_history")},
        {"search-type", request("GET", "/" + name)}};
    for (const json::value& one : *type.find("interaction")->if_array())
      EXPECT_TRUE(is_served(asked.at(one.string_at("code")))) << name << " " << one.string_at("code");
  }
  const std::map<std::string_view, http::request> system{
      {"transaction", request("POST", "", R"({"resourceType":"Bundle","type":"transaction"})")},
      {"batch", request("POST", "", R"({"resourceType":"Bundle","type":"batch"})")},
      {"search-system", request("GET", "?_type=Patient")},
      {"history-system", request("GET", "/_history")}};
  for (const json::value& one : *statement.at_path("rest.0.interaction")->if_array())
    EXPECT_TRUE(is_served(system.at(one.string_at("code")))) << one.string_at("code");
}

}  // namespace
}  // namespace epicenter::mock::test
