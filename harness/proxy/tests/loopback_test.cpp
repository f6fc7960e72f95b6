// The same on real sockets: what the kernel reports to a client.
#include <epicenter/runtime/real/real_runtime.hpp>

#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

template <class Body>
void run_real(Body body) {
  runtime::real_options options;
  options.seed = 1;
  runtime::real_runtime rt(options);
  proxied_server world(rt);
  spawn(rt, "test", body(rt, world));
  rt.run();
  EXPECT_EQ(world.proxy.connections(), 0U);
}

runtime::task<> outage_body(runtime::runtime& rt, world_ref w) {
  for (const char* mode : {"refuse", "reset"}) {
    auto open = co_await w.connected();
    auto warming = open.send(get("/warm"));
    co_await std::move(warming);
    const auto warm = co_await open.response();
    EXPECT_TRUE(warm);
    auto applying = w.fault("o", "outage", {{"mode", mode}}, {}, 200ms);
    co_await std::move(applying);
    const auto end = co_await open.end();
    EXPECT_EQ(end, code(runtime::errc::reset)) << mode;  // ECONNRESET
    if (std::string_view(mode) == "refuse") {
      const auto refused = co_await w.connect_error();
      EXPECT_EQ(refused, code(runtime::errc::refused));  // ECONNREFUSED
    } else {
      auto fresh = co_await w.connected();
      const auto fresh_end = co_await fresh.end();
      EXPECT_EQ(fresh_end, code(runtime::errc::reset));
    }
    // Nobody renews: the lease ends, and the same port listens again.
    auto waiting = sleep_for(rt, 300ms);
    co_await std::move(waiting);
    auto again = co_await w.connected();
    auto sending = again.send(get("/again"));
    co_await std::move(sending);
    const auto answer = co_await again.response();
    EXPECT_TRUE(answer);
    again.stream().close();
  }
  co_await w.stop();
}
TEST(loopback, refused_and_reset_as_the_kernel_says_it) {
  run_real(outage_body);
}

runtime::task<> http_body(runtime::runtime& rt, world_ref w) {
  faults::selection b;
  b.path = "/b";
  auto erring = w.fault("e", "error", {{"status", 500}}, b);
  co_await std::move(erring);
  auto slowing = w.fault("l", "latency", {{"delay", "50ms"}});
  co_await std::move(slowing);
  auto client = co_await w.connected();
  const instant start = rt.now();
  const std::string large(300'000, 'x');
  auto sending = client.send(get("/a") + get("/b") + post("/c", large));
  co_await std::move(sending);
  const auto first = co_await client.response();
  EXPECT_GE(rt.now() - start, 50ms);
  const auto second = co_await client.response();
  const auto third = co_await client.response();
  EXPECT_TRUE(first && first->find("answer to /a") != std::string::npos);
  EXPECT_TRUE(second && second->starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(third && third->find("answer to /c") != std::string::npos);
  EXPECT_EQ(w.seen.size(), 2U);
  EXPECT_TRUE(w.seen.back().body == large);
  co_await w.remove("e");
  co_await w.remove("l");
  auto losing = w.fault("lost", "lost_response", {{"hold", "20ms"}});
  co_await std::move(losing);
  auto last = client.send(post("/lost", "x"));
  co_await std::move(last);
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_TRUE(client.left_over().empty());
  EXPECT_EQ(w.seen.back().target, "/lost");
  client.stream().close();
  co_await w.stop();
}
TEST(loopback, latency_errors_and_lost_responses_on_real_sockets) {
  run_real(http_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
