#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

constexpr std::string_view garbage = "lskdu018973t09sylgasjkfg1][]'./.sdlv";

class stub_wire : public stub_site {
 public:
  task answers_as_the_stub_says() {
    const std::string id = d.add(
        "{'name':'one','request':{'method':'GET','url':'/"
        "a?b=c'},'response':{'status':418,'statusMessage':'Teapot',"
        "'headers':{'X-A':['1','2']},'jsonBody':{'k':[1,2.50]}}}");
    const http::response got = co_await send(make_request("GET", "/a?b=c"));
    EXPECT_EQ(got.status, 418U);
    EXPECT_EQ(got.reason, "Teapot");
    EXPECT_EQ(got.body, R"({"k":[1,2.50]})");
    EXPECT_EQ(values_of(got.fields, "X-A"), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(got.fields.get("Matched-Stub-Id"), id);
    EXPECT_EQ(got.fields.get("Matched-Stub-Name"), "one");
    EXPECT_FALSE(got.fields.contains("Content-Type"));
    const http::response none = co_await send(make_request("GET", "/a?b=d"));
    EXPECT_EQ(none.status, 404U);
    EXPECT_EQ(none.fields.get("Content-Type"), "text/plain;charset=UTF-8");
    EXPECT_NE(none.body.find("Request was not matched"), std::string::npos);
    EXPECT_NE(none.body.find("/a?b=d   <<<<< does not match"), std::string::npos) << none.body;
  }

  task delays_add_up() {
    d.add(
        "{'request':{'url':'/d'},'response':{'fixedDelayMilliseconds':300,"
        "'delayDistribution':{'type':'uniform','lower':200,'upper':200}}}");
    d.add("{'request':{'url':'/n'},'response':{'fixedDelayMilliseconds':-5}}");
    EXPECT_EQ(d.admin("POST", "/settings", quoted("{'fixedDelay':1000}")).status, 200U);
    const instant begin = rt.now();
    co_await send(make_request("GET", "/d"));
    EXPECT_GE(rt.now() - begin, 1500ms);
    EXPECT_LT(rt.now() - begin, 1520ms);
    EXPECT_EQ(d.admin("POST", "/settings", "{}").status, 200U);
    const instant again = rt.now();
    co_await send(make_request("GET", "/n"));
    EXPECT_LT(rt.now() - again, 20ms);
  }

  task faults_have_their_bytes() {
    for (const std::string_view name :
         {"EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "RANDOM_DATA_THEN_CLOSE", "MALFORMED_RESPONSE_CHUNK"})
      d.add("{'request':{'url':'/" + std::string(name) + "'},'response':{'fault':'" + std::string(name) +
            "','fixedDelayMilliseconds':100}}");
    const std::string tail = " HTTP/1.1\r\nHost: h\r\n\r\n";
    heard h = co_await converse("GET /EMPTY_RESPONSE" + tail);
    EXPECT_EQ(h.bytes, "");
    EXPECT_EQ(h.end, make_error_code(runtime::errc::end_of_stream));
    h = co_await converse("GET /CONNECTION_RESET_BY_PEER" + tail);
    EXPECT_EQ(h.bytes, "");
    EXPECT_EQ(h.end, make_error_code(runtime::errc::reset));
    h = co_await converse("GET /RANDOM_DATA_THEN_CLOSE" + tail);
    EXPECT_EQ(h.bytes, garbage);
    EXPECT_EQ(h.end, make_error_code(runtime::errc::end_of_stream));
    EXPECT_GE(h.pieces.front().first, 100ms);
    h = co_await converse("GET /MALFORMED_RESPONSE_CHUNK" + tail);
    EXPECT_EQ(h.bytes, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(garbage));
    EXPECT_EQ(h.end, make_error_code(runtime::errc::end_of_stream));
  }

  task dribbles_evenly() {
    d.add(
        "{'request':{'url':'/slow'},'response':{'body':'0123456789','fixedDelayMilliseconds':1000,"
        "'chunkedDribbleDelay':{'numberOfChunks':5,'totalDuration':2000}}}");
    const heard h = co_await converse("GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(h.bytes.ends_with("0123456789")) << h.bytes;
    EXPECT_EQ(h.pieces.size(), 6U);
    for (std::size_t i = 1; i < h.pieces.size(); ++i) {
      const duration due = 1000ms + 400ms * static_cast<int>(i);
      EXPECT_GE(h.pieces[i].first, due);
      EXPECT_LT(h.pieces[i].first, due + 20ms);
      EXPECT_EQ(h.pieces[i].second, std::string("0123456789").substr(2 * (i - 1), 2));
    }
    const http::response kept = co_await send(make_request("GET", "/slow"));
    EXPECT_EQ(kept.body, "0123456789");
    EXPECT_EQ(kept.fields.get("Transfer-Encoding"), "chunked");
  }

  task a_false_length_is_sent_as_it_is() {
    d.add(
        "{'request':{'url':'/"
        "lie'},'response':{'body':'hello','headers':{'Content-Length':'3','Transfer-Encoding':'x'}}}");
    const heard h = co_await converse("GET /lie HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(h.bytes.find("Content-Length: 3\r\n"), std::string::npos);
    EXPECT_TRUE(h.bytes.ends_with("\r\n\r\nhello")) << h.bytes;
  }

  task one_state_answers_one_request() {
    d.add("{'request':{'url':'/s'},'response':{'body':'later'}}");
    d.add(
        "{'scenarioName':'S','requiredScenarioState':'Started','newScenarioState':'done','request':{'url':'/"
        "s'},"
        "'response':{'body':'first','fixedDelayMilliseconds':50}}");
    for (int round = 0; round < 40; ++round) {
      EXPECT_EQ(d.admin("POST", "/scenarios/reset").status, 200U);
      std::vector<runtime::task<http::response>> all;
      for (int i = 0; i < 32; ++i) all.push_back(send(make_request("GET", "/s")));
      const std::vector<http::response> got = co_await runtime::when_all(rt, std::move(all));
      int first = 0;
      for (const http::response& one : got) first += one.body == "first" ? 1 : 0;
      EXPECT_EQ(first, 1) << "round " << round;
    }
  }

  task proxies_and_records() {
    d.add(
        "{'request':{'urlPathPattern':'/up/.*'},'response':{'body':'{{request.headers.X-Added}} "
        "{{request.url}}',"
        "'headers':{'X-Up':'yes','Content-Type':'text/plain'},'transformers':['response-template']}}");
    const std::string upstream = where.to_string();
    EXPECT_EQ(d.admin("GET", "/recordings/status").body, "{\n  \"status\" : \"NeverStarted\"\n}");
    const std::string start = "{'targetBaseUrl':'" + upstream + "/up'}";
    EXPECT_EQ(d.admin("POST", "/recordings/start", quoted(start)).status, 200U);
    http::request asked = make_request("GET", "/Patient/1");
    asked.fields.add("X-Added", "a");
    http::response got = co_await send(std::move(asked));
    EXPECT_EQ(got.body, "a /up/Patient/1");
    EXPECT_EQ(got.fields.get("X-Up"), "yes");
    asked = make_request("GET", "/Patient/1");
    asked.fields.add("X-Added", "b");
    co_await send(std::move(asked));
    const json::value made = d.admin_json("POST", "/recordings/stop");
    EXPECT_EQ(made.at_path("mappings")->if_array()->size(), 2U);
    EXPECT_EQ(made.string_at("mappings.0.scenarioName"), "scenario-1-Patient-1");
    EXPECT_EQ(made.string_at("mappings.0.requiredScenarioState"), "Started");
    EXPECT_EQ(made.string_at("mappings.0.newScenarioState"), "scenario-1-Patient-1-2");
    EXPECT_EQ(made.string_at("mappings.1.requiredScenarioState"), "scenario-1-Patient-1-2");
    got = co_await send(make_request("GET", "/Patient/1"));
    EXPECT_EQ(got.body, "a /up/Patient/1");
    got = co_await send(make_request("GET", "/Patient/1"));
    EXPECT_EQ(got.body, "b /up/Patient/1");
    EXPECT_TRUE(got.fields.contains("Matched-Stub-Id"));
  }

  task refuses_to_proxy_far_away() {
    d.add("{'request':{'url':'/far'},'response':{'proxyBaseUrl':'http://example.org'}}");
    d.add("{'request':{'url':'/dead'},'response':{'proxyBaseUrl':'http://127.0.0.1:1'}}");
    http::response got = co_await send(make_request("GET", "/far"));
    EXPECT_EQ(got.status, 500U);
    EXPECT_NE(got.body.find("neither local nor listed"), std::string::npos) << got.body;
    got = co_await send(make_request("GET", "/dead"));
    EXPECT_EQ(got.status, 500U);
    EXPECT_TRUE(got.body.starts_with(
        "Network failure trying to make a proxied request from WireMock to http://127.0.0.1:1/dead"));
  }

  task calls_webhooks_when_it_has_answered() {
    d.add("{'request':{'url':'/hook','method':'POST'},'response':{'body':'heard'}}");
    d.add(
        "{'request':{'url':'/"
        "a'},'response':{'body':'x'},'serveEventListeners':[{'name':'webhook','parameters':"
        "{'method':'POST','url':'" +
        where.to_string() +
        "/hook','body':'{{request.url}}',"
        "'delay':{'type':'fixed','milliseconds':500}}}]}");
    co_await send(make_request("GET", "/a"));
    EXPECT_EQ(d.admin_json("GET", "/mappings/unmatched").at_path("mappings")->if_array()->size(), 1U);
    co_await runtime::sleep_for(rt, 600ms);
    EXPECT_EQ(d.admin_json("GET", "/mappings/unmatched").at_path("mappings")->if_array()->size(), 0U);
  }
};

TEST_F(stub_wire, answers_as_the_stub_says) {
  run(&stub_wire::answers_as_the_stub_says);
}
TEST_F(stub_wire, delays_add_up) {
  run(&stub_wire::delays_add_up);
}
TEST_F(stub_wire, faults_have_their_bytes) {
  run(&stub_wire::faults_have_their_bytes);
}
TEST_F(stub_wire, dribbles_evenly) {
  run(&stub_wire::dribbles_evenly);
}
TEST_F(stub_wire, a_false_length_is_sent_as_it_is) {
  run(&stub_wire::a_false_length_is_sent_as_it_is);
}
TEST_F(stub_wire, one_state_answers_one_request) {
  run(&stub_wire::one_state_answers_one_request);
}
TEST_F(stub_wire, proxies_and_records) {
  run(&stub_wire::proxies_and_records);
}
TEST_F(stub_wire, refuses_to_proxy_far_away) {
  run(&stub_wire::refuses_to_proxy_far_away);
}
TEST_F(stub_wire, calls_webhooks_when_it_has_answered) {
  run(&stub_wire::calls_webhooks_when_it_has_answered);
}

TEST(outbound_guard, allows_local_addresses_and_listed_names_only) {
  for (const std::string_view host : {"127.0.0.1", "127.9.9.9", "localhost", "10.1.2.3", "172.16.0.1",
                                      "172.31.9.9", "192.168.1.1", "::1", "fd00::1", "up"})
    EXPECT_TRUE(is_allowed_host(host, {"up"})) << host;
  for (const std::string_view host :
       {"8.8.8.8", "172.32.0.1", "172.15.0.1", "192.169.0.1", "169.254.169.254", "0.0.0.0", "example.org",
        "2001:db8::1", "127.0.0.1.example.org", "0177.0.0.1", "2130706433", "::ffff:8.8.8.8", "fdx.example"})
    EXPECT_FALSE(is_allowed_host(host, {"up"})) << host;
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
