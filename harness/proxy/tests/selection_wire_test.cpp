// Which requests and connections a fault hits, as the client and the counters see it.
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

/// Sends them one after the other on one connection; 'x' where the fault answered, '.' where the upstream
/// did.
runtime::task<std::string> picture(world_ref w, std::vector<std::string> requests) {
  auto client = co_await w.connected();
  std::string seen;
  for (const auto& r : requests) {
    co_await client.put(r);
    const auto got = co_await client.response();
    seen += !got ? '!' : got->starts_with("HTTP/1.1 200 ") ? '.' : 'x';
  }
  client.stream().close();
  co_return seen;
}
runtime::task<> hits(world_ref w, faults::selection match, std::vector<std::string> requests,
                     std::string wanted, std::uint64_t touched) {
  auto applying = w.fault("e", "error", {{"status", 500}}, std::move(match));
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied);
  auto asking = picture(w, std::move(requests));
  const auto seen = co_await std::move(asking);
  EXPECT_EQ(seen, wanted);
  const auto hit = static_cast<std::uint64_t>(std::count(wanted.begin(), wanted.end(), 'x'));
  co_await ends_with(w, "e", touched, hit);
}

runtime::task<> counts_body(runtime::runtime&, world_ref w) {
  const std::vector<std::string> six(6, get("/x"));
  faults::selection first, nth, every, after, both;
  first.first = 2;
  nth.nth = 3;
  every.every = 2;
  after.after = 4;
  both.after = 1;
  both.first = 3;
  auto a = hits(w, first, six, "xx....", 6);
  co_await std::move(a);
  auto b = hits(w, nth, six, "..x...", 6);
  co_await std::move(b);
  auto c = hits(w, every, six, ".x.x.x", 6);
  co_await std::move(c);
  auto d = hits(w, after, six, "....xx", 6);
  co_await std::move(d);
  auto e = hits(w, both, six, ".xx...", 6);
  co_await std::move(e);
  co_await w.stop();
}
TEST(selection_wire, by_count) {
  run_virtual(counts_body);
}

runtime::task<> properties_body(runtime::runtime&, world_ref w) {
  const std::string order = R"({"resourceType":"ServiceRequest","subject":{"reference":"Patient/e5"}})";
  const std::string note = R"({"resourceType":"DocumentReference","subject":{"reference":"Patient/e6"}})";
  const std::vector<std::string> mixed{get("/api/FHIR/R4/Patient/e5", "X-Kind: probe\r\n"),
                                       get("/api/FHIR/R4/Patient/e6", "Epic-Client-ID: app\r\n"),
                                       post("/api/FHIR/R4/ServiceRequest", order),
                                       post("/api/FHIR/R4/DocumentReference", note)};
  faults::selection path, header, client, address, method, body, operation;
  path.path = "/api/**/e5";
  header.header = "X-Kind: pro*";
  client.client = "app";
  address.client = "127.0.0.1";
  method.method = "POST";
  body.body = "subject.reference: *Patient/e5";
  operation.operation = "file-note";
  auto a = hits(w, path, mixed, "x...", 1);
  co_await std::move(a);
  auto b = hits(w, header, mixed, "x...", 1);
  co_await std::move(b);
  auto c = hits(w, client, mixed, ".x..", 1);
  co_await std::move(c);
  auto d = hits(w, address, mixed, "xxxx", 4);
  co_await std::move(d);
  auto e = hits(w, method, mixed, "..xx", 2);
  co_await std::move(e);
  auto f = hits(w, body, mixed, "..x.", 1);
  co_await std::move(f);
  auto g = hits(w, operation, mixed, "...x", 1);
  co_await std::move(g);
  EXPECT_EQ(w.seen.back().body, order) << "what a fault read reaches the upstream whole";
  co_await w.stop();
}
TEST(selection_wire, by_what_a_request_is) {
  run_virtual(properties_body);
}

runtime::task<> body_in_pieces_body(runtime::runtime& rt, world_ref w) {
  faults::selection match;
  match.body = "resourceType: Patient";
  auto applying = w.fault("l", "latency", {{"delay", "100ms"}}, std::move(match));
  co_await std::move(applying);
  auto client = co_await w.connected();
  const std::string text = post("/x", R"({"resourceType":"Patient"})");
  const std::string_view view = text;
  instant last{};
  for (std::size_t at = 0; at < text.size(); at += 10) {
    last = rt.now();
    co_await client.put(view.substr(at, 10));
    co_await pause(rt, 5ms);
  }
  const auto got = co_await client.response();
  EXPECT_TRUE(got);
  EXPECT_EQ(w.seen.at(0).at - last, 100ms + 2 * hop) << "decided when the body was there";
  // A body that is too large to wait for passes.
  const std::string large =
      post("/y", R"({"resourceType":"Patient","x":")" + std::string(200'000, 'x') + "\"}");
  co_await client.put(large);
  const auto passed = co_await client.response();
  EXPECT_TRUE(passed);
  EXPECT_EQ(w.seen.at(1).body.size(), 200'033U);
  co_await ends_with(w, "l", 1, 1);
  client.stream().close();
  co_await w.stop();
}
TEST(selection_wire, by_a_body_that_comes_in_pieces) {
  run_virtual(body_in_pieces_body);
}

runtime::task<> rate_body(runtime::runtime& rt, world_ref w) {
  faults::selection some;
  some.rate = share{300'000};
  auto applying = w.fault("e", "error", {{"status", 500}}, some);
  co_await std::move(applying);
  auto asking = picture(w, std::vector<std::string>(1000, get("/x")));
  const auto seen = co_await std::move(asking);
  const auto hit = std::count(seen.begin(), seen.end(), 'x');
  EXPECT_NEAR(static_cast<double>(hit), 300, 60) << "seed " << rt.seed();
  co_await ends_with(w, "e", 1000, static_cast<std::uint64_t>(hit));
  co_await w.stop();
}
TEST(selection_wire, by_a_share) {
  run_virtual(rate_body);
}

runtime::task<> ramp_body(runtime::runtime& rt, world_ref w) {
  faults::fault_spec spec;
  spec.id = "e";
  spec.type = "error";
  spec.parameters = {{"status", 500}};
  spec.ramp_in = 10s;
  spec.ramp_out = 10s;
  spec.lasting = 30s;
  spec.lease = 1h;
  auto applying = w.proxy.injector().apply(spec);
  co_await std::move(applying);
  std::vector<double> shares;
  for (int i = 0; i < 3; ++i) {
    std::ptrdiff_t hit = 0;
    for (int j = 0; j < 10; ++j) {
      auto asking = picture(w, std::vector<std::string>(20, get("/x")));
      const auto seen = co_await std::move(asking);
      hit += std::count(seen.begin(), seen.end(), 'x');
      co_await pause(rt, 1s - 20 * 4 * hop - 2 * hop);
    }
    shares.push_back(static_cast<double>(hit) / 200);
  }
  EXPECT_NEAR(shares.at(0), 0.5, 0.15) << "seed " << rt.seed();
  EXPECT_GE(shares.at(1), 0.99);
  EXPECT_NEAR(shares.at(2), 0.5, 0.15) << "seed " << rt.seed();
  co_await w.stop();
}
TEST(selection_wire, a_fault_grows_and_fades) {
  run_virtual(ramp_body);
}

runtime::task<> route_body(runtime::runtime& rt, world_ref w) {
  raw_route one(rt, w, "one");
  raw_route two(rt, w, "two");
  faults::fault_spec spec;
  spec.id = "e";
  spec.type = "error";
  spec.parameters = {{"status", 500}};
  spec.route = "one";
  auto a = co_await one.open();
  auto b = co_await two.open();
  auto applying = w.proxy.injector().apply(spec);
  co_await std::move(applying);
  const std::string request = get("/x");
  co_await a.client.put(request);
  const auto hit = co_await a.client.response();
  EXPECT_TRUE(hit && hit->starts_with("HTTP/1.1 500 "));
  co_await passes_through(rt, b);
  const auto log = w.proxy.injections().latest();
  EXPECT_TRUE(log.size() == 1 && log.at(0).route == "one");
  co_await ends_with(w, "e", 1, 1);
  a.client.stream().close();
  b.client.stream().close();
  one.close();
  two.close();
  co_await w.stop();
}
TEST(selection_wire, by_route) {
  run_virtual(route_body);
}

runtime::task<> max_active_body(runtime::runtime& rt, world_ref w) {
  faults::fault_spec spec;
  spec.id = "b";
  spec.type = "bandwidth";
  spec.parameters = {{"limit", "1kB/s"}};
  spec.max_active = 2;
  auto applying = w.proxy.injector().apply(spec);
  co_await std::move(applying);
  raw_route raw(rt, w);
  std::vector<raw_ends> all;
  for (int i = 0; i < 3; ++i) {
    auto one = co_await raw.open();
    all.push_back(std::move(one));
  }
  const auto now = co_await w.counters("b");
  EXPECT_EQ(now.touched, 3U);
  EXPECT_EQ(now.injected, 2U) << "each connection counts once, both ways together";
  EXPECT_EQ(now.active, 2U);
  co_await passes_through(rt, all.at(2));
  all.at(0).client.stream().close();
  all.at(0).server.stream().close();
  co_await pause(rt, 5 * hop);
  auto next = co_await raw.open();
  const auto then = co_await w.counters("b");
  EXPECT_EQ(then.injected, 3U) << "one has left";
  co_await ends_with(w, "b", 4, 3);
  for (auto& one : all) one.client.stream().close();
  next.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(selection_wire, no_more_at_once_than_max_active) {
  run_virtual(max_active_body);
}

runtime::task<> max_active_calls_body(runtime::runtime& rt, world_ref w) {
  faults::fault_spec spec;
  spec.id = "l";
  spec.type = "latency";
  spec.parameters = {{"delay", "100ms"}};
  spec.max_active = 1;
  auto applying = w.proxy.injector().apply(spec);
  co_await std::move(applying);
  auto one = co_await w.connected();
  auto two = co_await w.connected();
  const std::string request = get("/x");
  const instant start = rt.now();
  co_await one.put(request);
  co_await two.put(request);
  const auto spared = co_await two.response();
  EXPECT_TRUE(spared);
  EXPECT_EQ(rt.now() - start, 4 * hop);
  const auto late = co_await one.response();
  EXPECT_TRUE(late);
  EXPECT_EQ(rt.now() - start, 4 * hop + 100ms);
  co_await ends_with(w, "l", 2, 1);
  one.stream().close();
  two.stream().close();
  co_await w.stop();
}
TEST(selection_wire, calls_beyond_max_active_are_spared) {
  run_virtual(max_active_calls_body);
}

runtime::task<> injections_body(runtime::runtime& rt, world_ref w) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  auto second = co_await raw.open();
  faults::selection lost;
  lost.path = "/lost";
  auto applying = w.fault("e", "error", {{"status", 500}}, std::move(lost));
  co_await std::move(applying);
  const std::string request = get("/lost", "X-Request-Id: op.1.2\r\n") + get("/lost");
  co_await second.client.put(request);
  const auto one = co_await second.client.response();
  const auto two = co_await second.client.response();
  EXPECT_TRUE(one && two);
  co_await passes_through(rt, both);
  const auto log = w.proxy.injections().latest();
  EXPECT_EQ(log.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(log.at(i).number, i + 1);
    EXPECT_EQ(log.at(i).fault, "e");
    EXPECT_EQ(log.at(i).type, "error");
    EXPECT_EQ(log.at(i).route, "raw");
    EXPECT_EQ(log.at(i).connection, 2U);
  }
  EXPECT_EQ(log.at(0).request, "op.1.2");
  EXPECT_EQ(log.at(1).request, "");
  both.client.stream().close();
  second.client.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(injections_wire, name_the_connection_and_the_request) {
  run_virtual(injections_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
