// What of a request a stub can ask about.
#include <algorithm>
#include <map>

#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

struct request_case {
  std::string pattern;
  http::request matching;
  http::request other;
};

http::request get(std::string target, http::headers fields = {}) {
  return make_request("GET", std::move(target), {}, std::move(fields));
}

http::request post(std::string body, std::string type) {
  return make_request("POST", "/", std::move(body), {{"Content-Type", std::move(type)}});
}

const std::string form_type = "application/x-www-form-urlencoded";
const std::string multipart =
    "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f.txt\"\r\nContent-Type: "
    "text/plain\r\n\r\n"
    "hello\r\n--x\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n{\"k\":1}\r\n--x--\r\n";

std::vector<request_case> request_cases() {
  const std::string multipart_type = "multipart/form-data; boundary=x";
  return {
      {"{'method':'GET'}", get("/"), make_request("HEAD", "/")},
      {"{'method':'GET_OR_HEAD'}", make_request("HEAD", "/"), make_request("POST", "/")},
      {"{'method':'ANY','url':'/a'}", make_request("PURGE", "/a"), get("/A")},
      {"{'method':'get','url':'/a'}", make_request("get", "/a"), get("/a")},
      {"{'url':'/a?x=1&y=2'}", get("/a?x=1&y=2"), get("/a?y=2&x=1")},
      {"{'urlPattern':'/a\\\\?x=.*'}", get("/a?x=1"), get("/a?y=1")},
      {"{'urlPattern':'/a'}", get("/a"), get("/ab")},
      {"{'urlPath':'/a'}", get("/a?x"), get("/a/")},
      {"{'urlPathPattern':'/[a-c]+'}", get("/abc?q"), get("/abd")},
      {"{'urlPathPattern':'/a|/b'}", get("/b"), get("/c")},
      {"{'urlPathTemplate':'/p/{id}/x'}", get("/p/1/x?y"), get("/p//x")},
      {"{'urlPathTemplate':'/p/{id}','pathParameters':{'id':{'equalTo':'a b'}}}", get("/p/a%20b"),
       get("/p/ab")},
      {"{'url':'/a','urlPath':'/b'}", get("/a"), get("/b")},
      {"{'queryParameters':{'q':{'equalTo':'a b'}}}", get("/?q=a+b"), get("/?q=ab")},
      {"{'queryParameters':{'q':{'equalTo':'2'}}}", get("/?q=1&q=%32"), get("/?Q=2")},
      {"{'queryParameters':{'q':{'absent':true}}}", get("/?r"), get("/?q")},
      {"{'headers':{'x-a':{'equalTo':'B'}}}", get("/", {{"X-A", "c"}, {"X-A", "B"}}),
       get("/", {{"X-A", "b"}})},
      {"{'cookies':{'c':{'equalTo':'1'}}}", get("/", {{"Cookie", "b=2; c=1"}}),
       get("/", {{"Cookie", "c=2"}})},
      {"{'basicAuthCredentials':{'username':'u','password':'p'}}",
       get("/", {{"Authorization", "Basic dTpw"}}), get("/", {{"Authorization", "Basic dTpx"}})},
      {"{'formParameters':{'f':{'equalTo':'a b'}}}", post("f=a+b", form_type), post("f=a+b", "text/plain")},
      {"{'bodyPatterns':[{'contains':'a'},{'contains':'b'}]}", post("ab", "text/plain"),
       post("a", "text/plain")},
      {"{'bodyPatterns':[{'absent':true}]}", get("/"), post("x", "text/plain")},
      {"{'multipartPatterns':[{'name':'a','bodyPatterns':[{'equalTo':'hello'}]}]}",
       post(multipart, multipart_type), post(multipart, "text/plain")},
      {"{'multipartPatterns':[{'fileName':'f.txt','headers':{'Content-Type':{'contains':'plain'}}}]}",
       post(multipart, multipart_type), post("--x\r\n\r\n\r\n--x--", multipart_type)},
      {"{'multipartPatterns':[{'matchingType':'ALL','headers':{'Content-Disposition':{'contains':'form-data'}"
       "}}]}",
       post(multipart, multipart_type), post("", multipart_type)},
      {"{'multipartPatterns':[{'bodyPatterns':[{'matchesJsonPath':'$.k'}]}]}",
       post(multipart, multipart_type), post("--x\r\n\r\nx\r\n--x--", multipart_type)},
      {"{'host':{'equalTo':'epic.example'}}", get("/", {{"Host", "Epic.example:81"}}),
       get("/", {{"Host", "other"}})},
      {"{'port':81}", get("/", {{"Host", "h:81"}}), get("/", {{"Host", "h:82"}})},
      {"{'scheme':'http'}", get("/"), get("/never")},
      {"{'clientIp':{'equalTo':'127.0.0.1'}}", get("/"), get("/never")},
  };
}

TEST(request_patterns, ask_for_every_part_of_a_request) {
  for (const request_case& c : request_cases()) {
    desk d;
    d.add("{'request':" + c.pattern + ",'response':{'body':'yes'}}");
    EXPECT_EQ(d.body_of(c.matching), "yes") << c.pattern;
    if (c.other.target != "/never") {
      EXPECT_EQ(d.body_of(c.other), "none") << c.pattern;
    }
    // Counted in the journal by the same pattern, where what it asks for is no secret.
    if (c.pattern.find("ookie") != std::string::npos || c.pattern.find("Auth") != std::string::npos) continue;
    const json::value counted = d.admin_json("POST", "/requests/count", c.pattern);
    EXPECT_EQ(counted.find("count")->if_number()->text, "1") << c.pattern;
  }
}

TEST(request_patterns, never_match_by_a_matcher_of_somebodys_own) {
  desk d;
  d.add("{'request':{'customMatcher':{'name':'mine'}},'response':{'body':'yes'}}");
  EXPECT_EQ(d.body_of(get("/")), "none");
}

TEST(request_patterns, other_clients_schemes_do_not_match) {
  desk d;
  d.add("{'request':{'clientIp':{'equalTo':'10.0.0.1'}}}");
  d.add("{'request':{'scheme':'https'}}");
  EXPECT_FALSE(d.get("/"));
}

TEST(stub_order, follows_priority_then_age) {
  desk d;
  d.add("{'request':{'urlPathPattern':'/a.*'},'response':{'body':'old'}}");
  d.add("{'request':{'url':'/a1'},'response':{'body':'new'}}");
  EXPECT_EQ(d.get("/a1")->response.body, "new");
  d.add("{'request':{'method':'GET'},'response':{'body':'newest'}}");
  EXPECT_EQ(d.get("/a1")->response.body, "newest");
  d.add("{'priority':0,'request':{'urlPathTemplate':'/{x}'},'response':{'body':'first'}}");
  d.add("{'priority':9,'response':{'body':'last'}}");
  EXPECT_EQ(d.get("/a1")->response.body, "first");
  EXPECT_EQ(d.ask(make_request("POST", "/x/y"))->response.body, "last");
  EXPECT_EQ(d.ask(make_request("POST", "/a/y"))->response.body, "old");
}

/// The index must agree with trying every stub in order, whatever the stubs.
TEST(stub_order, is_the_same_by_index_as_by_trying_all) {
  runtime::random_stream random(20'260'105);
  const std::vector<std::string> kinds{"url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate"};
  const std::vector<std::string> urls{"/a",   "/a/b", "/a/{x}", "/{x}/b", "/a.*", "/a/b?x=1", "/(a|b)/.*",
                                      "/a/c", "/b?",  "/b",     "/a/b/c", "/.*",  "/a/{x}/c"};
  const std::vector<std::string> targets{"/a", "/a/b", "/a/b?x=1", "/b/b",  "/a/b/c",
                                         "/b", "/c",   "/",        "/a/c?y"};
  for (int round = 0; round < 200; ++round) {
    desk d;
    std::vector<std::string> ids;
    for (int i = 0; i < 30; ++i) {
      const std::string url = urls[random.below(urls.size())];
      const std::string kind = kinds[random.below(kinds.size())];
      ids.push_back(d.add("{'priority':" + std::to_string(random.below(3)) + ",'request':{'" + kind + "':'" +
                          url + "'}}"));
      if (random.below(4) == 0) d.engine.store().remove(ids[random.below(ids.size())], {});
    }
    for (const std::string& target : targets) {
      const http::request r = get(target);
      const stub_request view(r, {});
      std::string expected;
      for (const stub_mapping* one : d.engine.store().all({}))
        if (expected.empty() && one->request.matches(view)) expected = one->id;
      const auto answer = d.get(target);
      EXPECT_EQ(answer ? answer->stub_id : "", expected) << "round " << round << " " << target;
    }
  }
}

TEST(stub_chances, probability_is_drawn_from_the_seed) {
  const auto count = [](std::uint64_t seed) {
    engine_options o;
    o.seed = seed;
    desk d(o);
    d.add("{'probability':0.3,'response':{'body':'x'}}");
    std::string drawn;
    for (int i = 0; i < 2'000; ++i) drawn += d.get("/") ? '1' : '0';
    return drawn;
  };
  const std::string drawn = count(7);
  const auto hits = std::count(drawn.begin(), drawn.end(), '1');
  EXPECT_GT(hits, 500);
  EXPECT_LT(hits, 700);
  EXPECT_EQ(drawn, count(7));
  EXPECT_NE(drawn, count(8));
  desk never;
  never.add("{'probability':0}");
  EXPECT_FALSE(never.get("/"));
}

TEST(stub_times, are_counted_down_and_shown) {
  desk d;
  const std::string id = d.add("{'times':2,'response':{'body':'x'}}");
  EXPECT_TRUE(d.get("/"));
  EXPECT_EQ(d.admin_json("GET", "/mappings/" + id).find("times")->if_number()->text, "1");
  EXPECT_TRUE(d.get("/"));
  EXPECT_FALSE(d.get("/"));
  // What is shown of a used up stub can be sent back.
  const std::string shown = d.admin("GET", "/mappings/" + id).body;
  EXPECT_EQ(d.admin("PUT", "/mappings/" + id, shown).status, 200U);
  EXPECT_FALSE(d.get("/"));
}

TEST(stub_scenarios, move_through_their_states) {
  desk d;
  d.add(
      "{'scenarioName':'S','requiredScenarioState':'Started','newScenarioState':'B','response':{'body':'a'}"
      "}");
  d.add("{'scenarioName':'S','requiredScenarioState':'B','newScenarioState':'C','response':{'body':'b'}}");
  d.add("{'scenarioName':'S','requiredScenarioState':'C','response':{'body':'c'}}");
  std::string seen;
  for (int i = 0; i < 5; ++i) seen += d.get("/")->response.body;
  EXPECT_EQ(seen, "abccc");
}

/// Whatever the machine and the order of requests, the states seen are those of a walk through it.
TEST(stub_scenarios, agree_with_a_model) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    runtime::random_stream random(seed);
    desk d;
    const std::vector<std::string> states{"Started", "A", "B", "C"};
    std::map<std::string, std::string> next;
    for (const std::string& from : states) {
      const std::string to = states[random.below(states.size())];
      next[from] = to;
      d.add("{'scenarioName':'S','requiredScenarioState':'" + from + "','newScenarioState':'" + to +
            "','request':{'url':'/s'},'response':{'body':'" + from + "'}}");
    }
    std::map<std::string, std::string> model;
    for (int i = 0; i < 100; ++i) {
      const std::string key = random.below(2) == 0 ? "one" : "two";
      std::string& state = model.try_emplace(key, "Started").first->second;
      const http::request r = get("/s", {{std::string(isolation_header), key}});
      EXPECT_EQ(d.body_of(r), state) << "seed " << seed;
      state = next[state];
    }
  }
}

TEST(stub_isolation, keeps_parallel_tests_apart) {
  desk d;
  const http::headers one{{std::string(isolation_header), "one"}};
  const http::headers two{{std::string(isolation_header), "two"}};
  d.add("{'request':{'url':'/a'},'response':{'body':'all'}}");
  const auto add = [&](const http::headers& key, const std::string& body) {
    return d
        .admin("POST", "/mappings", quoted("{'request':{'url':'/a'},'response':{'body':'" + body + "'}}"),
               key)
        .status;
  };
  EXPECT_EQ(add(one, "first"), 201U);
  EXPECT_EQ(add(two, "second"), 201U);
  EXPECT_EQ(d.body_of(get("/a")), "all");
  EXPECT_EQ(d.body_of(get("/a", one)), "first");
  EXPECT_EQ(d.body_of(get("/a", two)), "second");
  EXPECT_EQ(d.admin_json("GET", "/mappings", {}, one).at_path("meta.total")->if_number()->text, "1");
  EXPECT_EQ(d.admin_json("POST", "/requests/count", "{}", two).find("count")->if_number()->text, "1");
  EXPECT_EQ(d.admin("DELETE", "/requests", {}, two).status, 200U);
  EXPECT_EQ(d.admin_json("POST", "/requests/count", "{}", two).find("count")->if_number()->text, "0");
  EXPECT_EQ(d.admin_json("POST", "/requests/count", "{}").find("count")->if_number()->text, "2");
  EXPECT_EQ(d.admin("DELETE", "/mappings", {}, one).status, 200U);
  EXPECT_EQ(d.body_of(get("/a", one)), "all");
  EXPECT_EQ(d.body_of(get("/a", two)), "second");
  EXPECT_EQ(d.admin("POST", "/reset", {}, two).status, 200U);
  EXPECT_EQ(d.body_of(get("/a", two)), "all");
  EXPECT_EQ(d.body_of(get("/a")), "all");
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
