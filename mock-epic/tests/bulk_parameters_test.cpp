// Each parameter of $export.
#include <algorithm>

#include "mock-epic/tests/bulk_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class bulk_parameters : public bulk_fixture {};

TEST_F(bulk_parameters, needs_the_headers_of_an_asynchronous_request) {
  EXPECT_EQ(epic_code(kick_off(request("GET", "/$export"))), "59109");
  http::request html = async("GET", "/$export");
  html.fields.set("Accept", "text/html");
  EXPECT_EQ(kick_off(html).response.status, 400U);
  http::request listed = request("GET", "/$export");
  listed.fields.add("Prefer", "handling=lenient, Respond-Async");
  EXPECT_EQ(kick_off(listed).response.status, 202U);
  http::request second = request("GET", "/$export");
  second.fields.add("Prefer", "handling=strict");
  second.fields.add("Prefer", "respond-async");
  EXPECT_EQ(kick_off(second).response.status, 202U);
}

TEST_F(bulk_parameters, takes_the_spellings_of_its_format) {
  for (const std::string_view good :
       {"application/fhir%2Bndjson", "application/fhir+ndjson", "application%2Fndjson", "ndjson"})
    EXPECT_EQ(kick_off(fmt::format("/$export?_outputFormat={}", good)).response.status, 202U) << good;
  EXPECT_EQ(kick_off("/$export?_outputFormat=application/vnd.apache.parquet").response.status, 400U);
}

TEST_F(bulk_parameters, refuses_what_it_does_not_support_and_under_lenient_handling_tells_it) {
  struct one {
    std::string_view query;
    std::string_view code;
  };
  const auto cases = std::to_array<one>({{"bogus=1", "59100"},
                                         {"includeAssociatedData=LatestProvenanceResources", "59100"},
                                         {"_type=Patient,Nonsense", "59136"},
                                         {"_typeFilter=Patient%3Fbogus%3D1", "59100"},
                                         {"_typeFilter=Observation%3F_sort%3Ddate", "59100"},
                                         {"_type=Patient&_typeFilter=Condition%3Fcode%3D1", "59100"},
                                         {"_elements=Nonsense.id", "59100"},
                                         {"patient=Patient/x", "59100"},
                                         {"_outputFormat=csv", "59100"}});
  for (const one& c : cases) {
    const std::string path = fmt::format("/Patient/$export?{}", c.query);
    const fhir::answer refused = kick_off(path);
    EXPECT_EQ(refused.response.status, 400U) << c.query;
    EXPECT_EQ(epic_code(refused), c.code) << c.query;
    http::request lenient = async("GET", path);
    lenient.fields.add("Prefer", "handling=lenient");
    const std::string url = url_of(kick_off(lenient));
    const json::value manifest = manifest_of(url);
    const auto told = lines_of(manifest, "error");
    ASSERT_EQ(told.size(), 1U) << c.query;
    EXPECT_EQ(json::parse(told.front())->string_at("issue.0.severity"), "warning");
    visit(url, "DELETE");
  }
  for (const std::string_view wrong :
       {"_since=yesterday", "_since=2026-01-05", "_until=x", "_type=", "a=%ZZ"})
    EXPECT_EQ(kick_off(fmt::format("/$export?{}", wrong)).response.status, 400U) << wrong;
}

TEST_F(bulk_parameters, writes_the_types_asked_for) {
  std::set<std::string> types;
  for (const std::string& line : export_all("/$export?_type=Patient,Condition&_type=Encounter"))
    types.insert(type_of(line));
  EXPECT_EQ(types, (std::set<std::string>{"Condition", "Encounter", "Patient"}));
}

TEST_F(bulk_parameters, of_a_time_holds_what_changed_then_and_what_was_deleted) {
  const auto one = engine.store().find(type_id::patient, key(3).patient);
  const auto gone = engine.store().find(type_id::encounter, key(4).encounter);
  json::object content = *one->value().if_object();
  content.set("active", false);
  engine.store().replace(*one, one->patient(), content, today + 10s);
  engine.store().erase(*gone, today + 20s);
  now += 1min;
  const json::value manifest = manifest_of(url_of(kick_off("/$export?_since=2026-01-05T00:00:09.999Z")));
  const auto lines = lines_of(manifest);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(json::parse(lines.front())->string_at("id"), key(3).patient);
  const auto deleted = lines_of(manifest, "deleted");
  ASSERT_EQ(deleted.size(), 1U);
  EXPECT_EQ(json::parse(deleted.front())->string_at("entry.0.request.url"), "Encounter/" + key(4).encounter);
  EXPECT_EQ(json::parse(deleted.front())->string_at("entry.0.request.method"), "DELETE");

  const std::string next = "/$export?_since=2026-01-05T00:00:20Z";
  const json::value none = manifest_of(url_of(kick_off(next)));
  EXPECT_TRUE(none.find("output")->if_array()->empty());
  EXPECT_TRUE(none.find("deleted")->if_array()->empty());
  EXPECT_EQ(export_all("/$export?_type=Patient&_until=2026-01-05T00:00:10Z").size(), 19U);
}

TEST_F(bulk_parameters, takes_patients_by_post) {
  const auto body = [&](std::string_view id) {
    return fmt::format(R"({{"resourceType":"Parameters","parameter":[
      {{"name":"_type","valueString":"Patient"}},
      {{"name":"patient","valueReference":{{"reference":"Patient/{}"}}}},
      {{"name":"patient","valueReference":{{"reference":"Patient/{}"}}}}]}})",
                       key(1).patient, id);
  };
  const std::string group = file_group({1, 4});
  const auto count = [&](std::string_view path, std::string_view id) {
    return lines_of(manifest_of(url_of(kick_off(async("POST", path, body(id)))))).size();
  };
  EXPECT_EQ(count("/Patient/$export", key(9).patient), 2U);
  EXPECT_EQ(count("/Group/" + group + "/$export", key(4).patient), 2U);
  EXPECT_EQ(kick_off(async("POST", "/Group/" + group + "/$export", body(key(9).patient))).response.status,
            400U);
  EXPECT_EQ(kick_off(async("POST", "/Patient/$export", body("nobody"))).response.status, 400U);
  EXPECT_EQ(kick_off(async("POST", "/$export", body(key(4).patient))).response.status, 400U);
  EXPECT_EQ(kick_off(async("POST", "/Patient/$export", "{}")).response.status, 400U);
  http::request lenient = async("POST", "/Patient/$export", body("nobody"));
  lenient.fields.add("Prefer", "handling=lenient");
  const json::value manifest = manifest_of(url_of(kick_off(lenient)));
  EXPECT_EQ(lines_of(manifest).size(), 1U);
  EXPECT_EQ(lines_of(manifest, "error").size(), 1U);
}

TEST_F(bulk_parameters, cuts_resources_to_elements) {
  for (const std::string& line :
       export_all("/$export?_type=Patient,Encounter&_elements=Patient.birthDate,status")) {
    const json::value one = json::parse(line).value();
    EXPECT_FALSE(one.string_at("id").empty());
    EXPECT_EQ(one.string_at("meta.tag.0.code"), "SUBSETTED");
    const bool patient = one.string_at("resourceType") == "Patient";
    EXPECT_EQ(one.find("birthDate") != nullptr, patient);
    EXPECT_EQ(one.find("name"), nullptr);
    EXPECT_EQ(one.find("class") != nullptr, !patient);  // R4 requires it
    EXPECT_EQ(one.find("period"), nullptr);
  }
  for (const std::string& line : export_all("/$export?_type=Encounter&_elements=Patient.birthDate"))
    EXPECT_NE(json::parse(line)->find("period"), nullptr);
}

}  // namespace
}  // namespace epicenter::mock::test
