// Faults of every type come, change and go at random under clients that try again: whatever they do to single
// connections, nothing stays behind.
#include <array>

#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;
using random = runtime::random_stream;

faults::fault_spec drawn(random& r, int number) {
  static const std::array<const char*, 3> directions{"request", "response", "both"};
  const char* direction = directions.at(r.below(3));
  const auto ms = [&](std::uint64_t most) { return std::to_string(r.below(most)) + "ms"; };
  const auto bytes = [&](std::uint64_t most) { return std::to_string(1 + r.below(most)) + "B"; };
  const auto either = [&](const char* a, const char* b) { return r.below(2) == 0 ? a : b; };
  const std::array<std::pair<const char*, json::object>, 26> all{{
      {"outage", {{"mode", either("refuse", "reset")}}},
      {"outage", {{"mode", "blackhole"}}},
      {"reset_peer", {{"after", ms(200)}, {"direction", direction}}},
      {"timeout", {{"after", ms(300)}, {"direction", direction}}},
      {"half_open", {{"delay", ms(300)}, {"direction", direction}}},
      {"cut", {{"bytes", bytes(3000)}, {"by", either("fin", "reset")}, {"direction", direction}}},
      {"stall", {{"direction", direction}}},
      {"bandwidth", {{"limit", "20kB/s"}, {"direction", direction}, {"shared", r.below(2) == 0}}},
      {"slice", {{"size", bytes(300)}, {"gap", ms(3)}, {"direction", direction}}},
      {"tls", {{"mode", "expired"}}},
      {"dns", {{"mode", either("nxdomain", "timeout")}}},
      {"latency", {{"delay", ms(300)}, {"direction", direction}}},
      {"chunk_latency", {{"delay", ms(100)}, {"direction", direction}}},
      {"slow_close", {{"delay", ms(500)}, {"direction", direction}}},
      {"rate_limit", {{"limit", "5/s"}}},
      {"error", {{"status", 503}, {"committed", r.below(2) == 0}}},
      {"redirect", {{"to", "/elsewhere"}}},
      {"lost_response", {{"hold", ms(500)}}},
      {"header", {{"field", "X-New"}, {"value", "1"}, {"direction", either("request", "response")}}},
      {"stale_response", {}},
      {"wrong_type", {}},
      {"corrupt", {}},
      {"truncate", {{"by", either("fin", "reset")}}},
      {"duplicate_response", {}},
      {"slow_headers", {{"delay", ms(100)}, {"rate", "1kB/s"}}},
      {"slow_body", {{"rate", "1kB/s"}}},
  }};
  const auto& [type, parameters] = all.at(r.below(all.size()));
  faults::fault_spec spec;
  spec.id = "f" + std::to_string(number);
  spec.type = type;
  spec.parameters = parameters;
  if (r.below(3) == 0) spec.match.rate = share{500'000};
  const bool of_beginnings = spec.type == "tls" || spec.type == "dns";
  if (!of_beginnings && r.below(3) == 0) spec.match.path = "/t*";
  if (!of_beginnings && r.below(6) == 0) spec.match.body = "a";
  if (r.below(4) == 0) spec.max_active = 1;
  if (r.below(4) == 0) spec.last = true;
  spec.lease = r.below(4) == 0 ? duration(r.between(duration(10ms), duration(2s))) : duration(1h);
  return spec;
}

runtime::task<> come_and_go(runtime::runtime& rt, world_ref w, random r, instant until) {
  std::vector<faults::fault_spec> known;
  for (int number = 0; rt.now() < until; ++number) {
    co_await pause(rt, r.between(duration(0), duration(200ms)));
    if (known.size() < 4 && r.below(2) == 0) {
      known.push_back(drawn(r, number));
      auto spec = known.back();
      auto applying = w.proxy.injector().apply(std::move(spec));
      const auto applied = co_await std::move(applying);
      EXPECT_TRUE(applied) << known.back().type << ": " << (applied ? "" : applied.error().message());
    } else if (!known.empty()) {
      const auto which = r.below(known.size());
      auto spec = known.at(which);
      if (r.below(3) == 0) {
        // Its lease may be over.
        auto replacing = w.proxy.replace(std::move(spec));
        (void)co_await std::move(replacing);
        continue;
      }
      known.erase(known.begin() + static_cast<std::ptrdiff_t>(which));
      auto removing = w.remove(spec.id);
      const auto last = co_await std::move(removing);
      EXPECT_EQ(last.touched, last.injected + last.skipped) << last.type;
    }
  }
  for (const auto& spec : known) {
    auto removing = w.remove(spec.id);
    const auto last = co_await std::move(removing);
    EXPECT_LT(last.active, 1000U) << last.type << " counts below 0";
  }
}

runtime::task<> one_connection(runtime::runtime& rt, raw_client& client, random& r, std::uint64_t& answered) {
  for (int i = 0; i < 10; ++i) {
    const std::string target = r.below(2) == 0 ? "/two" : "/one";
    const std::string body = R"({"a":")" + std::string(r.below(r.below(4) == 0 ? 100'000 : 100), 'b') + "\"}";
    const std::string request = r.below(2) == 0 ? get(target) : post(target, body);
    const auto most = r.below(8) == 0 ? request.size() / 2 : request.size();
    auto sending = client.put(std::string_view(request).substr(0, most));
    auto limited = with_timeout(rt, rt.now() + 1s, std::move(sending));
    const auto sent = co_await std::move(limited);
    if (!sent || most < request.size()) co_return;
    auto reading = client.response();
    auto awaited = with_timeout(rt, rt.now() + 1s, std::move(reading));
    const auto got = co_await std::move(awaited);
    if (!got) co_return;
    ++answered;
    co_await pause(rt, r.between(duration(0), duration(20ms)));
  }
}
runtime::task<> try_again(runtime::runtime& rt, world_ref w, random r, instant until,
                          std::uint64_t& answered) {
  while (rt.now() < until) {
    auto dialling = connect(rt, w.where, rt.now() + 1s);
    auto dialled = co_await std::move(dialling);
    if (!dialled) {
      co_await pause(rt, 20ms);
      continue;
    }
    raw_client client(std::move(*dialled));
    co_await one_connection(rt, client, r, answered);
    if (r.below(3) == 0) {
      client.stream().reset();
    } else if (r.below(2) == 0) {
      client.stream().shutdown_write();
      co_await pause(rt, 5ms);
    }
    client.stream().close();
  }
}

runtime::task<> anything(runtime::runtime& rt, world_ref w) {
  random r(rt.seed());
  const instant until = rt.now() + 20s;
  std::uint64_t answered = 0;
  std::vector<runtime::task<>> all;
  all.push_back(come_and_go(rt, w, random(r.next()), until));
  for (int i = 0; i < 3; ++i) all.push_back(try_again(rt, w, random(r.next()), until, answered));
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  EXPECT_GT(answered, 20U);
  co_await pause(rt, 200s);
  EXPECT_EQ(w.proxy.connections(), 0U) << "clients have left, faults are over";
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  auto asking = w.proxy.injector().status();
  const auto status = co_await std::move(asking);
  EXPECT_TRUE(status && status->empty());
  auto client = co_await w.connected();
  const std::string request = get("/after");
  co_await client.put(request);
  const auto answer = co_await client.response();
  EXPECT_TRUE(answer && answer->find("answer to /after") != std::string::npos);
  client.stream().close();
  co_await w.stop();
}
TEST(any_faults, leave_nothing_behind) {
  for (std::uint64_t seed = 1; seed <= 8 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_virtual(anything, seed);
  }
}

}  // namespace
}  // namespace epicenter::proxy::testing
