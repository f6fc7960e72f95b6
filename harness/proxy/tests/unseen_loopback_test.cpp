// On real sockets, where the kernel relays what no fault looks at: on one loop, and on loops of their own.
#include <epicenter/runtime/real/runtime_team.hpp>

#include "harness/proxy/team_crew.hpp"
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;
using body = runtime::task<> (*)(runtime::runtime&, world_ref, raw_route&);

class unseen_loopback : public ::testing::TestWithParam<std::size_t> {
 protected:
  /// 0: one loop for everything; else so many that carry traffic, and one that controls.
  static void run(body test) {
    runtime::real_options options;
    options.seed = 1;
    if (GetParam() == 0) {
      runtime::real_runtime rt(options);
      proxied_server world(rt);
      raw_route raw(rt, world);
      spawn(rt, "test", test(rt, world, raw));
      rt.run();
      EXPECT_EQ(world.proxy.connections(), 0U);
      return;
    }
    runtime::runtime_team team(1 + GetParam(), options);
    auto& rt = team.at(0);
    proxied_server world(rt, make_team_crew(team), {}, nullptr);
    raw_route raw(rt, world);
    spawn(rt, "test", test(rt, world, raw));
    team.run();
    EXPECT_EQ(world.proxy.connections(), 0U);
  }
};
INSTANTIATE_TEST_SUITE_P(loops, unseen_loopback, ::testing::Values(0U, 2U),
                         [](const auto& p) { return p.param == 0 ? "one" : "team"; });

runtime::task<> leave(raw_ends& both, raw_route& raw, world_ref w) {
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}
std::string noise(runtime::random_stream& random, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (auto& c : text) c = static_cast<char>(random.below(256));
  return text;
}
runtime::task<> write_in_parts(runtime::runtime& rt, raw_client& to, const std::string& text,
                               runtime::random_stream random) {
  for (std::size_t at = 0; at < text.size();) {
    const auto part = std::min<std::size_t>(text.size() - at, 1 + random.below(200'000));
    const auto sent = co_await to.put(std::string_view(text).substr(at, part));
    EXPECT_TRUE(sent);
    if (!sent) co_return;
    at += part;
    if (random.below(20) == 0) co_await pause(rt, 1ms);
  }
}
runtime::task<> read_to_end(raw_client& from, const std::string& text) {
  const auto end = co_await from.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(from.left_over().size(), text.size());
  EXPECT_TRUE(from.left_over() == text);
}
runtime::task<> write_and_end(runtime::runtime& rt, raw_client& to, const std::string& text,
                              runtime::random_stream random) {
  auto writing = write_in_parts(rt, to, text, random);
  co_await std::move(writing);
  to.stream().shutdown_write();
}

/// Faults come and go while bytes flow; they change nothing, and the relay passes between kernel and proxy.
runtime::task<> come_and_go(runtime::runtime& rt, world_ref w, runtime::random_stream random) {
  for (int i = 0; i < 6; ++i) {
    co_await pause(rt, duration(std::chrono::microseconds(random.below(8000))));
    auto applying = w.fault("n", "noop");
    const auto applied = co_await std::move(applying);
    EXPECT_TRUE(applied);
    co_await pause(rt, duration(std::chrono::microseconds(random.below(4000))));
    auto removing = w.remove("n");
    (void)co_await std::move(removing);
  }
}
runtime::task<> bytes_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    runtime::random_stream random(seed);
    auto both = co_await raw.open();
    const std::string up = "\x01" + noise(random, random.below(10'000'000));
    const std::string down = noise(random, random.below(10'000'000));
    std::vector<runtime::task<>> all;
    all.push_back(write_and_end(rt, both.client, up, runtime::random_stream(random.next())));
    all.push_back(write_and_end(rt, both.server, down, runtime::random_stream(random.next())));
    all.push_back(read_to_end(both.server, up));
    all.push_back(read_to_end(both.client, down));
    if (seed % 2 == 0) all.push_back(come_and_go(rt, w, runtime::random_stream(random.next())));
    auto running = when_all(rt, std::move(all));
    co_await std::move(running);
    if (::testing::Test::HasFailure()) std::cout << "seed " << seed << '\n';
    both.client.stream().close();
    both.server.stream().close();
  }
  raw.close();
  co_await w.stop();
}
TEST_P(unseen_loopback, bytes_and_ends_pass_both_ways_whoever_relays) {
  run(bytes_body);
}

runtime::task<> blocked_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  runtime::random_stream random(7);
  auto both = co_await raw.open();
  std::string down;
  const std::string part = noise(random, 999'983);
  while (down.size() < 60'000'000) down += part;
  std::vector<runtime::task<>> all;
  all.push_back(write_and_end(rt, both.server, down, random));
  // Nobody reads yet: the kernel's pipe is full when the fault takes the connection over.
  struct late_reader {
    static runtime::task<> run(runtime::runtime& on, world_ref world, raw_ends& ends,
                               const std::string& text) {
      co_await pause(on, 200ms);
      auto applying = world.fault("s", "slice", {{"size", "100kB"}});
      const auto applied = co_await std::move(applying);
      EXPECT_TRUE(applied);
      auto reading = read_to_end(ends.client, text);
      co_await std::move(reading);
      ends.client.stream().shutdown_write();
    }
  };
  all.push_back(late_reader::run(rt, w, both, down));
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  co_await ends_with(w, "s", 1, 1);
  co_await leave(both, raw, w);
}
TEST_P(unseen_loopback, a_fault_takes_over_what_the_kernel_holds) {
  run(blocked_body);
}

runtime::task<> reset_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  for (const bool from_client : {true, false}) {
    auto both = co_await raw.open();
    const std::string text = "\x01hello";
    co_await both.client.put(text);
    auto up = expect_bytes(both.server, text);
    co_await std::move(up);
    auto& from = from_client ? both.client : both.server;
    auto& to = from_client ? both.server : both.client;
    from.stream().reset();
    const auto end = co_await to.end();
    EXPECT_EQ(end, code(runtime::errc::reset)) << "ECONNRESET";
    to.stream().close();
  }
  raw.close();
  co_await w.stop();
  static_cast<void>(rt);
}
TEST_P(unseen_loopback, resets_pass_on) {
  run(reset_body);
}

runtime::task<> ordinary(raw_ends& both) {
  const std::string response = ok("as ever");
  auto asking = exchange(both, get("/as-ever"), response);
  co_await std::move(asking);
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
}
runtime::task<> takeover_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  auto both = co_await raw.open();
  co_await ordinary(both);
  EXPECT_EQ(w.proxy.traffic("raw").requests, 0U) << "nobody looked at it";
  auto erring = w.fault("e", "error", {{"status", 503}});
  co_await std::move(erring);
  const std::string request = get("/x");
  for (int i = 0; i < 3; ++i) {
    co_await both.client.put(request);
    const auto got = co_await both.client.response();
    EXPECT_TRUE(got && got->starts_with("HTTP/1.1 503 "));
  }
  co_await ends_with(w, "e", 3, 3);
  co_await ordinary(both);
  auto delaying = w.fault("l", "latency", {{"delay", "60ms"}});
  co_await std::move(delaying);
  instant start = rt.now();
  co_await ordinary(both);
  EXPECT_GE(rt.now() - start, 60ms);
  co_await ends_with(w, "l", 1, 1);
  start = rt.now();
  co_await ordinary(both);
  EXPECT_LT(rt.now() - start, 60ms);
  EXPECT_EQ(both.server.left_over(), "");
  co_await leave(both, raw, w);
}
TEST_P(unseen_loopback, a_fault_hits_the_next_request_of_a_connection_that_is_open) {
  run(takeover_body);
}

runtime::task<> takeover_mid_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  auto both = co_await raw.open();
  const std::string response = ok(std::string(1000, 'r'));
  const std::string_view view = response;
  auto asking = exchange(both, get("/large"), response.substr(0, 400));
  co_await std::move(asking);
  auto first = expect_bytes(both.client, response.substr(0, 400));
  co_await std::move(first);
  auto erring = w.fault("e", "error", {{"status", 503}});
  co_await std::move(erring);
  co_await both.server.put(view.substr(400));
  auto rest = expect_bytes(both.client, response.substr(400));
  co_await std::move(rest);
  const std::string request = get("/x");
  co_await both.client.put(request);
  const auto got = co_await both.client.response();
  EXPECT_TRUE(got && got->starts_with("HTTP/1.1 503 ")) << "the exchange before ends as it began";
  co_await ends_with(w, "e", 1, 1);
  co_await ordinary(both);
  co_await leave(both, raw, w);
  static_cast<void>(rt);
}
TEST_P(unseen_loopback, an_answer_that_is_half_through_is_left_alone) {
  run(takeover_mid_body);
}

runtime::task<> ends_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  for (const char* by : {"fin", "reset"}) {
    auto both = co_await raw.open();
    co_await ordinary(both);
    auto cutting = w.fault("c", "cut", {{"bytes", "10B"}, {"by", by}});
    co_await std::move(cutting);
    const bool fin = std::string_view(by) == "fin";
    const std::string request = get("/x"), response = ok("never whole");
    co_await both.client.put(request);
    auto hearing = expect_bytes(both.server, request);
    co_await std::move(hearing);
    co_await both.server.put(response);
    const auto end = co_await both.client.end();
    EXPECT_EQ(end, code(fin ? runtime::errc::end_of_stream : runtime::errc::reset));
    EXPECT_TRUE(response.substr(0, 10).starts_with(both.client.left_over()));
    EXPECT_TRUE(!fin || both.client.left_over().size() == 10U);
    const auto there = co_await both.server.end();
    EXPECT_EQ(there, code(fin ? runtime::errc::end_of_stream : runtime::errc::reset));
    co_await ends_with(w, "c", 1, 1);
    both.client.stream().close();
    both.server.stream().close();
  }
  raw.close();
  co_await w.stop();
  static_cast<void>(rt);
}
TEST_P(unseen_loopback, a_cut_is_a_real_fin_or_a_real_reset) {
  run(ends_body);
}

runtime::task<> tunnels_body(runtime::runtime& rt, world_ref w, raw_route& raw) {
  // Unseen, and with a fault that looks at every request.
  for (const bool looked_at : {false, true}) {
    if (looked_at) {
      faults::selection never;
      never.path = "/never";
      auto applying = w.fault("e", "error", {{"status", 503}}, std::move(never));
      co_await std::move(applying);
    }
    const std::vector<std::pair<std::string, std::string>> ways{
        {get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
         "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
        {"CONNECT epic:443 HTTP/1.1\r\nHost: epic:443\r\n\r\n", "HTTP/1.1 200 Connected\r\n\r\n"}};
    for (const auto& [request, response] : ways) {
      auto both = co_await raw.open();
      auto asking = exchange(both, request, response);
      co_await std::move(asking);
      auto reading = expect_bytes(both.client, response);
      co_await std::move(reading);
      const std::string up = "\x16\x03\x01 GET / HTTP/1.1\r\n\r\n", down = "HTTP/1.1 500 \r\n\r\n no answer";
      co_await both.client.put(up);
      auto there = expect_bytes(both.server, up);
      co_await std::move(there);
      co_await both.server.put(down);
      auto back = expect_bytes(both.client, down);
      co_await std::move(back);
      both.client.stream().shutdown_write();
      const auto end = co_await both.server.end();
      EXPECT_EQ(end, code(runtime::errc::end_of_stream));
      both.client.stream().close();
      both.server.stream().close();
    }
  }
  raw.close();
  co_await w.stop();
  static_cast<void>(rt);
}
TEST_P(unseen_loopback, tunnels_and_upgrades_pass_on) {
  run(tunnels_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
