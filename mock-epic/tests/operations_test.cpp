#include <algorithm>

#include "mock-epic/fhir/operations/operation.hpp"
#include "mock-epic/tests/bulk_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class operations_in_orders : public bulk_fixture {
 protected:
  explicit operations_in_orders(bool orders = true) : bulk_fixture(orders) {}

  json::value patient(std::size_t i) {
    return engine.store().find(type_id::patient, key(i).patient)->value();
  }
  /// The Patient with these elements only.
  json::value demographics(std::size_t i, std::initializer_list<std::string_view> elements) {
    json::object made{{"resourceType", "Patient"}};
    const json::value all = patient(i);
    for (const std::string_view one : elements) made.set(std::string(one), *all.find(one));
    return made;
  }
  static std::string match_body(const json::value& patient, std::string_view only) {
    return fmt::format(
        R"({{"resourceType":"Parameters","parameter":[{{"name":"resource","resource":{}}}{}]}})",
        json::write(patient), only);
  }
  static constexpr std::string_view certain_only = R"(,{"name":"onlyCertainMatches","valueBoolean":true})";
  json::value bundle(std::string_view path) {
    const json::value made = get_json(path);
    EXPECT_EQ(made.string_at("resourceType"), "Bundle");
    return made;
  }
  static std::vector<std::string> keys_of(const json::value& bundle) {
    std::vector<std::string> keys;
    if (const json::value* entries = bundle.find("entry"))
      for (const json::value& one : *entries->if_array())
        keys.push_back(
            fmt::format("{}/{}", one.string_at("resource.resourceType"), one.string_at("resource.id")));
    return keys;
  }
};
class operations_in_strict : public operations_in_orders {
 protected:
  operations_in_strict() : operations_in_orders(false) {}
};

TEST_F(operations_in_orders, are_listed_each_once_with_a_definition) {
  std::set<std::string> seen;
  for (const fhir::operation_info& one : fhir::operations()) {
    EXPECT_TRUE(one.definition.starts_with("http://hl7.org/fhir/")) << one.name;
    EXPECT_EQ(one.type.has_value(), one.level != fhir::operation_level::system);
    EXPECT_TRUE(seen.insert(std::string(one.definition)).second) << one.definition;
    EXPECT_NE(one.run, nullptr);
  }
}

TEST_F(operations_in_strict, are_those_of_epics_capability_statement) {
  std::set<std::string> strict;
  for (const fhir::operation_info& one : fhir::operations())
    if (one.strict) strict.insert(fmt::format("{} {} {}", name_of(*one.type), one.listed, one.definition));
  EXPECT_EQ(strict, (std::set<std::string>{
                        "Group group-export http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
                        "Patient match http://hl7.org/fhir/OperationDefinition/Patient-match",
                        "Patient summary http://hl7.org/fhir/uv/ips/OperationDefinition/summary"}));
}

struct refusal {
  std::string_view method, path;
  unsigned orders, strict;
};
const auto refusals = std::to_array<refusal>({
    {"GET", "/$nonsense", 404, 404},
    {"GET", "/$export/x", 404, 404},
    {"POST", "/Patient/$nonsense", 404, 404},
    {"GET", "/Patient/$match", 405, 405},
    {"DELETE", "/Patient/x/$summary", 405, 405},
    {"GET", "/Patient/x/$summary", 404, 404},
    {"GET", "/Patient/x/$everything", 404, 404},
    {"GET", "/Observation/$lastn", 400, 404},
    {"GET", "/Observation/$lastn?patient=x", 404, 404},
    {"GET", "/DocumentReference/$docref", 400, 404},
    {"GET", "/DocumentReference/$docref?patient=x", 404, 404},
    {"GET", "/Observation/$match", 404, 404},
});
TEST_F(operations_in_orders, are_refused_with_outcomes) {
  for (const refusal& one : refusals) {
    const fhir::answer got = ask(request(std::string(one.method), one.path));
    EXPECT_EQ(got.response.status, one.orders) << one.path;
    if (got.response.status == 405) {
      EXPECT_FALSE(got.response.fields.get("Allow").empty());
    } else {
      EXPECT_EQ(json::parse(got.response.body)->string_at("resourceType"), "OperationOutcome") << one.path;
    }
  }
}
TEST_F(operations_in_strict, that_epic_lacks_get_the_page_of_iis) {
  for (const refusal& one : refusals) {
    const fhir::answer got = ask(request(std::string(one.method), one.path));
    EXPECT_EQ(got.response.status, one.strict) << one.path;
    const bool of_epic = one.path.find("$summary") != std::string_view::npos;
    if (one.strict == 404 && !of_epic) {
      EXPECT_EQ(got.response.fields.get("Content-Type"), "text/html") << one.path;
    }
  }
}

TEST_F(operations_in_strict, match_finds_one_patient_for_certain) {
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string body = match_body(demographics(i, {"name", "birthDate", "gender"}), certain_only);
    const fhir::answer got = post("/Patient/$match", body);
    ASSERT_EQ(got.response.status, 200U) << got.response.body;
    const json::value found = json::parse(got.response.body).value();
    EXPECT_EQ(keys_of(found), std::vector<std::string>{"Patient/" + key(i).patient});
    EXPECT_EQ(found.string_at("entry.0.search.extension.0.valueCode"), "certain");
    EXPECT_GE(found.at_path("entry.0.search.score")->to_double().value(), 0.8);
  }
}

TEST_F(operations_in_strict, match_refuses_as_epic_does) {
  const json::value whole = demographics(0, {"name", "birthDate", "gender"});
  struct one {
    std::string body;
    std::string_view code;
  };
  const std::vector<one> cases{
      {match_body(whole, ""), "59109"},
      {match_body(whole, R"(,{"name":"onlyCertainMatches","valueString":"true"})"), "59109"},
      {match_body(whole, R"(,{"name":"onlyCertainMatches","valueBoolean":false})"), "59109"},
      {match_body(demographics(0, {"name"}), certain_only), "59013"},
      {match_body(demographics(0, {"birthDate", "gender"}), certain_only), "59013"},
      {R"({"resourceType":"Parameters","parameter":[{"name":"onlyCertainMatches","valueBoolean":true}]})",
       "59108"},
      {R"({"resourceType":"Patient"})", "59105"},
      {"[", "59105"},
      {match_body(whole,
                  R"(,{"name":"onlyCertainMatches","valueBoolean":true},{"name":"bogus","valueString":"x"})"),
       "59100"},
      {match_body(whole,
                  R"(,{"name":"onlyCertainMatches","valueBoolean":true},{"name":"count","valueInteger":0})"),
       "59109"},
  };
  for (const one& c : cases) {
    const fhir::answer got = post("/Patient/$match", c.body);
    EXPECT_EQ(got.response.status, 400U) << c.body;
    EXPECT_EQ(epic_code(got), c.code) << c.body;
  }
  json::object twin = *patient(0).if_object();
  twin.set("id", "twin-1");
  engine.store().file(type_id::patient, "twin-1", "twin-1", std::move(twin), true, today);
  EXPECT_EQ(epic_code(post("/Patient/$match", match_body(whole, certain_only))), "59011");
}

TEST_F(operations_in_orders, match_grades_what_might_be_meant) {
  const json::value mrn = demographics(4, {"identifier"});
  const json::value found = json::parse(post("/Patient/$match", match_body(mrn, "")).response.body).value();
  EXPECT_EQ(keys_of(found), std::vector<std::string>{"Patient/" + key(4).patient});
  EXPECT_EQ(found.string_at("entry.0.search.extension.0.valueCode"), "probable");
  const json::value none =
      json::parse(post("/Patient/$match", match_body(mrn, certain_only)).response.body).value();
  EXPECT_EQ(none.find("total")->to_int64(), 0);
  EXPECT_EQ(none.find("entry"), nullptr);
}

TEST_F(operations_in_strict, summary_is_a_document_of_the_patients_records) {
  const json::value document = bundle("/Patient/" + key(3).patient + "/$summary");
  EXPECT_EQ(document.string_at("type"), "document");
  EXPECT_EQ(document.string_at("entry.0.resource.resourceType"), "Composition");
  EXPECT_EQ(document.string_at("entry.0.resource.type.coding.0.code"), "60591-5");
  EXPECT_EQ(document.string_at("entry.0.resource.subject.reference"), "Patient/" + key(3).patient);
  std::set<std::string> there;
  for (const json::value& one : *document.find("entry")->if_array()) {
    EXPECT_TRUE(there.insert(std::string(one.string_at("fullUrl"))).second);
  }
  EXPECT_TRUE(there.contains(std::string(document.string_at("entry.0.resource.author.0.reference"))));
  const std::string base = "http://ehr.example:8080" + std::string(fhir_path) + "/";
  std::set<std::string> titles;
  std::size_t references = 0;
  for (const json::value& section : *document.at_path("entry.0.resource.section")->if_array()) {
    titles.insert(std::string(section.string_at("title")));
    EXPECT_FALSE(section.string_at("text.div").empty());
    EXPECT_NE(section.find("entry") != nullptr, section.find("emptyReason") != nullptr);
    if (!section.find("entry")) continue;
    for (const json::value& one : *section.find("entry")->if_array()) {
      EXPECT_TRUE(there.contains(base + std::string(one.string_at("reference"))));
      ++references;
    }
  }
  for (const std::string_view required : {"Problems", "Allergies and Intolerances", "Medication Summary"})
    EXPECT_TRUE(titles.contains(std::string(required)));
  EXPECT_EQ(references + 3, there.size());  // beside them Composition, Patient and author
}

TEST_F(operations_in_orders, everything_is_the_compartment_in_pages) {
  const std::string path = "/Patient/" + key(5).patient + "/$everything";
  std::vector<std::string> expected;
  for (const auto& one : engine.store().chart_of(key(5).patient))
    expected.push_back(fmt::format("{}/{}", name_of(one->type()), one->id()));
  const json::value whole = bundle(path);
  std::vector<std::string> matched;
  for (const json::value& one : matches(whole))
    matched.push_back(fmt::format("{}/{}", one.string_at("resourceType"), one.string_at("id")));
  EXPECT_EQ(sorted(matched), sorted(expected));
  EXPECT_EQ(keys_of(whole).front(), "Patient/" + key(5).patient);
  for (const std::size_t count : {7U, 100U}) {
    std::vector<std::string> paged;
    std::string next = fmt::format("{}?_count={}", path, count);
    while (!next.empty()) {
      const json::value page = bundle(next);
      const auto keys = keys_of(page);
      EXPECT_LE(keys.size(), count);
      paged.insert(paged.end(), keys.begin(), keys.end());
      next = page.string_at("link.0.relation") == "next" ? std::string(page.string_at("link.0.url")) : "";
      const std::string base = "http://ehr.example:8080" + std::string(fhir_path);
      EXPECT_TRUE(next.empty() || next.starts_with(base)) << next;
      if (!next.empty()) next = next.substr(base.size());
    }
    EXPECT_EQ(paged, keys_of(whole)) << count;
  }
}

TEST_F(operations_in_orders, everything_takes_types_and_a_time) {
  const std::string path = "/Patient/" + key(5).patient + "/$everything";
  for (const std::string& one : keys_of(bundle(path + "?_type=Patient,Condition")))
    EXPECT_TRUE(one.starts_with("Patient/") || one.starts_with("Condition/")) << one;
  EXPECT_TRUE(keys_of(bundle(path + "?_since=2026-01-06")).empty());
  const auto one = engine.store().of_patient(type_id::condition, key(5).patient).front();
  engine.store().replace(*one, one->patient(), *one->value().if_object(), today + 48h);
  EXPECT_EQ(keys_of(bundle(path + "?_since=2026-01-06")), std::vector<std::string>{"Condition/" + one->id()});
  for (const std::string_view wrong : {"_type=Nonsense", "_since=x", "_count=0", "_count=x", "start=2020"})
    EXPECT_EQ(get(path + "?" + std::string(wrong)).response.status, 400U) << wrong;
}

TEST_F(operations_in_orders, lastn_is_the_newest_of_each_code) {
  const std::string who = key(6).patient;
  std::map<std::string, std::vector<std::string>> newest;
  for (const auto& one : engine.store().of_patient(type_id::observation, who))
    if (one->value().string_at("category.0.coding.0.code") == "laboratory")
      newest[std::string(one->value().string_at("code.coding.0.code"))].emplace_back(
          one->value().string_at("effectiveDateTime"));
  for (const std::size_t max : {1U, 2U, 50U}) {
    std::map<std::string, std::vector<std::string>> found;
    const json::value got =
        bundle(fmt::format("/Observation/$lastn?patient={}&category=laboratory&max={}", who, max));
    for (const json::value& one : matches(got))
      found[std::string(one.string_at("code.coding.0.code"))].emplace_back(
          one.string_at("effectiveDateTime"));
    EXPECT_EQ(found.size(), newest.size());
    for (auto& [code, times] : newest) {
      std::sort(times.rbegin(), times.rend());
      EXPECT_EQ(found[code],
                std::vector<std::string>(
                    times.begin(), times.begin() + static_cast<std::ptrdiff_t>(std::min(max, times.size()))));
    }
  }
  for (const std::string_view wrong : {"max=0", "max=x", "bogus=1"})
    EXPECT_EQ(get(fmt::format("/Observation/$lastn?patient={}&{}", who, wrong)).response.status, 400U)
        << wrong;
}

TEST_F(operations_in_orders, docref_finds_documents_by_time_and_type) {
  const std::string who = key(7).patient;
  for (const auto& existing : engine.store().of_patient(type_id::document_reference, who))
    engine.store().erase(*existing, today);
  for (const auto& [id, date, code] :
       {std::tuple{"d1", "2024-03-01", "34133-9"}, std::tuple{"d2", "2025-03-01", "34133-9"},
        std::tuple{"d3", "2025-06-01", "11506-3"}}) {
    json::array codings;
    codings.emplace_back(json::object{{"system", "http://loinc.org"}, {"code", code}});
    json::object document{{"resourceType", "DocumentReference"}, {"id", id}, {"status", "current"}};
    document.set("type", json::object{{"coding", std::move(codings)}});
    document.set("date", date);
    engine.store().file(type_id::document_reference, id, who, std::move(document), true, today);
  }
  const auto find = [&](std::string_view query) {
    return keys_of(bundle(fmt::format("/DocumentReference/$docref?patient={}{}", who, query)));
  };
  using keys = std::vector<std::string>;
  EXPECT_EQ(find(""), keys{"DocumentReference/d3"});
  EXPECT_EQ(find("&start=2025-01-01"), (keys{"DocumentReference/d3", "DocumentReference/d2"}));
  EXPECT_EQ(find("&start=2024-01-01&end=2025-04"), (keys{"DocumentReference/d2", "DocumentReference/d1"}));
  EXPECT_EQ(find("&type=http://loinc.org|34133-9"), (keys{"DocumentReference/d2", "DocumentReference/d1"}));
  EXPECT_EQ(get(fmt::format("/DocumentReference/$docref?patient={}&on-demand=true", who)).response.status,
            400U);
  EXPECT_EQ(get(fmt::format("/DocumentReference/$docref?patient={}&start=x", who)).response.status, 400U);
}

TEST_F(operations_in_orders, answer_only_what_the_token_is_for) {
  granted mine;
  mine.of_patient = key(1).patient;
  allowed = &mine;
  for (const std::string_view path :
       {"/Patient/{}/$summary", "/Patient/{}/$everything", "/Observation/$lastn?patient={}",
        "/DocumentReference/$docref?patient={}"}) {
    const auto of = [&](std::size_t i) {
      return kick_off(request("GET", fmt::format(fmt::runtime(path), key(i).patient))).response.status;
    };
    EXPECT_EQ(of(1), 200U) << path;
    EXPECT_EQ(of(2), 403U) << path;
  }
  granted some;
  some.types = {type_id::patient, type_id::condition};
  allowed = &some;
  const fhir::answer got = kick_off(request("GET", "/Patient/" + key(1).patient + "/$everything"));
  for (const std::string& one : keys_of(json::parse(got.response.body).value()))
    EXPECT_TRUE(one.starts_with("Patient/") || one.starts_with("Condition/")) << one;
}

TEST_F(operations_in_strict, a_binary_is_served_in_its_own_type_unless_fhir_is_asked_for) {
  json::object page{
      {"resourceType", "Binary"}, {"id", "page-1"}, {"contentType", "text/html"}, {"data", "PGI+aGk8L2I+"}};
  engine.store().file(type_id::binary, "page-1", key(1).patient, std::move(page), true, today);
  json::object bad{{"resourceType", "Binary"},
                   {"id", "bad-1"},
                   {"contentType", "text/html\r\nX-Evil: 1"},
                   {"data", "PGI+"}};
  engine.store().file(type_id::binary, "bad-1", key(1).patient, std::move(bad), true, today);
  struct one {
    std::string_view accept, query, type;
  };
  const auto cases =
      std::to_array<one>({{"", "", "text/html"},
                          {"*/*", "", "text/html"},
                          {"text/html", "", "text/html"},
                          {"text/rtf, */*;q=0.1", "", "text/html"},
                          {"application/fhir+json", "", "application/fhir+json; charset=utf-8"},
                          {"application/json", "", "application/json; charset=utf-8"},
                          {"application/fhir+xml", "", "application/fhir+xml; charset=utf-8"}});
  for (const one& c : cases) {
    http::request asked = request("GET", "/Binary/page-1");
    asked.fields.erase("Accept");
    if (!c.accept.empty()) asked.fields.add("Accept", std::string(c.accept));
    const fhir::answer got = ask(asked);
    EXPECT_EQ(got.response.status, 200U);
    EXPECT_EQ(got.response.fields.get("Content-Type"), c.type) << c.accept;
    if (c.type == "text/html") {
      EXPECT_EQ(got.response.body, "<b>hi</b>");
    }
    asked.target = std::string(fhir_path) + "/Binary/bad-1";
    EXPECT_EQ(ask(asked).response.fields.get("X-Evil"), "");
  }
}

}  // namespace
}  // namespace epicenter::mock::test
