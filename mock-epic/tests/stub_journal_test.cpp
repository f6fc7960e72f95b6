// The journal behind /__admin/requests: what it tells, what it hides, where it ends.
#include "mock-epic/journal/redaction.hpp"
#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

std::size_t size_at(const json::value& v, std::string_view path) {
  const json::value* found = v.at_path(path);
  return found && found->is_array() ? found->if_array()->size() : 999;
}

TEST(stub_admin_requests, tell_of_a_request_all_that_wiremock_tells) {
  desk d;
  const std::string id =
      d.add("{'request':{'urlPath':'/a'},'response':{'status':202,'body':'yes','fixedDelayMilliseconds':3}}");
  d.ask(make_request("POST", "/a?q=1&q=2", "f=x",
                     {{"Host", "epic:81"},
                      {"Content-Type", "application/x-www-form-urlencoded"},
                      {"X-A", "1"},
                      {"X-A", "2"}}));
  const json::value all = d.admin_json("GET", "/requests");
  EXPECT_EQ(all.at_path("meta.total")->if_number()->text, "1");
  EXPECT_EQ(*all.find("requestJournalDisabled"), json::value(false));
  const json::value& event = *all.at_path("requests.0");
  EXPECT_EQ(event.string_at("request.url"), "/a?q=1&q=2");
  EXPECT_EQ(event.string_at("request.absoluteUrl"), "http://epic:81/a?q=1&q=2");
  EXPECT_EQ(event.string_at("request.method"), "POST");
  EXPECT_EQ(event.string_at("request.host"), "epic");
  EXPECT_EQ(json::write(*event.at_path("request.headers.X-A")), "[\"1\",\"2\"]");
  EXPECT_EQ(json::write(*event.at_path("request.queryParams")),
            "{\"q\":{\"key\":\"q\",\"values\":[\"1\",\"2\"]}}");
  EXPECT_EQ(json::write(*event.at_path("request.formParams")), "{\"f\":{\"key\":\"f\",\"values\":[\"x\"]}}");
  EXPECT_EQ(event.string_at("request.loggedDateString"), "2026-01-05T09:30:00.000Z");
  EXPECT_EQ(event.string_at("request.bodyAsBase64"), "Zj14");
  EXPECT_EQ(event.at_path("response.status")->if_number()->text, "202");
  EXPECT_EQ(event.string_at("response.body"), "yes");
  EXPECT_EQ(*event.find("wasMatched"), json::value(true));
  EXPECT_EQ(event.at_path("timing.addedDelay")->if_number()->text, "3");
  EXPECT_EQ(event.string_at("stubMapping.id"), id);
  EXPECT_EQ(event.string_at("responseDefinition.body"), "yes");
  const std::string event_id(event.string_at("id"));
  EXPECT_EQ(d.admin_json("GET", "/requests/" + event_id), event);
  EXPECT_EQ(d.admin("DELETE", "/requests/" + event_id).body, "{ }");
  EXPECT_EQ(d.admin("GET", "/requests/" + event_id).status, 404U);
  EXPECT_EQ(d.admin("GET", "/requests/x").status, 400U);
  EXPECT_EQ(d.journal.entries().size(), 1U) << "the harness still sees it";
}

TEST(stub_admin_requests, are_listed_counted_found_and_removed) {
  desk d;
  const std::string id = d.add("{'request':{'url':'/a'},'metadata':{'k':1}}");
  for (const std::string target : {"/a", "/b", "/a", "/c"}) {
    d.get(target);
    d.wall += 1s;
  }
  const json::value all = d.admin_json("GET", "/requests");
  EXPECT_EQ(all.string_at("requests.0.request.url"), "/c") << "newest first";
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests?limit=2"), "requests"), 2U);
  EXPECT_EQ(d.admin_json("GET", "/requests?limit=2").at_path("meta.total")->if_number()->text, "4");
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests?unmatched=true"), "requests"), 2U);
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests?matchingStub=" + id), "requests"), 2U);
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests?since=2026-01-05T09:30:02Z"), "requests"), 2U);
  EXPECT_EQ(d.admin("GET", "/requests?since=now").status, 400U);
  EXPECT_EQ(d.admin("GET", "/requests?matchingStub=x").status, 400U);
  EXPECT_EQ(json::write(d.admin_json("POST", "/requests/count", "{}")),
            "{\"count\":4,\"requestJournalDisabled\":false}");
  EXPECT_EQ(json::write(d.admin_json("POST", "/requests/count", "{'url':'/a'}")),
            "{\"count\":2,\"requestJournalDisabled\":false}");
  const json::value found = d.admin_json("POST", "/requests/find", "{'urlPattern':'/[ab]'}");
  ASSERT_EQ(size_at(found, "requests"), 3U);
  EXPECT_EQ(found.string_at("requests.1.url"), "/b") << "oldest first";
  EXPECT_EQ(d.admin("POST", "/requests/find", quoted("{'nope':1}")).status, 422U);
  EXPECT_EQ(d.admin_json("GET", "/requests/unmatched").string_at("requests.0.url"), "/c");
  EXPECT_EQ(size_at(d.admin_json("POST", "/requests/remove", "{'url':'/b'}"), "serveEvents"), 1U);
  EXPECT_EQ(size_at(d.admin_json("POST", "/requests/remove-by-metadata", "{'matchesJsonPath':'$.k'}"),
                    "serveEvents"),
            2U);
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests"), "requests"), 1U);
  EXPECT_EQ(d.admin("POST", "/requests/reset").body, "{ }");
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests"), "requests"), 0U);
  d.get("/z");
  EXPECT_EQ(d.admin("DELETE", "/requests").body, "{ }");
  EXPECT_EQ(size_at(d.admin_json("GET", "/requests"), "requests"), 0U);
  EXPECT_EQ(d.journal.total(), 5U);
}

TEST(stub_admin_requests, name_the_nearest) {
  desk d;
  d.add("{'name':'near','request':{'method':'GET','url':'/patients'}}");
  d.add("{'name':'far','request':{'method':'DELETE','url':'/completely/else'}}");
  for (int i = 0; i < 4; ++i) d.add("{'request':{'url':'/" + std::to_string(i) + "'}}");
  d.get("/patient");
  const json::value of_unmatched = d.admin_json("GET", "/requests/unmatched/near-misses");
  ASSERT_EQ(size_at(of_unmatched, "nearMisses"), 3U);
  EXPECT_EQ(of_unmatched.string_at("nearMisses.0.stubMapping.name"), "near");
  EXPECT_EQ(of_unmatched.string_at("nearMisses.0.request.url"), "/patient");
  const double distance = of_unmatched.at_path("nearMisses.0.matchResult.distance")->to_double().value();
  EXPECT_GT(distance, 0);
  EXPECT_LT(distance, of_unmatched.at_path("nearMisses.1.matchResult.distance")->to_double().value());
  const json::value of_request =
      d.admin_json("POST", "/near-misses/request", "{'url':'/patientz','method':'GET'}");
  EXPECT_EQ(of_request.string_at("nearMisses.0.stubMapping.name"), "near");
  const json::value of_pattern = d.admin_json("POST", "/near-misses/request-pattern", "{'url':'/patients'}");
  ASSERT_EQ(size_at(of_pattern, "nearMisses"), 1U);
  EXPECT_EQ(of_pattern.string_at("nearMisses.0.requestPattern.url"), "/patients");
  EXPECT_EQ(d.admin("POST", "/near-misses/nothing").status, 404U);
}

TEST(stub_admin_requests, are_json_whatever_came) {
  desk d;
  d.get("/?%B4=1&%D4=2&\xB4\xD4=3&a=4");
  const json::value all = d.admin_json("GET", "/requests");
  EXPECT_EQ(all.at_path("requests.0.request.queryParams")->if_object()->size(), 3U);
}

TEST(stub_admin_requests, say_so_where_nothing_is_kept) {
  desk d;
  d.journal = mock::journal();
  d.get("/a");
  const json::value all = d.admin_json("GET", "/requests");
  EXPECT_EQ(*all.find("requestJournalDisabled"), json::value(true));
  EXPECT_EQ(size_at(all, "requests"), 0U);
  EXPECT_EQ(d.journal.entries().size(), 1U);
  EXPECT_EQ(d.journal.detail_bytes(), 0U);
}

TEST(journal_bounds, hold_by_count_and_by_bytes) {
  journal_options o;
  o.detail = true;
  o.max_entries = 100;
  o.max_detail_bytes = 64 * 1024;
  o.max_body_bytes = 1'000;
  mock::journal j(o);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t seq = j.received({});
    const http::request r = make_request("POST", "/x", std::string(5'000, 'x'));
    j.describe_request(seq, r, {});
    http::response answer;
    answer.body = std::string(static_cast<std::size_t>(i) * 7, 'y');
    j.describe_response(seq, answer);
    ASSERT_LE(j.entries().size(), 100U);
    ASSERT_LE(j.detail_bytes(), o.max_detail_bytes);
  }
  EXPECT_EQ(j.total(), 1'000U);
  EXPECT_EQ(j.evicted() + j.entries().size(), 1'000U);
  EXPECT_EQ(j.entries().back().detail->request_body.size(), 1'000U);
  EXPECT_EQ(j.entries().back().detail->request_body_size, 5'000U);
  j.hide_all({});
  EXPECT_EQ(j.detail_bytes(), 0U);
  commit one;
  one.identifier = "o-1";
  one.resource = "ServiceRequest/1";
  j.committed(5, one, instant{});
  for (int i = 0; i < 200; ++i) j.received({});
  EXPECT_EQ(j.commits().size(), 1U) << "commits are never evicted";
}

TEST(journal_bounds, ids_are_those_of_the_seed) {
  desk a;
  desk b;
  EXPECT_EQ(a.journal.id_of(1), b.journal.id_of(1));
  EXPECT_NE(a.journal.id_of(1), a.journal.id_of(2));
  EXPECT_TRUE(is_uuid(a.journal.id_of(77)));
}

TEST(redaction, leaves_no_secret_in_what_is_kept) {
  const std::string secret = "s3cr3t-value";
  desk d;
  d.ask(make_request("POST", "/oauth2/token?access_token=" + secret + "&a=1",
                     "grant_type=client_credentials&client%5Fassertion=" + secret +
                         "&client_secret=" + secret + "&code=" + secret + "&scope=x",
                     {{"Authorization", "Bearer " + secret},
                      {"Proxy-Authorization", secret},
                      {"Cookie", "a=" + secret},
                      {"X-Api-Key", secret},
                      {"Content-Type", "application/x-www-form-urlencoded;charset=utf-8"}}));
  http::response r;
  r.fields = {{"Content-Type", "application/json"},
              {"Set-Cookie", "a=" + secret},
              {"Location", "https://app/cb?state=1&code=" + secret}};
  r.body = quoted("{'access_token' : '" + secret + "','n':{'refresh_token':'\\'" + secret +
                  "'},'expires_in':3600,'id_token':'" + secret);
  d.journal.describe_response(1, r);
  d.journal.answered(1, 200, "token");
  const std::string all = d.admin("GET", "/requests").body;
  EXPECT_EQ(all.find(secret), std::string::npos) << all;
  EXPECT_NE(all.find("grant_type=client_credentials"), std::string::npos);
  EXPECT_NE(all.find("&scope=x"), std::string::npos);
  EXPECT_NE(all.find("Bearer [redacted]"), std::string::npos);
  EXPECT_NE(all.find("\\\"expires_in\\\":3600"), std::string::npos);
  EXPECT_NE(all.find("https://app/cb?state=1&code=[redacted]"), std::string::npos);
}

TEST(redaction, leaves_the_rest_as_it_is) {
  const std::string plain = quoted("{'a':'token','b':['access_token',{'c':1}],'tokens':'x'}");
  EXPECT_EQ(redacted_json(plain), plain);
  EXPECT_EQ(redacted_target("/a?b=c&d"), "/a?b=c&d");
  EXPECT_EQ(redacted_form("code=1&codes=2"), "code=[redacted]&codes=2");
  EXPECT_EQ(kept_body(quoted("{'code':'x'}"), "application/fhir+json", 100), quoted("{'code':'x'}"));
  EXPECT_EQ(kept_body("abcdef", "text/plain", 3), "abc");
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
