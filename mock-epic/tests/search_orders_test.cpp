// Searches as a full R4 server answers them.
#include <algorithm>
#include <set>

#include "mock-epic/fhir/compartment.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/search.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class OrdersSearch : public fhir_fixture {
 protected:
  void file(std::string_view text, const std::string& patient = "", bool searchable = true) {
    json::value content = *json::parse(text);
    const type_id type = *fhir::type_named(content.string_at("resourceType"));
    std::string id(content.string_at("id"));
    engine.store().file(type, std::move(id), patient, std::move(*content.if_object()), searchable,
                        today + filed++ * 1s);
  }
  /// Ids of the entries of a mode, in their order.
  static std::vector<std::string> ids(const json::value& bundle, std::string_view mode = "match") {
    std::vector<std::string> found;
    const json::value* entries = bundle.find("entry");
    for (const json::value& entry : entries ? *entries->if_array() : json::array())
      if (entry.string_at("search.mode") == mode) found.emplace_back(entry.string_at("resource.id"));
    return found;
  }
  using list = std::vector<std::string>;
  list search(std::string_view path) { return ids(get_json(path)); }
  static std::string link(const json::value& bundle, std::string_view relation) {
    for (const json::value& one : *bundle.find("link")->if_array())
      if (one.string_at("relation") == relation) {
        const std::string_view url = one.string_at("url");
        return std::string(url.substr(url.find("/R4") + 3));
      }
    return {};
  }

  int filed = 0;
};

class OrdersPeople : public OrdersSearch {
 protected:
  OrdersPeople() {
    file(R"({"resourceType":"Organization","id":"org","name":"Ward East"})");
    file(R"({"resourceType":"Practitioner","id":"dr","name":[{"family":"Quine"}]})");
    file(
        R"({"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1990-02-03","identifier":[{"system":"mrn","value":"zz7"}],
             "name":[{"family":"Zabriskie","given":["Ann"]}],"generalPractitioner":[{"reference":"Practitioner/dr"}],
             "managingOrganization":{"reference":"Organization/org"}})",
        "p1");
    file(
        R"({"resourceType":"Patient","id":"p2","gender":"male","birthDate":"1980-02-03","name":[{"family":"Zabriskie","given":["Bo"]}]})",
        "p2");
    file(
        R"({"resourceType":"Encounter","id":"e1","status":"in-progress","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"}})",
        "p1");
    file(
        R"({"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"l","code":"c1"}]},
             "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"performer":[{"reference":"Practitioner/dr"}],
             "effectiveDateTime":"2025-01-02","valueQuantity":{"value":5}})",
        "p1");
    file(
        R"({"resourceType":"Observation","id":"o2","status":"preliminary","code":{"coding":[{"system":"l","code":"c2"}]},
             "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2025-01-01","valueQuantity":{"value":7},"text":{"status":"generated","div":"<div>x</div>"}})",
        "p1");
    file(
        R"({"resourceType":"Observation","id":"o3","status":"final","code":{"coding":[{"system":"l","code":"c1"}]},
             "subject":{"reference":"Patient/p2"}})",
        "p2");
    file(
        R"({"resourceType":"Provenance","id":"prov","target":[{"reference":"Observation/o1"}],"recorded":"2025-01-02T00:00:00Z","agent":[{"who":{"reference":"Practitioner/dr"}}]})");
    file(
        R"({"resourceType":"Observation","id":"held","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"}})",
        "p1", false);
  }
};

TEST_F(OrdersPeople, RepeatsMeanAndAndCommasMeanOr) {
  EXPECT_EQ(search("/Observation?patient=p1"), (list{"o1", "o2"}))
      << "what waits to be reconciled is not found";
  EXPECT_EQ(search("/Observation?patient=p1&patient=p2"), list{});
  EXPECT_EQ(search("/Observation?patient=p1,p2&code=c1"), (list{"o1", "o3"}));
  EXPECT_EQ(search("/Observation?subject=Patient/p1&status=final,preliminary&status=final"), list{"o1"});
  EXPECT_EQ(search("/Observation?patient=nobody"), list{});
  EXPECT_EQ(get_json("/Observation?patient=nobody").find("total")->to_int64().value(), 0);
  EXPECT_EQ(search("/Observation?_id=o1,o3,nobody"), (list{"o1", "o3"}));
  EXPECT_EQ(search("/Observation?_id=o1,o3&patient=p2"), list{"o3"});
  EXPECT_EQ(search("/Patient?identifier=mrn|zz7"), list{"p1"});
  EXPECT_EQ(search("/Patient?identifier=other|zz7"), list{});
  EXPECT_EQ(search("/Patient?family=zabr"), (list{"p1", "p2"})) << "no demand for demographics";
  EXPECT_EQ(search("/Observation?code="), search("/Observation")) << "empty parameters are ignored";
}

TEST_F(OrdersPeople, ChainsFollowReferencesToThreeLinks) {
  EXPECT_EQ(search("/Observation?patient.identifier=mrn|zz7"), (list{"o1", "o2"}));
  EXPECT_EQ(search("/Observation?subject:Patient.birthdate=lt1985&code=c1"), list{"o3"});
  EXPECT_EQ(search("/Observation?subject.name=ann&subject.family=zab"), (list{"o1", "o2"}));
  EXPECT_EQ(search("/Observation?encounter.patient.family=zab"), list{"o1"});
  EXPECT_EQ(search("/Observation?patient.organization.name=ward"), (list{"o1", "o2"}));
  EXPECT_EQ(search("/Observation?patient._id=p2"), list{"o3"});
  EXPECT_EQ(get("/Observation?encounter.patient.organization.name=x").response.status, 400U);
}

TEST_F(OrdersPeople, ReverseChainsAskWhatRefersToAResource) {
  EXPECT_EQ(search("/Patient?_has:Observation:patient:code=c2"), list{"p1"});
  EXPECT_EQ(search("/Patient?family=zab&_has:Observation:patient:code=c1"), (list{"p1", "p2"}));
  EXPECT_EQ(search("/Practitioner?_has:Observation:performer:code=c1"), list{"dr"});
  EXPECT_EQ(search("/Encounter?_id=e1&_has:Observation:encounter:status=final"), list{"e1"});
  EXPECT_EQ(search("/Patient?_has:Encounter:patient:_has:Observation:encounter:code=c1"), list{"p1"});
}

TEST_F(OrdersPeople, InclusionsComeOnceAndAfterTheMatches) {
  const json::value with =
      get_json("/Observation?patient=p1&_include=Observation:subject&_include=Observation:performer");
  EXPECT_EQ(ids(with), (list{"o1", "o2"}));
  EXPECT_EQ(ids(with, "include"), (list{"p1", "dr"}));
  EXPECT_EQ(with.find("total")->to_int64().value(), 2);
  EXPECT_EQ(ids(get_json("/Observation?_id=o1&_include=*"), "include").size(), 3U);
  EXPECT_EQ(ids(get_json("/Observation?_id=o1&_include=Observation:subject:Group"), "include"), list{});
  EXPECT_EQ(
      ids(get_json("/Observation?_id=o1&_include=Observation:subject&_include:iterate=Patient:organization"),
          "include"),
      (list{"p1", "org"}));
  EXPECT_EQ(ids(get_json("/Patient?_id=p1&_revinclude=Observation:subject"), "include"), (list{"o1", "o2"}));
  EXPECT_EQ(ids(get_json("/Observation?_id=o1&_revinclude=Provenance:target"), "include"), list{"prov"});
  EXPECT_EQ(ids(get_json("/Patient?_id=p1&_revinclude=*"), "include"), (list{"e1", "o1", "o2"}));
  EXPECT_EQ(ids(get_json("/Practitioner?_id=dr&_revinclude=Observation:performer"), "include"), list{"o1"});
  EXPECT_EQ(get("/Observation?_id=o1&_include=Observation:code").response.status, 400U);
  EXPECT_EQ(get("/Observation?_id=o1&_include=nonsense").response.status, 400U);
}

TEST_F(OrdersPeople, SortsBySeveralKeysAndPutsWhatHasNoneLast) {
  const std::string all = "/Observation?patient=p1,p2&_sort=";
  EXPECT_EQ(search(all + "date"), (list{"o2", "o1", "o3"}));
  EXPECT_EQ(search(all + "-date"), (list{"o1", "o2", "o3"}));
  EXPECT_EQ(search(all + "-value-quantity"), (list{"o2", "o1", "o3"}));
  EXPECT_EQ(search(all + "code,-_id"), (list{"o3", "o1", "o2"}));
  EXPECT_EQ(search(all + "-_lastUpdated"), (list{"o3", "o2", "o1"}));
  EXPECT_EQ(search("/Patient?family=zabr&_sort=given"), (list{"p1", "p2"}));
  EXPECT_EQ(search("/Patient?family=zabr&_sort=-given"), (list{"p2", "p1"}));
  EXPECT_EQ(get(all + "nonsense").response.status, 400U);
}

TEST_F(OrdersPeople, PartsOfResourcesAreMarkedAsSuch) {
  const auto first = [&](std::string_view path) { return *get_json(path).at_path("entry.0.resource"); };
  const json::value summary = first("/Observation?_id=o2&_summary=true");
  EXPECT_TRUE(summary.find("status") && summary.find("valueQuantity") && !summary.find("text"));
  EXPECT_EQ(summary.string_at("meta.tag.0.code"), "SUBSETTED");
  EXPECT_EQ(summary.string_at("meta.versionId"), "1");
  const json::value text = first("/Observation?_id=o2&_summary=text");
  EXPECT_TRUE(text.find("text") && text.find("status") && !text.find("valueQuantity"));
  const json::value data = first("/Observation?_id=o2&_summary=data");
  EXPECT_TRUE(!data.find("text") && data.find("valueQuantity"));
  EXPECT_TRUE(first("/Observation?_id=o2&_summary=false").find("text"));
  EXPECT_FALSE(first("/Observation?_id=o2&_summary=false").at_path("meta.tag"));
  const json::value elements = first("/Observation?_id=o2&_elements=value,Observation.text,Patient.status");
  EXPECT_TRUE(elements.find("valueQuantity") && elements.find("text") && !elements.find("subject"));
  EXPECT_TRUE(elements.find("status") && elements.find("code")) << "what a resource must have stays";
  const json::value counted = get_json("/Observation?patient=p1&_summary=count");
  EXPECT_EQ(counted.find("total")->to_int64().value(), 2);
  EXPECT_FALSE(counted.find("entry"));
  EXPECT_FALSE(get_json("/Observation?patient=p1&_count=0").find("entry"));
  EXPECT_FALSE(get_json("/Observation?patient=p1&_total=none").find("total"));
  EXPECT_TRUE(get_json("/Observation?patient=p1&_total=accurate").find("total"));
  EXPECT_EQ(get("/Observation?patient=p1&_summary=nonsense").response.status, 400U);
}

TEST_F(OrdersPeople, UnknownParametersAreToldOrRefusedAsPreferred) {
  const json::value lenient = get_json("/Observation?patient=p1&foo=1");
  EXPECT_EQ(ids(lenient), (list{"o1", "o2"}));
  EXPECT_EQ(lenient.string_at("entry.2.search.mode"), "outcome");
  EXPECT_EQ(lenient.string_at("entry.2.resource.issue.0.diagnostics"),
            "Unknown parameter: FOO. Parameter has been ignored.");
  http::request r = request("GET", "/Observation?patient=p1&foo=1");
  r.fields.set("Prefer", "return=minimal, handling=strict");
  EXPECT_EQ(ask(r).response.status, 400U);
}

TEST_F(OrdersPeople, PostedFormsAndQueriesCountTogether) {
  http::request r = request("POST", "/Observation/_search?status=final", "patient=p1");
  r.fields.set("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(ids(*json::parse(ask(r).response.body)), list{"o1"});
  r.target += "&_format=xml";
  EXPECT_EQ(ask(r).response.fields.get("Content-Type"), "application/fhir+xml; charset=utf-8");
  EXPECT_EQ(get("/Observation?patient=%").response.status, 400U);
}

TEST_F(OrdersPeople, CompartmentsAndTheWholeSystemAreSearched) {
  EXPECT_EQ(search("/Patient/p1/Observation"), (list{"o1", "o2"}));
  EXPECT_EQ(search("/Patient/p1/Observation?code=c2"), list{"o2"});
  EXPECT_EQ(search("/Patient/p1/*"), (list{"e1", "o1", "o2", "p1"}));
  EXPECT_EQ(search("/Patient/p1/*?_type=Encounter"), list{"e1"});
  EXPECT_EQ(search("/Patient/p2/Encounter"), list{});
  EXPECT_EQ(search("/Encounter/e1/Observation"), list{"o1"});
  EXPECT_EQ(search("?_type=Organization,Practitioner&_lastUpdated=ge2026-01-05&_id=dr,org"),
            (list{"org", "dr"}));
  EXPECT_EQ(search("?_type=Patient,Observation&_id=p1,o3"), (list{"p1", "o3"}));
  EXPECT_EQ(get("?_type=Nonsense").response.status, 400U);
  EXPECT_EQ(get("/Practitioner/dr/Observation").response.status, 404U);
}

TEST_F(OrdersPeople, EntriesAreThoseOfAnR4Server) {
  const json::value bundle = get_json("/Observation?_id=o1");
  EXPECT_FALSE(bundle.at_path("entry.0.link"));
  EXPECT_EQ(bundle.string_at("entry.0.fullUrl"),
            "http://ehr.example:8080/interconnect-fhir-oauth/api/FHIR/R4/Observation/o1");
  EXPECT_EQ(bundle.string_at("entry.0.resource.meta.versionId"), "1");
  EXPECT_EQ(json::write(*bundle.at_path("entry.0.resource")), get("/Observation/o1").response.body);
}

/// Whatever the size of the pages: every hit once, in order, by next; and back again by previous.
TEST_F(OrdersPeople, PagesVisitEveryHitOnceInOrder) {
  for (int i = 0; i < 23; ++i)
    file(
        fmt::format(
            R"({{"resourceType":"Flag","id":"f{}","status":"active","subject":{{"reference":"Patient/p1"}}}})",
            i),
        "p1");
  for (const std::string_view sort : {"", "&_sort=-_id"}) {
    const std::string query = "/Flag?patient=p1" + std::string(sort);
    const list all = search(query);
    ASSERT_EQ(all.size(), 23U);
    for (std::size_t size = 1; size <= 25; ++size) {
      list seen, pages;
      std::string at = query + "&_count=" + std::to_string(size);
      for (int guard = 0; !at.empty() && guard < 30; ++guard) {
        const json::value bundle = get_json(at);
        EXPECT_EQ(bundle.find("total")->to_int64().value(), 23);
        const list page = ids(bundle);
        EXPECT_LE(page.size(), size);
        seen.insert(seen.end(), page.begin(), page.end());
        const std::string before = link(bundle, "previous");
        if (!pages.empty()) {
          EXPECT_EQ(search(before), ids(get_json(pages.back())));
        }
        pages.push_back(at);
        at = link(bundle, "next");
      }
      EXPECT_EQ(seen, all) << size;
    }
  }
}

TEST_F(OrdersPeople, PagesExpire) {
  const std::string next = link(get_json("/Observation?patient=p1&_count=1"), "next");
  EXPECT_EQ(get(next).response.status, 200U);
  now += fhir::session_lifetime;
  EXPECT_EQ(get(next).response.status, 410U);
}

struct only_of : fhir::access {
  std::set<type_id> types;
  std::string of_patient;
  bool permits(type_id type, fhir::interaction, const json::value*) const override {
    return types.contains(type);
  }
  std::string_view patient() const override { return of_patient; }
};

TEST_F(OrdersPeople, TokensSeeOnlyWhatTheyMay) {
  only_of access;
  const auto with_token = [&](std::string_view path) {
    return engine.handle(request("GET", path), fhir::moment{now, today}, &access);
  };
  const auto seen = [&](std::string_view path, std::string_view mode = "match") {
    return ids(*json::parse(with_token(path).response.body), mode);
  };
  const fhir::answer refused = with_token("/Observation?patient=p1");
  EXPECT_EQ(refused.response.status, 403U);
  EXPECT_TRUE(refused.response.body.empty());
  EXPECT_NE(refused.response.fields.get("WWW-Authenticate").find("insufficient_scope"),
            std::string_view::npos);
  access.types = {type_id::observation};
  EXPECT_EQ(seen("/Observation?patient=p1&_include=*"), (list{"o1", "o2"}));
  EXPECT_EQ(seen("/Observation?patient=p1&_include=*", "include"), list{})
      << "no scope for what would be included";
  EXPECT_EQ(seen("?_type=Observation,Patient&_id=p1,o1"), list{"o1"});
  access.types = {type_id::observation, type_id::patient, type_id::practitioner};
  access.of_patient = "p2";
  EXPECT_EQ(seen("/Observation"), list{"o3"});
  EXPECT_EQ(seen("/Observation?patient=p1"), list{});
  EXPECT_EQ(seen("/Observation?_id=o1,o3"), list{"o3"});
  EXPECT_EQ(seen("/Patient?family=zab"), list{"p2"});
  EXPECT_EQ(seen("/Practitioner?family=quine"), list{"dr"}) << "what is of no patient is no patient's secret";
  EXPECT_EQ(seen("/Practitioner?family=quine&_revinclude=Observation:performer", "include"), list{});
}

struct meddling : fhir::interference {
  bool expired = false;
  bool page_expired(const fhir::call&) override { return expired; }
  void found(const fhir::call&, fhir::hits& all, std::vector<fhir::issue>& issues) override {
    if (all.empty()) return;
    all.pop_back();
    issues.push_back({"warning", "incomplete", "4119", "", ""});
  }
};

TEST_F(OrdersPeople, InterferenceSeesTheHitsBeforeTheyAreCutIntoPages) {
  meddling m;
  const auto asked = [&](std::string_view path) {
    return engine.handle(request("GET", path), fhir::moment{now, today}, nullptr, &m);
  };
  const json::value cut = *json::parse(asked("/Observation?patient=p1").response.body);
  EXPECT_EQ(ids(cut), list{"o1"});
  EXPECT_EQ(cut.find("total")->to_int64().value(), 1);
  EXPECT_EQ(cut.string_at("entry.1.resource.issue.0.details.coding.0.code"), "4119");
  const json::value first = *json::parse(asked("/Observation?patient=p1,p2&_count=1").response.body);
  EXPECT_EQ(ids(first), list{"o1"});
  const std::string next = link(first, "next");
  const json::value last = *json::parse(asked(next).response.body);
  EXPECT_EQ(ids(last), list{"o2"});
  EXPECT_EQ(last.string_at("entry.1.search.mode"), "outcome") << "told on the last page";
  m.expired = true;
  EXPECT_EQ(epic_code(asked(next)), "4113");
}

/// A hospital in which no search may look through all charts at once.
class LargeHospital : public testing::Test {
 protected:
  LargeHospital() : engine(options(), small_hospital(3, patients)) {}
  static fhir::engine_options options() {
    fhir::engine_options made;
    made.orders = true;
    made.base_path = fhir_path;
    made.small_hospital = 30;
    return made;
  }
  json::value get(std::string_view path, unsigned status = 200) {
    http::request r;
    r.target = path.starts_with("http") ? std::string(path.substr(path.find("/interconnect")))
                                        : std::string(fhir_path) + std::string(path);
    r.fields.add("Host", "ehr.example");
    const fhir::answer got = engine.handle(r, fhir::moment{{}, today});
    EXPECT_EQ(got.response.status, status) << path << got.response.body;
    return *json::parse(got.response.body);
  }
  static constexpr std::uint32_t patients = 250;  // more than one page looks through
  fhir::engine engine;
};

TEST_F(LargeHospital, IsSearchedPageByPage) {
  std::set<std::string> seen;
  std::size_t pages = 0;
  for (std::string at = "/Patient?_count=70"; !at.empty(); ++pages) {
    ASSERT_LT(pages, 20U);
    const json::value bundle = get(at);
    EXPECT_FALSE(bundle.find("total")) << "nobody has counted";
    const json::value* entries = bundle.find("entry");
    for (const json::value& entry : entries ? *entries->if_array() : json::array())
      EXPECT_TRUE(seen.insert(std::string(entry.string_at("resource.id"))).second);
    at.clear();
    for (const json::value& one : *bundle.find("link")->if_array())
      if (one.string_at("relation") == "next") at = one.string_at("url");
  }
  EXPECT_EQ(seen.size(), patients);
}

TEST_F(LargeHospital, FindsPeopleByTheirDemographicsAndWhatBelongsToNobodyAtOnce) {
  for (const std::size_t number : {std::size_t{9}, std::size_t{77}, std::size_t{249}}) {
    const data::demographics who = engine.store().hospital().who(number);
    const std::string id = engine.store().hospital().key(number).patient;
    for (const std::string& query :
         {"birthdate=" + who.birth_date + "&family=" + who.family.substr(0, 3),
          "given=" + who.given + "&family=" + who.family + "&gender=" + who.gender,
          "birthdate=" + who.birth_date + "&telecom=" + http::percent_encode(who.mobile_phone)}) {
      const json::value bundle = get("/Patient?" + query);
      ASSERT_TRUE(bundle.find("total")) << query << ": all were found at once";
      std::vector<std::string> found;
      for (const json::value& entry : *bundle.find("entry")->if_array())
        found.emplace_back(entry.string_at("resource.id"));
      EXPECT_NE(std::find(found.begin(), found.end(), id), found.end()) << query;
    }
  }
  EXPECT_TRUE(get("/Practitioner").find("total"));
}

TEST_F(LargeHospital, ChartsHoldNothingThatBelongsToNobodyButDocuments) {
  for (std::size_t number = 0; number < 20; ++number)
    for (const data::generated& one : engine.store().hospital().chart(number))
      EXPECT_TRUE(fhir::is_of_patients(one.type) || one.type == type_id::binary) << fhir::name_of(one.type);
}

TEST_F(LargeHospital, RefusesWhatWouldLookThroughEveryChart) {
  for (const std::string_view query :
       {"/Observation?_sort=date", "/Observation?_summary=count", "/Observation?_total=accurate",
        "/Practitioner?_has:Observation:performer:code=1", "/Observation?_sort=-date",
        "/Observation?_cursor=p9999999i0", "/Observation?_cursor=x"})
    EXPECT_EQ(get(query, 400).string_at("resourceType"), "OperationOutcome") << query;
  const std::string patient = engine.store().hospital().key(110).patient;
  EXPECT_TRUE(get("/Observation?_sort=date&patient=" + patient).find("total"));
}

}  // namespace
}  // namespace epicenter::mock::test
