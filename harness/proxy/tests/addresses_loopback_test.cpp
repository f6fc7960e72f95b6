// Where a route listens and what it reaches, on real sockets: Unix sockets, the PROXY protocol, TLS.
#include <unistd.h>

#include <epicenter/http/private_ca.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>

#include "harness/proxy/handshakes.hpp"
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;
using body = runtime::task<> (*)(runtime::runtime&, world_ref);

void run_real(body test) {
  runtime::real_options options;
  options.seed = 1;
  runtime::real_runtime rt(options);
  proxied_server world(rt);
  spawn(rt, "test", test(rt, world));
  rt.run();
  EXPECT_EQ(world.proxy.connections(), 0U);
}
const runtime::endpoint any{"127.0.0.1", 0, {}};

runtime::task<raw_client> reach(runtime::runtime& rt, runtime::endpoint where) {
  auto dialling = connect(rt, std::move(where), rt.now() + 5s);
  auto dialled = co_await std::move(dialling);
  if (!dialled) throw std::runtime_error("not connected: " + dialled.error().message());
  co_return raw_client(std::move(*dialled));
}
runtime::task<raw_client> arrived(runtime::listener& at) {
  auto accepting = accept(at);
  auto accepted = co_await std::move(accepting);
  if (!accepted) throw std::runtime_error("not accepted: " + accepted.error().message());
  co_return raw_client(std::move(*accepted));
}

runtime::task<> unix_body(runtime::runtime& rt, world_ref w) {
  const std::string folder = ::testing::TempDir() + "/epicenter-wire-" + std::to_string(::getpid());
  const runtime::endpoint front{{}, 0, folder + ".front"}, back{{}, 0, folder + ".back"};
  auto upstream = rt.listen(back);
  EXPECT_TRUE(upstream);
  const auto added = w.proxy.add({"unix", front, back});
  EXPECT_TRUE(added);
  auto reaching = reach(rt, front);
  auto client = co_await std::move(reaching);
  auto arriving = arrived(**upstream);
  auto server = co_await std::move(arriving);
  raw_ends both{std::move(client), std::move(server)};
  for (const bool looked_at : {false, true}) {
    if (looked_at) {
      auto applying = w.fault("l", "latency", {{"delay", "20ms"}});
      co_await std::move(applying);
    }
    const instant start = rt.now();
    auto asking = exchange(both, get("/x"), ok("across"));
    co_await std::move(asking);
    auto reading = expect_bytes(both.client, ok("across"));
    co_await std::move(reading);
    EXPECT_EQ(rt.now() - start >= 20ms, looked_at);
  }
  co_await ends_with(w, "l", 1, 1);
  both.client.stream().close();
  const auto end = co_await both.server.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  both.server.stream().close();
  (*upstream)->close();
  co_await w.stop();
}
TEST(addresses_loopback, unix_sockets_on_both_sides) {
  run_real(unix_body);
}

runtime::task<> announce_body(runtime::runtime& rt, world_ref w) {
  for (const auto version : {proxy_protocol::v1, proxy_protocol::v2}) {
    for (const bool looked_at : {false, true}) {
      if (looked_at) {
        auto applying = w.fault("n", "noop");
        co_await std::move(applying);
      }
      auto upstream = rt.listen(any);
      const std::string name = "r" + std::to_string(static_cast<int>(version)) + (looked_at ? "f" : "");
      const auto added = w.proxy.add({name, any, (*upstream)->local_endpoint(), true, version});
      auto reaching = reach(rt, added->listen);
      auto client = co_await std::move(reaching);
      const auto header = relayed_header(version, client.stream().local_endpoint(), added->listen);
      EXPECT_GT(header.size(), 20U);
      const std::string request = get("/x");
      co_await client.put(request);
      auto arriving = arrived(**upstream);
      auto server = co_await std::move(arriving);
      auto hearing = expect_bytes(server, header + request);
      co_await std::move(hearing);
      client.stream().close();
      server.stream().close();
      (*upstream)->close();
      if (looked_at) {
        auto removing = w.remove("n");
        (void)co_await std::move(removing);
      }
    }
  }
  co_await w.stop();
}
TEST(addresses_loopback, the_upstream_hears_first_on_whose_behalf_it_is_called) {
  run_real(announce_body);
}

runtime::task<> tls_body(runtime::runtime& rt, world_ref w) {
  const auto authority = std::make_shared<http::private_ca>(http::private_ca::make(rt.wall()).value());
  const auto epics = http::private_ca::make(rt.wall()).value();
  const auto issued = epics.issue({"127.0.0.1"}, rt.wall()).value();
  http::server_options secure;
  http::tls_server_options shown;
  shown.certificate_pem = issued.pem;
  shown.private_key_pem = issued.key_pem;
  secure.tls = http::make_tls_server(shown).value();
  std::vector<std::string> heard;
  struct answering {
    static runtime::task<> run(http::exchange& x, std::vector<std::string>& all) {
      all.push_back(x.incoming().target);
      http::response fine;
      fine.body = "over TLS";
      auto responding = x.respond(std::move(fine));
      co_await std::move(responding);
    }
  };
  http::server server(rt, secure, [&heard](http::exchange& x) { return answering::run(x, heard); });
  const auto upstream = server.listen(any).value();
  route_tls both;
  both.terminate = both.originate = true;
  both.upstream_ca_pem = epics.pem();
  route made{"tls", any, upstream};
  made.tls = make_tls_ends(both, authority, rt.wall()).value();
  const auto listening = w.proxy.add(std::move(made)).value().listen;
  http::tls_client_options trusted;
  trusted.ca_pem = authority->pem();
  const auto trust = http::make_tls_client(trusted).value();
  auto erring = w.fault("e", "error", {{"status", 503}}, {}, 60min);
  bool first = true;
  for (const int wanted : {200, 503}) {
    if (!std::exchange(first, false)) co_await std::move(erring);
    auto dialling = connect(rt, listening, rt.now() + 5s);
    auto dialled = co_await std::move(dialling);
    auto shaking = http::tls_connect(rt, trust, std::move(*dialled), "localhost", rt.now() + 5s);
    auto secured = co_await std::move(shaking);
    EXPECT_TRUE(secured) << (secured ? "" : secured.error().message());
    if (!secured) break;
    raw_client client(std::move(*secured));
    const std::string request = get("/x");
    co_await client.put(request);
    const auto got = co_await client.response();
    EXPECT_TRUE(got && got->starts_with("HTTP/1.1 " + std::to_string(wanted)));
    client.stream().close();
  }
  EXPECT_EQ(heard.size(), 1U);
  co_await ends_with(w, "e", 1, 1);
  // A certificate that is over: the client refuses it, and nobody upstream hears of that.
  auto flawing = w.fault("t", "tls", {{"mode", "expired"}});
  co_await std::move(flawing);
  auto dialling = connect(rt, listening, rt.now() + 5s);
  auto dialled = co_await std::move(dialling);
  auto shaking = http::tls_connect(rt, trust, std::move(*dialled), "localhost", rt.now() + 5s);
  const auto refused = co_await std::move(shaking);
  EXPECT_TRUE(!refused && refused.error().message().find("expired") != std::string::npos);
  co_await ends_with(w, "t", 1, 1);
  EXPECT_EQ(heard.size(), 1U);
  co_await w.stop();
  auto stopping = server.stop();
  co_await std::move(stopping);
}
TEST(addresses_loopback, tls_ends_and_begins_at_the_proxy) {
  run_real(tls_body);
}

}  // namespace
}  // namespace epicenter::proxy::testing
