#include <epicenter/json/parse.hpp>

#include "harness/proxy/http_injector.hpp"
#include "harness/proxy/tests/wire.hpp"
#include "harness/proxy/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

struct api_world {
  explicit api_world(runtime::runtime& rt, world_ref w) : api(rt, w.proxy), client(rt, {}) {
    control.server = api.listen({"127.0.0.1", 0, {}}).value();
  }
  runtime::task<> stop() {
    auto closing = client.stop();
    co_await std::move(closing);
    auto stopping = api.stop();
    co_await std::move(stopping);
  }
  control_api api;
  http::client client;
  http::origin control;
};

runtime::task<http::response> ask(runtime::runtime& rt, api_world& a, std::string method, std::string target,
                                  std::string body) {
  http::request r;
  r.method = std::move(method);
  r.target = std::move(target);
  r.body = std::move(body);
  auto sending = a.client.send(a.control, std::move(r), rt.now() + 5s);
  auto got = co_await std::move(sending);
  EXPECT_TRUE(got) << (got ? "" : got.error().why.message());
  co_return got ? std::move(*got) : http::response{};
}

runtime::task<> life_body(runtime::runtime& rt, world_ref w) {
  api_world a(rt, w);
  auto posting = ask(rt, a, "POST", "/faults",
                     R"({"id":"slow","type":"latency","parameters":{"delay":"500ms"},)"
                     R"("match":{"operation":"order-lab","rate":"50%"},"lease_ms":60000})");
  auto r = co_await std::move(posting);
  EXPECT_EQ(r.status, 201U) << r.body;
  auto again = ask(rt, a, "POST", "/faults", R"({"id":"slow","type":"outage"})");
  r = co_await std::move(again);
  EXPECT_EQ(r.status, 409U);
  auto listing = ask(rt, a, "GET", "/faults", "");
  r = co_await std::move(listing);
  const auto list = json::parse(r.body);
  EXPECT_TRUE(list && list->string_at("faults.0.id") == "slow") << r.body;
  auto renewing = ask(rt, a, "PUT", "/faults/slow/lease", R"({"lease_ms":1000})");
  r = co_await std::move(renewing);
  EXPECT_EQ(r.status, 200U);
  auto waiting = sleep_for(rt, 1001ms);
  co_await std::move(waiting);
  auto late = ask(rt, a, "PUT", "/faults/slow/lease", R"({"lease_ms":1000})");
  r = co_await std::move(late);
  EXPECT_EQ(r.status, 404U);
  auto nanoseconds =
      ask(rt, a, "POST", "/faults", R"({"id":"n","type":"latency","parameters":{"delay":1000000}})");
  r = co_await std::move(nanoseconds);
  EXPECT_EQ(r.status, 201U) << r.body;
  auto clearing = ask(rt, a, "DELETE", "/faults", "");
  r = co_await std::move(clearing);
  EXPECT_EQ(r.body, "{\"faults\":[]}\n");
  auto proxies = ask(rt, a, "GET", "/traffic", "");
  r = co_await std::move(proxies);
  const auto shown = json::parse(r.body);
  EXPECT_TRUE(shown && shown->string_at("proxies.0.listen") == w.where.to_string()) << r.body;
  co_await a.stop();
  co_await w.stop();
}
TEST(control_api, a_faults_life) {
  run_virtual(life_body);
}

runtime::task<> bad_body(runtime::runtime& rt, world_ref w) {
  api_world a(rt, w);
  struct bad_call {
    const char* method;
    const char* target;
    const char* body;
    unsigned status;
  };
  const std::vector<bad_call> calls{
      {"POST", "/faults", "", 400},
      {"POST", "/faults", "[]", 400},
      {"POST", "/faults", "{\"id\":", 400},
      {"POST", "/faults", R"({"type":"outage"})", 400},
      {"POST", "/faults", R"({"id":"a","type":"nonsense"})", 400},
      {"POST", "/faults", R"({"id":"a","type":"token_expiry"})", 400},
      {"POST", "/faults", R"({"id":"a/b","type":"outage"})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","mode":"refuse"})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","parameters":{"mode":"explode"}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"latency","parameters":{"delay":"500"}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"latency","parameters":{"delay":-1}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"latency","parameters":{"delay":"2s..1s"}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","match":{"nth":0}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","match":{"rate":30}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","match":{"colour":"red"}})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","lease_ms":0})", 400},
      {"POST", "/faults", R"({"id":"a","type":"outage","lease_ms":1e9})", 400},
      {"PATCH", "/faults", "", 405},
      {"GET", "/faults/unknown", "", 404},
      {"DELETE", "/faults/unknown", "", 404},
      {"PUT", "/faults/unknown/lease", R"({"lease_ms":5000})", 404},
      {"PUT", "/faults/%zz/lease", R"({"lease_ms":5000})", 400},
      {"PUT", "/faults/x/lease", R"({})", 400},
  };
  for (const auto& c : calls) {
    auto asking = ask(rt, a, c.method, c.target, c.body);
    const auto r = co_await std::move(asking);
    EXPECT_EQ(r.status, c.status) << c.method << " " << c.target << " " << c.body << " -> " << r.body;
    const auto body = json::parse(r.body);
    EXPECT_TRUE(body && !body->string_at("error").empty()) << r.body;
  }
  auto health = ask(rt, a, "GET", "/health", "");
  const auto healthy = co_await std::move(health);
  EXPECT_EQ(healthy.status, 200U);
  const auto wide = a.api.listen({"0.0.0.0", 0, {}});
  EXPECT_FALSE(wide);
  co_await a.stop();
  co_await w.stop();
}
TEST(control_api, bad_input_is_told_apart_and_explained) {
  run_virtual(bad_body);
}

runtime::task<> injector_body(runtime::runtime& rt, world_ref w) {
  api_world a(rt, w);
  http_injector far(rt, a.control);
  faults::fault_spec spec;
  spec.id = "e";
  spec.type = "error";
  spec.match.path = "/x";
  spec.match.rate.ppm = 1'000'000;
  spec.lease = 5s;
  auto applying = far.apply(spec);
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied) << (applied ? "" : applied.error().message());
  auto twice = far.apply(spec);
  const auto second = co_await std::move(twice);
  EXPECT_TRUE(!second && second.error() == make_error_code(errc::fault_exists));
  auto client = co_await w.connected();
  auto sending = client.send(get("/x") + get("/y"));
  co_await std::move(sending);
  const auto x = co_await client.response();
  const auto y = co_await client.response();
  EXPECT_TRUE(x && y && x->starts_with("HTTP/1.1 503") && y->starts_with("HTTP/1.1 200"));
  auto asking = far.status();
  const auto all = co_await std::move(asking);
  EXPECT_TRUE(all && all->size() == 1 && all->at(0).injected == 1 && all->at(0).touched == 1);
  auto renewing = far.renew("e", 10s);
  const auto renewed = co_await std::move(renewing);
  EXPECT_TRUE(renewed);
  auto counting = far.in_flight();
  const auto in_flight = co_await std::move(counting);
  EXPECT_TRUE(in_flight && *in_flight == 0);
  auto removing = far.remove("e");
  const auto last = co_await std::move(removing);
  EXPECT_TRUE(last && last->injected == 1);
  auto late = far.renew("e", 10s);
  const auto gone = co_await std::move(late);
  EXPECT_TRUE(!gone && gone.error() == make_error_code(errc::fault_not_found));
  client.stream().close();
  co_await a.stop();
  auto alone = far.status();
  const auto unreachable = co_await std::move(alone);
  EXPECT_TRUE(!unreachable && unreachable.error() == make_error_code(errc::control_failed));
  co_await far.stop();
  co_await w.stop();
}
TEST(control_api, the_http_injector_does_what_the_one_in_process_does) {
  run_virtual(injector_body);
}

TEST(control_api, a_fault_survives_the_wire) {
  faults::fault_spec spec;
  spec.id = "all";
  spec.type = "latency";
  spec.parameters = {{"delay", "5ms"}};
  spec.match.operation = "token";
  spec.match.header = "X-Request-Id: a*";
  spec.match.first = 3;
  spec.match.after = 1;
  spec.match.rate.ppm = 123'456;
  spec.match.body = "subject.reference: Patient/*";
  spec.route = "epic";
  spec.ramp_in = 2s;
  spec.ramp_out = 3s;
  spec.lasting = 60s;
  spec.max_active = 7;
  spec.lease = 1234ms;
  const auto back = parse_fault_spec(to_json(spec));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), to_json(spec));
  EXPECT_EQ(back->match.rate.ppm, 123'456);
  EXPECT_EQ(back->lease, 1234ms);
  EXPECT_EQ(back->match.body, "subject.reference: Patient/*");
  EXPECT_EQ(back->route, "epic");
  EXPECT_EQ(back->ramp_in, 2s);
  EXPECT_EQ(back->ramp_out, 3s);
  EXPECT_EQ(back->lasting, 60s);
  EXPECT_EQ(back->max_active, 7U);
}

TEST(control_api, the_course_of_a_fault_is_read_strictly) {
  const auto refusal = [](const std::string& members) {
    const auto read = parse_fault_spec(json::parse(R"({"id":"a","type":"error",)" + members + "}").value());
    return read ? std::string() : read.error().message();
  };
  EXPECT_EQ(refusal(R"("ramp_in_ms":0,"ramp_out_ms":5,"lasting_ms":5,"max_active":1,"proxy":"epic")"), "");
  EXPECT_NE(refusal(R"("ramp_out_ms":5)").find("lasting_ms"), std::string::npos);
  EXPECT_NE(refusal(R"("ramp_in_ms":604800001)").find("604800000"), std::string::npos);
  for (const char* wrong : {R"("ramp_in_ms":-1)", R"("ramp_in_ms":"5s")", R"("lasting_ms":1.5)",
                            R"("max_active":0)", R"("max_active":"7")", R"("proxy":7)",
                            R"("match":{"body":7})", R"("route":"epic")", R"("last":true)"})
    EXPECT_NE(refusal(wrong), "") << wrong;
  const auto plain = parse_fault_spec(json::parse(R"({"id":"a","type":"error"})").value()).value();
  EXPECT_EQ(plain.ramp_in + plain.ramp_out, 0ns);
  EXPECT_FALSE(plain.lasting || plain.max_active > 0 || !plain.route.empty() || plain.match.body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
