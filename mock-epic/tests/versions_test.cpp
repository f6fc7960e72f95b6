// The rows of the checklist of FHIR servers that are about writes and versions: profile orders.
#include <set>

#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class Versions : public fhir_fixture {
 protected:
  Versions() : fhir_fixture(true) {}
  explicit Versions(bool orders) : fhir_fixture(orders) {}

  static std::string person(std::string_view id = {}, std::string_view family = "Chalmers") {
    const std::string who = id.empty() ? "" : fmt::format(R"("id":"{}",)", id);
    return fmt::format(R"({{"resourceType":"Patient",{}"identifier":[{{"system":"urn:x","value":"p-1"}}],)"
                       R"("name":[{{"family":"{}"}}],"gender":"male"}})",
                       who, family);
  }
  fhir::answer send(std::string method, std::string_view path, std::string body = {},
                    std::initializer_list<std::pair<std::string, std::string>> fields = {}) {
    http::request r = request(std::move(method), path, std::move(body));
    for (const auto& [name, value] : fields) r.fields.set(name, value);
    return ask(r);
  }
  fhir::answer patch(std::string_view path, std::string operations,
                     std::initializer_list<std::pair<std::string, std::string>> fields = {}) {
    http::request r = request("PATCH", path, std::move(operations));
    r.fields.set("Content-Type", "application/json-patch+json");
    for (const auto& [name, value] : fields) r.fields.set(name, value);
    return ask(r);
  }
  /// Entries of a history.
  std::size_t matches_of(std::string_view path) {
    const json::value page = get_json(path);
    const json::value* entries = page.find("entry");
    return entries ? entries->if_array()->size() : 0;
  }
  static std::string etag(const fhir::answer& a) { return std::string(a.response.fields.get("ETag")); }
};

class StrictVersions : public Versions {
 protected:
  StrictVersions() : Versions(false) {}
};

TEST_F(Versions, EveryUpdateIsAnotherVersionThatCanBeRead) {
  EXPECT_EQ(send("PUT", "/Patient/p1", person("p1")).response.status, 201U);
  const fhir::answer second = send("PUT", "/Patient/p1", person("p1", "Second"));
  EXPECT_EQ(second.response.status, 200U);
  EXPECT_EQ(etag(second), "W/\"2\"");
  EXPECT_EQ(second.filed.at(0).what, fhir::filed::action::updated);
  EXPECT_EQ(second.filed.at(0).version, 2U);
  EXPECT_EQ(get_json("/Patient/p1").string_at("meta.versionId"), "2");
  EXPECT_EQ(get_json("/Patient/p1/_history/1").string_at("name.0.family"), "Chalmers");
  EXPECT_EQ(get_json("/Patient/p1/_history/2").string_at("name.0.family"), "Second");
  EXPECT_EQ(get("/Patient/p1/_history/3").response.status, 404U);
  EXPECT_EQ(get("/Patient/p1/_history/x").response.status, 404U);
}

TEST_F(Versions, WhatTheHospitalWroteHasAFirstVersion) {
  const std::string path = "/Patient/" + key(0).patient;
  EXPECT_EQ(etag(get(path)), "W/\"1\"");
  json::value changed = get_json(path);
  changed.if_object()->set("birthDate", "1901-01-01");
  EXPECT_EQ(etag(send("PUT", path, json::write(changed), {{"If-Match", "W/\"1\""}})), "W/\"2\"");
  EXPECT_EQ(get_json(path + "/_history").string_at("entry.1.response.etag"), "W/\"1\"");
  EXPECT_NE(get_json(path + "/_history/1").string_at("birthDate"), "1901-01-01");
}

TEST_F(Versions, StatusesFollowTheSpecification) {
  send("PUT", "/Patient/p1", person("p1"));
  struct row {
    std::string_view method, path, body;
    std::pair<std::string, std::string> field;
    unsigned status;
  };
  const std::string mine = person("p1", "Mine");
  const std::string other = person("p2");
  const std::string nameless = person();
  const std::string nobody = person("nobody");
  for (const row& one : std::vector<row>{
           {"GET", "/Patient/p1", "", {"If-None-Match", "W/\"1\""}, 304},
           {"GET", "/Patient/p1", "", {"If-None-Match", "W/\"9\""}, 200},
           {"GET", "/Patient/p1", "", {"If-Modified-Since", "Mon, 05 Jan 2026 00:00:00 GMT"}, 304},
           {"GET", "/Patient/p1", "", {"If-Modified-Since", "Sun, 04 Jan 2026 23:59:59 GMT"}, 200},
           {"GET", "/Patient/p1", "", {"If-Modified-Since", "yesterday"}, 200},
           {"PUT", "/Patient/p1", mine, {"If-Match", "W/\"7\""}, 412},
           {"PUT", "/Patient/p1", mine, {"If-None-Match", "*"}, 412},
           {"PUT", "/Patient/nobody", nobody, {"If-Match", "W/\"1\""}, 412},
           {"PUT", "/Patient/p1", other, {"X", ""}, 400},
           {"PUT", "/Patient/p1", nameless, {"X", ""}, 400},
           {"PUT", "/Patient/p1", "{", {"X", ""}, 400},
           {"PUT", "/Patient/p1", R"({"resourceType":"Group","id":"p1"})", {"X", ""}, 400},
           {"PUT", "/Patient?identifier=urn:x|p-1", mine, {"X", ""}, 200},
           {"PUT", "/Patient?identifier=urn:x|p-1", other, {"X", ""}, 400},
           {"POST", "/Patient", nameless, {"If-None-Exist", "identifier=urn:x|p-1"}, 200},
           {"POST", "/Patient", nameless, {"If-None-Exist", "identifier=urn:x|p-2"}, 201},
           {"POST", "/Patient", nameless, {"If-None-Exist", "identifier=urn:x|p-1"}, 412},
           {"PUT", "/Patient?identifier=urn:x|p-1", nameless, {"X", ""}, 412},
           {"DELETE", "/Patient?identifier=urn:x|p-1", "", {"X", ""}, 412},
           {"PUT", "/Patient?identifier=urn:x|p-3", nameless, {"X", ""}, 201},
           {"DELETE", "/Patient/p1", "", {"If-Match", "W/\"1\""}, 412},
           {"DELETE", "/Patient/p1", "", {"If-Match", "W/\"2\""}, 204},
           {"DELETE", "/Patient/p1", "", {"X", ""}, 204},
           {"GET", "/Patient/p1", "", {"X", ""}, 410},
           {"GET", "/Patient/p1/_history/2", "", {"X", ""}, 200},
           {"GET", "/Patient/p1/_history/3", "", {"X", ""}, 410},
           {"GET", "/Patient/p9", "", {"X", ""}, 404},
           {"DELETE", "/Patient/p9", "", {"X", ""}, 204},
           {"PUT", "/Patient/p1", mine, {"X", ""}, 201},
           {"GET", "/Patient/p1/_history/4", "", {"X", ""}, 200},
           {"POST", "/MedicationRequest", "{}", {"X", ""}, 400},
           {"POST", "/Basic", R"({"resourceType":"Basic","code":{"text":"x"}})", {"X", ""}, 201}}) {
    const fhir::answer got =
        send(std::string(one.method), one.path, std::string(one.body), {{one.field.first, one.field.second}});
    EXPECT_EQ(got.response.status, one.status)
        << one.method << " " << one.path << " " << one.field.second << "\n"
        << got.response.body;
    if (one.status >= 400) {
      EXPECT_NE(got.response.body.find("OperationOutcome"), std::string::npos) << one.path;
      EXPECT_TRUE(got.filed.empty());
    }
  }
}

TEST_F(Versions, PreferDecidesWhatIsAnswered) {
  EXPECT_EQ(send("POST", "/Patient", person(), {{"Prefer", "return=minimal"}}).response.body, "");
  const fhir::answer told = send("POST", "/Patient", person(), {{"Prefer", "return=OperationOutcome"}});
  EXPECT_EQ(json::parse(told.response.body)->string_at("resourceType"), "OperationOutcome");
  const fhir::answer whole = send("POST", "/Patient", person(), {{"Prefer", "return=representation"}});
  EXPECT_EQ(json::parse(whole.response.body)->string_at("meta.versionId"), "1");
}

TEST_F(Versions, PatchesAreAppliedWholeOrNotAtAll) {
  send("PUT", "/Patient/p1", person("p1"));
  const auto family = [&] { return std::string(get_json("/Patient/p1").string_at("name.0.family")); };
  EXPECT_EQ(
      patch("/Patient/p1", R"([{"op":"replace","path":"/name/0/family","value":"New"}])").response.status,
      200U);
  EXPECT_EQ(family(), "New");
  struct row {
    std::string_view operations;
    unsigned status;
  };
  for (
      const row& one : std::initializer_list<row>{
          {R"([{"op":"replace","path":"/name/0/family","value":"X"},{"op":"test","path":"/gender","value":"female"}])",
           422},
          {R"([{"op":"replace","path":"/name/0/family","value":"X"},{"op":"remove","path":"/nothing"}])",
           422},
          {R"([{"op":"replace","path":"/name/0/family","value":5}])", 400},
          {R"([{"op":"add","path":"/nickname","value":"X"}])", 400},
          {R"([{"op":"replace","path":"/id","value":"p2"}])", 400},
          {R"([{"op":"replace","path":"/resourceType","value":"Group"}])", 400},
          {R"([{"op":"remove","path":""}])", 400},
          {R"({)", 400},
          {R"([{"op":"sing","path":""}])", 400}})
    EXPECT_EQ(patch("/Patient/p1", std::string(one.operations)).response.status, one.status)
        << one.operations;
  EXPECT_EQ(family(), "New");
  EXPECT_EQ(etag(get("/Patient/p1")), "W/\"2\"");
  EXPECT_EQ(
      patch(
          "/Patient/p1",
          R"([{"op":"test","path":"/meta/versionId","value":"2"},{"op":"add","path":"/active","value":true}])")
          .response.status,
      200U);
  EXPECT_EQ(patch("/Patient/p1", "[]", {{"If-Match", "W/\"2\""}}).response.status, 412U);
  EXPECT_EQ(patch("/Patient?identifier=p-1", R"([{"op":"remove","path":"/active"}])").response.status, 200U);
  EXPECT_EQ(patch("/Patient?identifier=p-9", "[]").response.status, 404U);
  EXPECT_EQ(patch("/Patient/p9", "[]").response.status, 404U);
  EXPECT_EQ(send("PATCH", "/Patient/p1", "[]").response.status, 415U);
  send("DELETE", "/Patient/p1");
  EXPECT_EQ(patch("/Patient/p1", "[]").response.status, 410U);
}

TEST_F(Versions, HistoriesTellEveryChangeNewestFirst) {
  const std::size_t of_type = matches_of("/Patient/_history?_count=1000");
  send("PUT", "/Patient/h1", person("h1"));
  send("PUT", "/Patient/h1", person("h1", "B"));
  send("DELETE", "/Patient/h1");
  const json::value all = get_json("/Patient/h1/_history");
  EXPECT_EQ(all.string_at("type"), "history");
  EXPECT_EQ(all.at_path("total")->to_int64(), 3);
  EXPECT_EQ(all.string_at("entry.0.request.method"), "DELETE");
  EXPECT_EQ(all.at_path("entry.0.resource"), nullptr);
  EXPECT_EQ(all.string_at("entry.1.resource.name.0.family"), "B");
  EXPECT_EQ(all.string_at("entry.2.response.status"), "201 Created");
  EXPECT_EQ(matches_of("/Patient/_history?_count=1000"), of_type + 3);
  EXPECT_EQ(get_json("/_history?_count=2").string_at("entry.1.resource.name.0.family"), "B");
  EXPECT_EQ(get("/Patient/h9/_history").response.status, 404U);
  EXPECT_EQ(get("/Patient/_history?_count=x").response.status, 400U);
  EXPECT_EQ(get("/Patient/_history?_since=x").response.status, 400U);
}

TEST_F(Versions, HistoryPagesHoldStillWhileOthersWrite) {
  for (int i = 0; i < 5; ++i) send("PUT", "/Patient/h1", person("h1", fmt::format("F{}", i)));
  std::vector<std::string> seen;
  std::string next = "/Patient/_history?_count=2";
  while (!next.empty() && seen.size() < 100) {
    const json::value page = get_json(next);
    send("PUT", "/Patient/h2", person("h2"));
    const std::string generated = key(seen.size() % engine.store().hospital().size()).patient;
    send("PUT", "/Patient/" + generated, person(generated));
    next.clear();
    if (const json::value* entries = page.find("entry"))
      for (const json::value& one : *entries->if_array())
        seen.push_back(std::string(one.string_at("fullUrl")) + std::string(one.string_at("response.etag")));
    for (const json::value& link : *page.find("link")->if_array())
      if (link.string_at("relation") == "next")
        next = std::string(link.string_at("url")).substr(link.string_at("url").find("/Patient"));
  }
  EXPECT_EQ(seen.size(), 5U + engine.store().hospital().size());
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
}

TEST_F(Versions, HistoryIsCutByTime) {
  const auto at = [&](wall_time when, std::string family) {
    return engine.handle(request("PUT", "/Patient/h1", person("h1", family)), fhir::moment{now, when});
  };
  at(today, "A");
  at(today + 10s, "B");
  at(today + 20s, "C");
  EXPECT_EQ(matches_of("/Patient/h1/_history?_since=2026-01-05T00:00:10Z"), 2U);
  EXPECT_EQ(matches_of("/Patient/h1/_history?_since=2027"), 0U);
  const json::value then = get_json("/Patient/h1/_history?_at=2026-01-05T00:00:15Z");
  EXPECT_EQ(then.at_path("entry")->if_array()->size(), 1U);
  EXPECT_EQ(then.string_at("entry.0.resource.name.0.family"), "B");
}

TEST_F(Versions, PartsOfAResourceCanBeRead) {
  send("PUT", "/Patient/p1", person("p1"));
  const json::value part = get_json("/Patient/p1?_elements=gender");
  EXPECT_EQ(part.string_at("gender"), "male");
  EXPECT_EQ(part.find("name"), nullptr);
  EXPECT_EQ(part.string_at("meta.tag.0.code"), "SUBSETTED");
  EXPECT_NE(get_json("/Patient/p1?_summary=true").find("name"), nullptr);
  EXPECT_EQ(get_json("/Patient/p1?_summary=text").find("name"), nullptr);
}

TEST_F(Versions, ValidateTellsWithoutFiling) {
  const fhir::answer good = post("/Patient/$validate", person());
  EXPECT_EQ(good.response.status, 200U);
  EXPECT_EQ(json::parse(good.response.body)->string_at("issue.0.severity"), "information");
  const fhir::answer bad = post("/Patient/$validate", R"({"resourceType":"Patient","gender":"x"})");
  EXPECT_EQ(bad.response.status, 200U);
  EXPECT_EQ(json::parse(bad.response.body)->string_at("issue.0.severity"), "error");
  const fhir::answer wrapped =
      post("/Patient/$validate",
           R"({"resourceType":"Parameters","parameter":[{"name":"resource","resource":)" + person() + "}]}");
  EXPECT_EQ(json::parse(wrapped.response.body)->string_at("issue.0.severity"), "information");
  EXPECT_EQ(post("/Patient/$validate", R"({"resourceType":"Parameters"})").response.status, 400U);
  EXPECT_TRUE(engine.store().changes().empty());
}

TEST_F(StrictVersions, EpicHasNone) {
  const std::string path = "/Patient/" + key(0).patient;
  EXPECT_FALSE(get(path).response.fields.contains("ETag"));
  EXPECT_EQ(send("GET", path, "", {{"If-None-Match", "*"}}).response.status, 200U);
  EXPECT_EQ(get(path + "/_history").response.status, 404U);
  EXPECT_EQ(get(path + "/_history/1").response.status, 404U);
  EXPECT_EQ(get("/_history").response.status, 404U);
  EXPECT_EQ(send("DELETE", path).response.status, 405U);
  EXPECT_EQ(patch(path, "[]").response.status, 405U);
  EXPECT_EQ(send("PUT", path, "{}").response.status, 405U);
  EXPECT_EQ(send("PUT", "/ServiceRequest/x", "{}").response.status, 403U);
  EXPECT_EQ(send("PUT", "/Observation/x", "{}").response.status, 400U);
  EXPECT_EQ(post("/", "{}").response.status, 404U);
  EXPECT_EQ(post("/Patient/$validate", "{}").response.status, 404U);
}

class nosy : public fhir::interference {
 public:
  bool refuses_duplicate(const fhir::call&, const fhir::resource_ptr& existing) override {
    asked = true;
    return existing != nullptr;
  }
  bool holds(const fhir::call&, fhir::type_id) override { return holds_all; }
  bool changed_meanwhile(const fhir::call&, const fhir::resource&) override { return others_write; }
  bool asked = false;
  bool holds_all = false;
  bool others_write = false;
};

class Meddling : public Versions {
 protected:
  fhir::answer meddled(const http::request& r) {
    return engine.handle(r, fhir::moment{now, today}, nullptr, &lever);
  }
  nosy lever;
};

TEST_F(Meddling, DuplicatesAreRefusedOnlyByALever) {
  EXPECT_EQ(post("/Patient", person()).response.status, 201U);
  EXPECT_EQ(post("/Patient", person()).response.status, 201U);
  const fhir::answer refused = meddled(request("POST", "/Patient", person()));
  EXPECT_EQ(refused.response.status, 409U);
  EXPECT_EQ(epic_code(refused), "59141");
  EXPECT_EQ(meddled(request("POST", "/Patient", person({}, "Other"))).response.status, 201U);
}

TEST_F(Meddling, SomebodyElseWritesFirst) {
  send("PUT", "/Patient/p1", person("p1"));
  lever.others_write = true;
  http::request mine = request("PUT", "/Patient/p1", person("p1", "Mine"));
  mine.fields.set("If-Match", "W/\"1\"");
  EXPECT_EQ(meddled(mine).response.status, 412U);
  EXPECT_EQ(etag(get("/Patient/p1")), "W/\"2\"");
  mine.fields.erase("If-Match");
  EXPECT_EQ(meddled(mine).response.status, 200U);
  EXPECT_EQ(etag(get("/Patient/p1")), "W/\"4\"");
}

TEST_F(Meddling, WhatIsHeldCanBeReadAndNotFound) {
  lever.holds_all = true;
  const fhir::answer held = meddled(request("POST", "/Patient", person()));
  EXPECT_EQ(get("/" + held.filed.at(0).resource).response.status, 200U);
  EXPECT_EQ(count("/Patient?identifier=p-1"), 0U);
}

class only_reads : public fhir::access {
 public:
  bool permits(fhir::type_id type, fhir::interaction what, const json::value* content) const override {
    if (type == fhir::type_id::basic) return false;
    const bool mine = !content || content->string_at("gender") != "female";
    return what == fhir::interaction::read || (what != fhir::interaction::erase && mine);
  }
  std::string_view patient() const override { return {}; }
};

TEST_F(Versions, TokensAreHeldToTheirScopes) {
  send("PUT", "/Patient/p1", person("p1"));
  const only_reads allowed;
  const auto status = [&](const http::request& r) {
    const fhir::answer got = engine.handle(r, fhir::moment{now, today}, &allowed);
    if (got.response.status == 403) {
      EXPECT_EQ(got.response.body, "");
      EXPECT_NE(got.response.fields.get("WWW-Authenticate").find("insufficient_scope"), std::string::npos);
    }
    return got.response.status;
  };
  EXPECT_EQ(status(request("GET", "/Patient/p1")), 200U);
  EXPECT_EQ(status(request("DELETE", "/Patient/p1")), 403U);
  EXPECT_EQ(status(request("GET", "/Basic/x")), 404U);
  EXPECT_EQ(status(request("POST", "/Basic", R"({"resourceType":"Basic","code":{"text":"x"}})")), 403U);
  std::string woman = person("p1");
  woman.replace(woman.find("\"male"), 5, "\"female");
  EXPECT_EQ(status(request("PUT", "/Patient/p1", woman)), 403U);
  EXPECT_EQ(status(request("PUT", "/Patient/p1", person("p1"))), 200U);
}

}  // namespace
}  // namespace epicenter::mock::test
