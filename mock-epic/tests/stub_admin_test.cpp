// WireMock's admin routes: status and body of each.
#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

constexpr std::string_view some_id = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77";

std::size_t size_at(const json::value& v, std::string_view path) {
  const json::value* found = v.at_path(path);
  return found && found->is_array() ? found->if_array()->size() : 999;
}

void expect_empty(const http::response& got, unsigned status = 200) {
  EXPECT_EQ(got.status, status);
  EXPECT_EQ(got.body, "");
  EXPECT_FALSE(got.fields.contains("Content-Type"));
}

TEST(stub_admin_mappings, keep_the_form_that_was_sent) {
  desk d;
  const http::response got = d.admin("POST", "/mappings",
                                     quoted("{'request':{'url':'/a'},'response':{'body':'x'},"
                                            "'id':'" +
                                            std::string(some_id) + "','priority':1}"));
  EXPECT_EQ(got.status, 201U);
  EXPECT_EQ(got.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(got.body, quoted(R"({
  'id' : '0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77',
  'request' : {
    'url' : '/a',
    'method' : 'ANY'
  },
  'response' : {
    'status' : 200,
    'body' : 'x'
  },
  'uuid' : '0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77',
  'priority' : 1
})"));
  const json::value empty = d.admin_json("POST", "/mappings", "{}");
  EXPECT_EQ(empty.string_at("request.method"), "ANY");
  EXPECT_EQ(d.get("/anything")->response.status, 200U);
}

TEST(stub_admin_mappings, are_listed_in_match_order) {
  desk d;
  for (const std::string priority : {"5", "1", "5"})
    d.add("{'name':'" + priority + "','priority':" + priority + "}");
  d.add("{'name':'newest'}");
  const json::value all = d.admin_json("GET", "/mappings");
  EXPECT_EQ(all.string_at("mappings.0.name"), "1");
  EXPECT_EQ(all.string_at("mappings.1.name"), "newest");
  EXPECT_EQ(all.at_path("meta.total")->if_number()->text, "4");
  const json::value page = d.admin_json("GET", "/mappings?limit=1&offset=1");
  EXPECT_EQ(size_at(page, "mappings"), 1U);
  EXPECT_EQ(page.string_at("mappings.0.name"), "newest");
  EXPECT_EQ(page.at_path("meta.total")->if_number()->text, "4");
}

TEST(stub_admin_mappings, are_read_replaced_and_removed_by_id) {
  desk d;
  const std::string id = d.add("{'response':{'body':'old'}}");
  EXPECT_EQ(d.admin("GET", "/mappings/" + id).status, 200U);
  const http::response put = d.admin("PUT", "/mappings/" + id, quoted("{'response':{'body':'new'}}"));
  EXPECT_EQ(put.status, 200U);
  EXPECT_EQ(d.get("/")->response.body, "new");
  EXPECT_EQ(d.get("/")->stub_id, id);
  EXPECT_EQ(d.admin("DELETE", "/mappings/" + id).body, "{ }");
  expect_empty(d.admin("GET", "/mappings/" + id), 404);
  expect_empty(d.admin("PUT", "/mappings/" + id, "{}"), 404);
  expect_empty(d.admin("DELETE", "/mappings/" + id), 404);
  const http::response bad = d.admin("GET", "/mappings/x");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_EQ(json::write(json::parse(bad.body).value()),
            quoted("{'errors':[{'code':10,'title':'x is not a valid UUID'}]}"));
}

TEST(stub_admin_mappings, refuse_the_same_id_twice) {
  desk d;
  const std::string stub = quoted("{'id':'" + std::string(some_id) + "'}");
  EXPECT_EQ(d.admin("POST", "/mappings", stub).status, 201U);
  const http::response again = d.admin("POST", "/mappings", stub);
  EXPECT_EQ(again.status, 422U);
  EXPECT_EQ(json::write(json::parse(again.body).value()),
            quoted("{'errors':[{'code':109,'title':'Duplicate stub mapping ID'}]}"));
}

struct refusal {
  std::string stub;
  std::string pointer;
};

TEST(stub_admin_mappings, refuse_mistakes_and_point_at_them) {
  const std::vector<refusal> all{
      {"{", ""},
      {"[]", ""},
      {"{'bogus':1}", "/bogus"},
      {"{'request':{'bogus':1}}", "/request/bogus"},
      {"{'response':{'bogus':1}}", "/response/bogus"},
      {"{'request':{'method':{'oneOf':['GET']}}}", "/request/method"},
      {"{'request':{'urlPattern':'('}}", "/request/urlPattern"},
      {"{'request':{'headers':{'a/b':{'nope':1}}}}", "/request/headers/a~1b"},
      {"{'request':{'bodyPatterns':[{'matches':'('}]}}", "/request/bodyPatterns/0/matches"},
      {"{'request':{'pathParameters':{'a':{'equalTo':'1'}}}}", "/request/pathParameters"},
      {"{'request':{'multipartPatterns':[{'matchingType':'SOME'}]}}",
       "/request/multipartPatterns/0/matchingType"},
      {"{'response':{'status':1000}}", "/response/status"},
      {"{'response':{'status':'x'}}", "/response/status"},
      {"{'response':{'fault':'NONE'}}", "/response/fault"},
      {"{'response':{'delayDistribution':{'median':1,'sigma':1}}}", "/response/delayDistribution/type"},
      {"{'response':{'delayDistribution':{'type':'zipf'}}}", "/response/delayDistribution/type"},
      {"{'response':{'delayDistribution':{'type':'uniform','lower':3,'upper':1}}}",
       "/response/delayDistribution/upper"},
      {"{'response':{'chunkedDribbleDelay':{'numberOfChunks':0,'totalDuration':1}}}",
       "/response/chunkedDribbleDelay/numberOfChunks"},
      {"{'response':{'base64Body':'*'}}", "/response/base64Body"},
      {"{'response':{'transformers':['mine']}}", "/response/transformers"},
      {"{'response':{'headers':{'A b':'c'}}}", "/response/headers"},
      {"{'response':{'headers':{'A':'b\\r\\nC: d'}}}", "/response/headers"},
      {"{'response':{'proxyUrlPrefixToRemove':'/a'}}", "/response/proxyBaseUrl"},
      {"{'newScenarioState':'a'}", "/scenarioName"},
      {"{'id':'x'}", "/id"},
      {"{'probability':1.5}", "/probability"},
      {"{'times':-1}", "/times"},
      {"{'serveEventListeners':[{'name':'mine'}]}", "/serveEventListeners/0/name"},
      {"{'serveEventListeners':[{'name':'webhook','parameters':{}}]}",
       "/serveEventListeners/0/parameters/url"},
  };
  for (const refusal& c : all) {
    desk d;
    const http::response got = d.admin("POST", "/mappings", quoted(c.stub));
    EXPECT_EQ(got.status, 422U) << c.stub;
    const auto body = json::parse(got.body);
    ASSERT_TRUE(body) << c.stub << got.body;
    EXPECT_EQ(body->string_at("errors.0.source.pointer"), c.pointer) << c.stub;
    EXPECT_EQ(body->string_at("errors.0.title"), "Error parsing JSON");
    EXPECT_EQ(body->at_path("errors.0.code")->if_number()->text, "10");
    EXPECT_EQ(size_at(d.admin_json("GET", "/mappings"), "mappings"), 0U);
  }
}

TEST(stub_admin_mappings, are_imported_by_policy) {
  desk d;
  const std::string id(some_id);
  const auto import = [&](const std::string& body, const std::string& options) {
    const std::string stubs = "[{'id':'" + id + "','response':{'body':'" + body + "'}},{'priority':9}]";
    return d.admin("POST", "/mappings/import",
                   quoted("{'mappings':" + stubs + ",'importOptions':" + options + "}"));
  };
  expect_empty(import("one", "{}"));
  EXPECT_EQ(d.get("/")->response.body, "one");
  expect_empty(import("two", "{'duplicatePolicy':'IGNORE'}"));
  EXPECT_EQ(d.admin_json("GET", "/mappings/" + id).string_at("response.body"), "one");
  expect_empty(import("three", "{'duplicatePolicy':'OVERWRITE','deleteAllNotInImport':true}"));
  EXPECT_EQ(d.admin_json("GET", "/mappings/" + id).string_at("response.body"), "three");
  EXPECT_EQ(size_at(d.admin_json("GET", "/mappings"), "mappings"), 2U);
  const http::response bad =
      d.admin("POST", "/mappings/import", quoted("{'mappings':[{},{'request':{'x':1}}]}"));
  EXPECT_EQ(bad.status, 422U);
  EXPECT_NE(bad.body.find("/mappings/1/request/x"), std::string::npos);
  EXPECT_EQ(size_at(d.admin_json("GET", "/mappings"), "mappings"), 2U);
  EXPECT_EQ(d.admin("POST", "/mappings/import", quoted("{'importOptions':{'duplicatePolicy':'X'}}")).status,
            422U);
}

TEST(stub_admin_mappings, are_removed_by_example_by_metadata_and_when_never_hit) {
  desk d;
  d.add("{'request':{'url':'/a'},'metadata':{'team':'red'}}");
  d.add("{'request':{'url':'/b'},'metadata':{'team':'blue'}}");
  d.add("{'request':{'url':'/c'}}");
  d.get("/a");
  EXPECT_EQ(size_at(d.admin_json("GET", "/mappings/unmatched"), "mappings"), 2U);
  const std::string blue = "{'matchesJsonPath':{'expression':'$.team','equalTo':'blue'}}";
  EXPECT_EQ(size_at(d.admin_json("POST", "/mappings/find-by-metadata", blue), "mappings"), 1U);
  EXPECT_EQ(d.admin("POST", "/mappings/remove-by-metadata", quoted(blue)).body, "{ }");
  EXPECT_EQ(size_at(d.admin_json("GET", "/mappings"), "mappings"), 2U);
  expect_empty(d.admin("POST", "/mappings/remove", quoted("{'request':{'url':'/a'}}")));
  EXPECT_FALSE(d.get("/a"));
  EXPECT_EQ(d.admin("DELETE", "/mappings/unmatched").body, "{ }");
  EXPECT_EQ(size_at(d.admin_json("GET", "/mappings"), "mappings"), 0U);
}

TEST(stub_admin_scenarios, are_listed_set_and_reset) {
  desk d;
  d.add(
      "{'scenarioName':'S','requiredScenarioState':'Started','newScenarioState':'B','response':{'body':'a'}"
      "}");
  d.get("/");
  const json::value all = d.admin_json("GET", "/scenarios");
  EXPECT_EQ(all.string_at("scenarios.0.id"), "S");
  EXPECT_EQ(all.string_at("scenarios.0.state"), "B");
  EXPECT_EQ(size_at(all, "scenarios.0.possibleStates"), 2U);
  EXPECT_EQ(size_at(all, "scenarios.0.mappings"), 1U);
  EXPECT_FALSE(d.get("/"));
  EXPECT_EQ(d.admin("PUT", "/scenarios/S/state", quoted("{'state':'Started'}")).body, "{ }");
  EXPECT_TRUE(d.get("/"));
  EXPECT_EQ(d.admin("PUT", "/scenarios/S/state").status, 200U);
  EXPECT_TRUE(d.get("/"));
  EXPECT_EQ(d.admin("POST", "/scenarios/reset").body, "{ }");
  EXPECT_TRUE(d.get("/"));
  http::response bad = d.admin("PUT", "/scenarios/S/state", quoted("{'state':'bogus'}"));
  EXPECT_EQ(bad.status, 422U);
  EXPECT_EQ(json::write(json::parse(bad.body).value()),
            quoted("{'errors':[{'code':11,'title':'Scenario S does not support state bogus'}]}"));
  bad = d.admin("PUT", "/scenarios/NOPE/state", quoted("{'state':'x'}"));
  EXPECT_EQ(bad.status, 404U);
  EXPECT_EQ(json::write(json::parse(bad.body).value()),
            quoted("{'errors':[{'code':404,'title':'Scenario NOPE does not exist'}]}"));
}

TEST(stub_admin_settings, are_replaced_and_patched) {
  desk d;
  EXPECT_EQ(json::write(d.admin_json("GET", "/settings")), quoted("{'settings':{'proxyPassThrough':true}}"));
  expect_empty(d.admin("POST", "/settings", quoted("{'fixedDelay':5,'extended':{'a':1}}")));
  expect_empty(d.admin("PATCH", "/settings/extended", quoted("{'extended':{'b':2}}")));
  EXPECT_EQ(json::write(d.admin_json("GET", "/settings")),
            quoted("{'settings':{'fixedDelay':5,'extended':{'a':1,'b':2},'proxyPassThrough':true}}"));
  expect_empty(
      d.admin("PUT", "/settings", quoted("{'delayDistribution':{'type':'fixed','milliseconds':7}}")));
  EXPECT_EQ(d.admin_json("GET", "/settings").at_path("settings.fixedDelay"), nullptr);
  d.add("{'response':{'fixedDelayMilliseconds':3}}");
  EXPECT_EQ(d.get("/")->delay, 10ms);
  EXPECT_EQ(d.admin("POST", "/settings", quoted("{'bogus':5}")).status, 422U);
}

TEST(stub_admin_files, are_kept_in_memory_without_a_directory) {
  desk d;
  EXPECT_EQ(d.admin("GET", "/files").body, "[ ]");
  expect_empty(d.admin("PUT", "/files/a/b.json", "{{request.path}}"));
  EXPECT_EQ(d.admin("GET", "/files").body, "[ \"a/b.json\" ]");
  EXPECT_EQ(d.admin("GET", "/files/a/b.json").body, "{{request.path}}");
  d.add("{'request':{'urlPath':'/plain'},'response':{'bodyFileName':'a/b.json'}}");
  d.add(
      "{'request':{'urlPath':'/made'},'response':{'bodyFileName':'a/{{request.query.f}}.json',"
      "'transformers':['response-template']}}");
  EXPECT_EQ(d.get("/plain")->response.body, "{{request.path}}");
  EXPECT_EQ(d.get("/made?f=b")->response.body, "/made");
  EXPECT_EQ(d.get("/made?f=none")->response.status, 500U);
  EXPECT_EQ(d.get("/made?f=../x")->response.status, 500U);
  expect_empty(d.admin("DELETE", "/files/a/b.json"));
  expect_empty(d.admin("DELETE", "/files/a/b.json"), 404);
  EXPECT_EQ(d.admin("PUT", "/files/..%2Fx", "y").status, 400U);
  EXPECT_EQ(d.admin("GET", "/files/%2Fetc%2Fpasswd").status, 400U);
}

TEST(stub_admin_others, answer_as_wiremock_does) {
  desk d;
  const json::value health = d.admin_json("GET", "/health");
  EXPECT_EQ(health.string_at("status"), "healthy");
  EXPECT_EQ(health.at_path("uptimeInSeconds")->if_number()->text, "3600");
  EXPECT_EQ(health.string_at("timestamp"), "2026-01-05T09:30:00.000Z");
  EXPECT_EQ(d.admin_json("GET", "/version").string_at("version"), "3.13.2");
  EXPECT_EQ(d.admin("GET", "/docs/swagger").status, 200U);
  expect_empty(d.admin("GET", "/nothing"), 404);
  expect_empty(d.admin("PATCH", "/mappings"), 404);
  EXPECT_FALSE(d.engine.shutdown_requested());
  expect_empty(d.admin("POST", "/shutdown"));
  EXPECT_TRUE(d.engine.shutdown_requested());
}

TEST(stub_admin_recordings, know_their_state) {
  desk d;
  EXPECT_EQ(d.admin_json("GET", "/recordings/status").string_at("status"), "NeverStarted");
  EXPECT_EQ(d.admin("POST", "/recordings/stop").status, 422U);
  EXPECT_EQ(d.admin("POST", "/recordings/start", "{}").status, 422U);
  EXPECT_EQ(
      d.admin("POST", "/recordings/start", quoted("{'targetBaseUrl':'http://127.0.0.1:9','bogus':1}")).status,
      422U);
  EXPECT_EQ(d.admin("POST", "/recordings/start", quoted("{'targetBaseUrl':'http://127.0.0.1:9'}")).body,
            "{ }");
  EXPECT_EQ(d.admin_json("GET", "/recordings/status").string_at("status"), "Recording");
  EXPECT_EQ(d.get("/x")->proxy->url, "http://127.0.0.1:9/x");
  EXPECT_EQ(size_at(d.admin_json("POST", "/recordings/stop"), "mappings"), 0U);
  EXPECT_EQ(d.admin_json("GET", "/recordings/status").string_at("status"), "Stopped");
  EXPECT_FALSE(d.get("/x"));
}

TEST(stub_admin_recordings, make_stubs_by_their_spec) {
  desk d;
  proxied_exchange one;
  one.request = make_request("POST", "/Patient", quoted("{'a':1}"),
                             {{"Content-Type", "application/json"}, {"X-K", "v"}});
  one.response.status = 201;
  one.response.body = std::string("\0\1", 2);
  one.response.fields = {{"Content-Type", "image/png"}, {"Content-Length", "2"}, {"X-R", "1"}, {"X-R", "2"}};
  d.engine.proxied(one);
  one.request = make_request("GET", "/other");
  d.engine.proxied(one);
  const json::value made =
      d.admin_json("POST", "/recordings/snapshot",
                   "{'filters':{'urlPathPattern':'/Pat.*'},'captureHeaders':{'X-K':{}},'persist':false,"
                   "'requestBodyPattern':{'matcher':'equalToJson','ignoreArrayOrder':false}}");
  ASSERT_EQ(size_at(made, "mappings"), 1U);
  EXPECT_EQ(
      json::write(*made.at_path("mappings.0.request")),
      "{\"url\":\"/Patient\",\"method\":\"POST\",\"headers\":{\"X-K\":{\"equalTo\":\"v\"}},\"bodyPatterns\":"
      "[{\"equalToJson\":\"{\\\"a\\\":1}\",\"ignoreArrayOrder\":false,\"ignoreExtraElements\":true}]}");
  EXPECT_EQ(
      json::write(*made.at_path("mappings.0.response")),
      quoted("{'status':201,'base64Body':'AAE=','headers':{'Content-Type':'image/png','X-R':['1','2']}}"));
  EXPECT_EQ(size_at(d.admin_json("POST", "/recordings/snapshot", "{'outputFormat':'IDS'}"), "ids"), 2U);
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
