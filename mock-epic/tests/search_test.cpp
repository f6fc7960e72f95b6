#include <set>

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class Search : public fhir_fixture {
 protected:
  Search() : fhir_fixture(false) {}
};

std::string capture(std::string_view name) {
  const std::string path =
      std::string(EPICENTER_SOURCE_DIR) + "/mock-epic/tests/captures/" + std::string(name);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return {};
  std::string text(64 * 1024, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

/// The names of all members, at every depth: "entry.search.mode".
void collect_paths(const json::value& v, const std::string& at, std::set<std::string>& into) {
  into.insert(at);
  if (const json::array* list = v.if_array()) {
    for (const json::value& one : *list) collect_paths(one, at, into);
  } else if (const json::object* object = v.if_object()) {
    for (const auto& [key, value] : *object) collect_paths(value, at + "." + std::string(key), into);
  }
}

TEST_F(Search, AnswersErrorsAsCaptured) {
  for (const std::string_view name :
       {"error-404-on-nonexistent-patient-id.json", "error-search-with-unsupported-param.json"}) {
    const auto captured = json::parse(capture(name));
    ASSERT_TRUE(captured) << name;
    const std::string_view url = captured->string_at("_request.url");
    const fhir::answer got = get(url.substr(url.find("/R4") + 3));
    EXPECT_EQ(std::int64_t{got.response.status}, captured->at_path("_request.status")->to_int64());
    EXPECT_EQ(got.response.body, json::write(*captured->find("body")));
    EXPECT_EQ(got.response.fields.get("Content-Type"), "application/fhir+json; charset=utf-8");
  }
}

TEST_F(Search, UnknownRoutesGetThePageOfIis) {
  const auto captured = json::parse(capture("error-request-unsupported-resource-type.json"));
  ASSERT_TRUE(captured);
  for (const std::string_view path :
       {"/FakeResourceTypeThatDoesNotExist?_count=1", "/$export", "", "/Patient/a/b", "/Patient/"}) {
    const fhir::answer got = get(path);
    EXPECT_EQ(got.response.status, 404U) << path;
    EXPECT_EQ(got.response.body, captured->string_at("body._non_json_body"));
    EXPECT_EQ(got.response.fields.get("Content-Type"), "text/html");
  }
}

TEST_F(Search, TheBundleHasTheShapeOfACapturedOne) {
  const auto captured = json::parse(capture("allergyintolerance-eq081-VQEgP8drUUqCWzHfw3.json"));
  ASSERT_TRUE(captured);
  std::set<std::string> theirs, ours;
  ASSERT_TRUE(captured->at_path("body.entry.0"));
  collect_paths(*captured->at_path("body.entry.0"), "", theirs);
  const json::value bundle = get_json("/AllergyIntolerance?patient=" + key(0).patient);
  collect_paths(*bundle.at_path("entry.0"), "", ours);
  for (const std::string& path : theirs) {
    if (path.ends_with(".version")) continue;
    EXPECT_TRUE(ours.contains(path)) << path;
  }
  EXPECT_EQ(bundle.string_at("type"), "searchset");
  EXPECT_EQ(bundle.string_at("link.0.url"),
            "http://ehr.example:8080/interconnect-fhir-oauth/api/FHIR/R4/AllergyIntolerance?patient=" +
                key(0).patient);
  EXPECT_EQ(bundle.string_at("entry.0.fullUrl"), bundle.string_at("entry.0.link.0.url"));
  EXPECT_EQ(bundle.string_at("entry.0.fullUrl"),
            "http://ehr.example:8080/interconnect-fhir-oauth/api/FHIR/R4/AllergyIntolerance/" +
                std::string(bundle.string_at("entry.0.resource.id")));
}

TEST_F(Search, EveryGeneratedResourceIsFoundAgainByIdAndByPatient) {
  // Beyond the sandbox's own patients, one of whom has more than a page of vital signs.
  for (std::size_t i = 9; i < 12; ++i) {
    for (const data::generated& one : engine.store().hospital().chart(i)) {
      const std::string name(fhir::name_of(one.type));
      const json::value resource = json::parse(one.text).value();
      EXPECT_EQ(get_json("/" + name + "/" + one.id), resource);
      if (!fhir::find_param(one.type, "patient", false)) continue;
      std::string kind;
      if (one.type == fhir::type_id::observation || one.type == fhir::type_id::care_plan)
        kind = "&category=" + std::string(resource.string_at("category.0.coding.0.code"));
      const auto found = matches(get_json("/" + name + "?patient=" + key(i).patient + kind));
      EXPECT_NE(std::find(found.begin(), found.end(), resource), found.end()) << name;
    }
  }
}

TEST_F(Search, ReadsOneIdBeforeItsChartWasTouched) {
  const auto chart = engine.store().hospital().chart(7);
  const auto at = std::find_if(chart.begin(), chart.end(), [](const data::generated& one) {
    return one.type == fhir::type_id::observation;
  });
  ASSERT_NE(at, chart.end());
  EXPECT_EQ(get("/Observation/" + at->id).response.status, 200U);
}

TEST_F(Search, RefusesSearchesWithoutWhatTheTypeNeeds) {
  struct row {
    std::string query;
    unsigned status;
    std::string issue;
  };
  const std::string patient = "patient=" + key(0).patient;
  for (const row& one :
       std::vector<row>{{"/Condition", 400, "business-rule"},
                        {"/Encounter?status=in-progress", 400, "business-rule"},
                        {"/MedicationRequest?status=active", 400, "business-rule"},
                        {"/DocumentReference", 400, "required"},
                        {"/Observation?" + patient, 400, "required"},
                        {"/Observation?category=laboratory", 400, "required"},
                        {"/AllergyIntolerance", 403, "processing"},
                        {"/Condition?patient=nobody", 400, "not-found"},
                        {"/Observation?" + patient + "&code=", 400, "value"},
                        {"/Observation?" + patient + "&code=x&date=yesterday", 400, "value"},
                        {"/Condition?" + patient + "&subject=" + key(1).patient, 400, "business-rule"},
                        {"/Condition?" + patient + "&code:not=5", 422, "not-supported"}}) {
    const json::value got = get_json(one.query, one.status);
    EXPECT_EQ(got.string_at("resourceType"), "OperationOutcome") << one.query;
    EXPECT_EQ(got.string_at("issue.0.code"), one.issue) << one.query;
  }
  const json::value unknown = get_json("/Patient?_id=nobody", 400);
  EXPECT_EQ(unknown.string_at("issue.0.severity"), "information");
  EXPECT_EQ(unknown.string_at("issue.1.code"), "not-found");
}

TEST_F(Search, PatientsAreFoundByCombinationsOnly) {
  const json::value one = get_json("/Patient/" + key(3).patient);
  const std::string family(one.string_at("name.0.family"));
  const std::string born(one.string_at("birthDate"));
  EXPECT_EQ(count("/Patient?family=" + family), 0U);
  EXPECT_EQ(count("/Patient?birthdate=" + born), 0U);
  EXPECT_EQ(count("/Patient?birthdate=" + born + "&family=" + family.substr(0, 3)), 1U);
  EXPECT_EQ(count("/Patient?birthdate=" + born + "&name=" + std::string(one.string_at("name.0.given.0"))),
            1U);
  const json::value vague = get_json("/Patient?family=" + family + "&birthdate=ge" + born, 400);
  EXPECT_EQ(vague.string_at("issue.0.diagnostics"), "A single valid date is required for birthdate");
  EXPECT_EQ(vague.string_at("issue.1.code"), "business-rule");
  EXPECT_EQ(count("/Patient?identifier=" + std::string(one.string_at("identifier.0.value"))), 1U);
  EXPECT_EQ(count("/Patient?identifier=urn:x|" + std::string(one.string_at("identifier.0.value"))), 0U);
  EXPECT_EQ(count("/Patient?_id=" + key(3).patient), 1U);
}

TEST_F(Search, TokensMatchByCodeSystemAndAlternatives) {
  const std::string base = "/Observation?patient=" + key(0).patient + "&category=laboratory";
  const auto all = matches(get_json(base));
  ASSERT_GE(all.size(), 8U);
  const std::string code(all[0].string_at("code.coding.0.code"));
  const std::string other(all[1].string_at("code.coding.0.code"));
  const std::size_t of_code = count(base + "&code=" + code);
  EXPECT_GT(of_code, 0U);
  EXPECT_LT(of_code, all.size());
  EXPECT_EQ(count(base + "&code=http://loinc.org%7C" + code), of_code);
  EXPECT_EQ(count(base + "&code=http://loinc.org|"), all.size());
  EXPECT_EQ(count(base + "&code=|" + code), 0U);
  EXPECT_EQ(count(base + "&code=urn:x|" + code), 0U);
  EXPECT_EQ(count(base + "&code=" + code + "," + other), of_code + count(base + "&code=" + other));
  EXPECT_EQ(count(base + "&code=" + code + "&code=" + other), 0U);
  EXPECT_EQ(count(base + "&status=final"), all.size());
  EXPECT_EQ(count("/Observation?subject=Patient/" + key(0).patient + "&category=laboratory"), all.size());
}

TEST_F(Search, DatesMatchByPrefixAndPrecision) {
  const std::string base = "/Observation?patient=" + key(0).patient + "&category=laboratory";
  const auto all = matches(get_json(base));
  const std::string newest(all.front().string_at("effectiveDateTime"));
  const std::size_t at_newest = count(base + "&date=" + newest);
  EXPECT_GT(at_newest, 0U);
  EXPECT_EQ(count(base + "&date=ge" + newest), at_newest);
  EXPECT_EQ(count(base + "&date=gt" + newest), 0U);
  EXPECT_EQ(count(base + "&date=lt" + newest), all.size() - at_newest);
  EXPECT_EQ(count(base + "&date=ne" + newest), all.size() - at_newest);
  EXPECT_EQ(count(base + "&date=" + newest.substr(0, 10) + "&date=ge" + newest), at_newest);
  EXPECT_EQ(count(base + "&date=le2030"), all.size());
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const json::value& a, const json::value& b) {
    return a.string_at("effectiveDateTime") > b.string_at("effectiveDateTime");
  }));
}

TEST_F(Search, NoHitsAreOneOutcomeEntry) {
  const json::value bundle = get_json("/Observation?patient=" + key(0).patient + "&code=nothing");
  EXPECT_EQ(bundle.find("total")->to_int64(), 0);
  ASSERT_EQ(bundle.find("entry")->if_array()->size(), 1U);
  EXPECT_EQ(bundle.string_at("entry.0.search.mode"), "outcome");
  EXPECT_EQ(bundle.string_at("entry.0.resource.issue.0.details.coding.0.code"), "4101");
  EXPECT_TRUE(bundle.string_at("entry.0.fullUrl").starts_with("urn:uuid:"));
}

TEST_F(Search, UnknownParametersAreToldByTheTypesThatDoAndEchoed) {
  const std::string patient = key(0).patient;
  const json::value told = get_json("/Observation?patient=" + patient + "&category=laboratory&foo=1");
  const std::size_t hits = matches(told).size();
  EXPECT_EQ(told.string_at(fmt::format("entry.{}.resource.issue.0.details.coding.0.code", hits)), "59100");
  EXPECT_EQ(told.find("total")->to_int64(), static_cast<std::int64_t>(hits));
  const json::value silent = get_json("/Condition?patient=" + patient + "&foo=1");
  EXPECT_EQ(matches(silent).size(), silent.find("entry")->if_array()->size());
  EXPECT_NE(silent.string_at("link.0.url").find("foo=1"), std::string_view::npos);
}

TEST_F(Search, PagesByTheLinksVisitEveryHitOnce) {
  const std::string base = "/Observation?patient=" + key(0).patient + "&category=laboratory";
  const auto all = matches(get_json(base));
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{5}, all.size() - 1, all.size(), all.size() + 1}) {
    std::vector<json::value> seen;
    std::string next = base + "&_count=" + std::to_string(size);
    for (int pages = 0; !next.empty() && pages < 100; ++pages) {
      const json::value bundle = get_json(next);
      const auto page = matches(bundle);
      EXPECT_EQ(bundle.find("total")->to_int64(), static_cast<std::int64_t>(page.size()));
      seen.insert(seen.end(), page.begin(), page.end());
      next.clear();
      if (bundle.string_at("link.0.relation") == "next") {
        const std::string_view url = bundle.string_at("link.0.url");
        EXPECT_NE(url.find("?sessionID="), std::string_view::npos);
        next = std::string(url.substr(url.find("/R4") + 3));
        EXPECT_EQ(bundle.string_at("link.1.relation"), "self");
      }
    }
    EXPECT_EQ(seen, all) << size;
  }
  EXPECT_EQ(get_json(base + "&_summary=count").find("total")->to_int64(),
            static_cast<std::int64_t>(all.size()));
}

TEST_F(Search, SessionsExpireAndBelongToTheirType) {
  const json::value first =
      get_json("/Observation?patient=" + key(0).patient + "&category=laboratory&_count=2");
  const std::string_view url = first.string_at("link.0.url");
  const std::string next(url.substr(url.find("/R4") + 3));
  EXPECT_EQ(matches(get_json(next)), matches(get_json(next)));
  EXPECT_EQ(epic_code(get("/Condition" + next.substr(next.find('?')))), "4113");
  EXPECT_EQ(epic_code(get("/Observation?sessionID=2-nonsense")), "4113");
  EXPECT_EQ(epic_code(get("/Observation?sessionID=99999999999999999999-1")), "4113");
  now += fhir::session_lifetime - 1ns;
  EXPECT_EQ(get(next).response.status, 200U);
  now += 1ns;
  const fhir::answer late = get(next);
  EXPECT_EQ(late.response.status, 400U);
  EXPECT_EQ(epic_code(late), "4113");
}

TEST_F(Search, TheRepresentationFollowsAccept) {
  http::request r = request("GET", "/Patient/" + key(0).patient);
  struct row {
    std::string accept, type;
  };
  for (const row& one :
       std::vector<row>{{"application/fhir+json", "application/fhir+json; charset=utf-8"},
                        {"text/html, application/json;q=0.5", "application/json; charset=utf-8"},
                        {"application/fhir+xml", "application/fhir+xml; charset=utf-8"},
                        {"*/*", "application/xml; charset=utf-8"},
                        {"bogus", "application/xml; charset=utf-8"}}) {
    r.fields.set("Accept", one.accept);
    EXPECT_EQ(ask(r).response.fields.get("Content-Type"), one.type);
  }
  r.fields.erase("Accept");
  const fhir::answer xml = ask(r);
  EXPECT_EQ(xml.response.fields.get("Content-Type"), "application/xml; charset=utf-8");
  EXPECT_TRUE(xml.response.body.starts_with(R"(<Patient xmlns="http://hl7.org/fhir"><id value=")" +
                                            key(0).patient + "\" />"))
      << xml.response.body;
}

TEST_F(Search, HostsThatCannotStandInAUrlAreRefused) {
  http::request r = request("GET", "/Patient/" + key(0).patient);
  for (const std::string_view bad : {"", "a\"b", "a/b", "a b"}) {
    r.fields.set("Host", std::string(bad));
    EXPECT_EQ(ask(r).response.status, 400U) << bad;
  }
}

}  // namespace
}  // namespace epicenter::mock::test
