// Faults that slow and lose nothing come and go at random, on connections and on single exchanges: every byte
// arrives, in order, and in the end nothing is held.
#include <array>
#include <span>

#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;
using random = runtime::random_stream;

std::uint64_t injected_in_all = 0;

struct planned {
  std::string request, response;
};

std::string body_of(random& r) {
  const auto most = r.below(4) == 0 ? std::uint64_t{200'000} : std::uint64_t{300};
  std::string body(r.below(most), '\0');
  for (auto& c : body) c = static_cast<char>('a' + r.below(26));
  return body;
}
std::string response_of(random& r) {
  const std::string body = body_of(r);
  if (r.below(2) == 0) return ok(body);
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size();) {
    const auto part = std::min<std::size_t>(body.size() - at, 1 + r.below(5000));
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", part);
    text += size + body.substr(at, part) + "\r\n";
    at += part;
  }
  return text + "0\r\n\r\n";
}
std::vector<planned> plan_of(random& r) {
  static constexpr std::array<const char*, 3> targets{"/one", "/two", "/three"};
  std::vector<planned> all(30);
  for (auto& p : all) {
    const std::string target = targets.at(r.below(3));
    p.request = r.below(2) == 0 ? get(target) : post(target, body_of(r));
    p.response = response_of(r);
  }
  return all;
}

runtime::task<> in_parts(runtime::runtime& rt, raw_client& to, const std::string& text, random& r) {
  for (std::size_t at = 0; at < text.size();) {
    const auto part = std::min<std::size_t>(text.size() - at, 1 + r.below(r.below(2) == 0 ? 40'000 : 200));
    (void)co_await to.put(std::string_view(text).substr(at, part));
    at += part;
    if (r.below(3) == 0) co_await pause(rt, r.between(duration(0), duration(5ms)));
  }
}
runtime::task<> play_server(runtime::runtime& rt, raw_client& server, const std::vector<planned>& plan,
                            random r) {
  for (const auto& p : plan) {
    auto hearing = expect_bytes(server, p.request);
    co_await std::move(hearing);
    co_await in_parts(rt, server, p.response, r);
  }
}
runtime::task<> ask(runtime::runtime& rt, raw_client& client, std::span<const planned> some, random r) {
  for (const auto& p : some) co_await in_parts(rt, client, p.request, r);
}
runtime::task<> hear(raw_client& client, std::span<const planned> some) {
  for (const auto& p : some) {
    auto reading = expect_bytes(client, p.response);
    co_await std::move(reading);
  }
}
/// Pipelines now and then; reads while it writes, or large messages would wait for each other.
runtime::task<> play_client(runtime::runtime& rt, raw_client& client, const std::vector<planned>& plan,
                            random r) {
  std::span<const planned> left(plan);
  while (!left.empty()) {
    const auto some = left.first(std::min<std::size_t>(left.size(), 1 + r.below(3)));
    left = left.subspan(some.size());
    std::vector<runtime::task<>> both;
    both.push_back(ask(rt, client, some, random(r.next())));
    both.push_back(hear(client, some));
    auto running = when_all(rt, std::move(both));
    co_await std::move(running);
  }
}

struct choice {
  const char* type;
  json::object parameters;
};
choice drawn(random& r) {
  static const std::array<const char*, 3> directions{"request", "response", "both"};
  const char* direction = directions.at(r.below(3));
  const auto ms = [&](std::uint64_t most) { return std::to_string(r.below(most)) + "ms"; };
  switch (r.below(7)) {
    case 0:
      return {"latency", {{"delay", ms(200)}, {"direction", direction}}};
    case 1:
      return {"bandwidth",
              {{"limit", std::to_string(10'000 + r.below(500'000)) + "B/s"},
               {"direction", direction},
               {"shared", r.below(2) == 0}}};
    case 2:
      return {
          "slice",
          {{"size", std::to_string(100 + r.below(20'000)) + "B"}, {"gap", ms(5)}, {"direction", direction}}};
    case 3:
      return {"chunk_latency", {{"delay", ms(100)}, {"jitter", ms(50)}, {"direction", direction}}};
    case 4:
      return {"slow_headers", {{"delay", ms(100)}, {"rate", "500B/s"}}};
    case 5:
      return {"slow_body", {{"rate", "50kB/s"}, {"delay", ms(50)}}};
    default:
      return {"stall", {{"direction", direction}}};
  }
}

runtime::task<> come_and_go(runtime::runtime& rt, world_ref w, random r, const bool& over) {
  std::vector<faults::fault_spec> active;
  for (int number = 0; !over && rt.now() < instant(30min); ++number) {
    co_await pause(rt, r.between(duration(1ms), duration(30ms)));
    if (active.size() < 4 && r.below(2) == 0) {
      auto what = drawn(r);
      faults::fault_spec spec;
      spec.id = "f" + std::to_string(number);
      spec.type = what.type;
      spec.parameters = std::move(what.parameters);
      if (r.below(2) == 0) spec.match.path = r.below(2) == 0 ? "/one" : "/t*";
      if (r.below(4) == 0) spec.max_active = 1;
      spec.lease = 1h;
      active.push_back(spec);
      auto applying = w.proxy.injector().apply(std::move(spec));
      const auto applied = co_await std::move(applying);
      EXPECT_TRUE(applied) << what.type;
    } else if (!active.empty()) {
      const auto which = r.below(active.size());
      const bool again = r.below(3) == 0;
      const auto id = active.at(which).id;
      if (again) {
        auto replacing = w.proxy.replace(active.at(which));
        const auto replaced = co_await std::move(replacing);
        EXPECT_TRUE(replaced);
        continue;
      }
      active.erase(active.begin() + static_cast<std::ptrdiff_t>(which));
      auto removing = w.remove(id);
      const auto last = co_await std::move(removing);
      EXPECT_EQ(last.active, 0U) << last.type;
      injected_in_all += last.injected;
      EXPECT_EQ(last.touched, last.injected + last.skipped) << last.type;
    }
  }
  for (const auto& spec : active) {
    auto removing = w.remove(spec.id);
    const auto last = co_await std::move(removing);
    EXPECT_EQ(last.active, 0U) << last.type;
  }
}
runtime::task<> play(runtime::runtime& rt, raw_ends& both, const std::vector<planned>& plan, random r,
                     bool& over) {
  std::vector<runtime::task<>> all;
  all.push_back(play_server(rt, both.server, plan, random(r.next())));
  all.push_back(play_client(rt, both.client, plan, random(r.next())));
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  over = true;
}

runtime::task<> lossless(runtime::runtime& rt, world_ref w) {
  random r(rt.seed());
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  const auto plan = plan_of(r);
  bool over = false;
  std::vector<runtime::task<>> all;
  all.push_back(play(rt, both, plan, random(r.next()), over));
  all.push_back(come_and_go(rt, w, random(r.next()), over));
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  co_await passes_through(rt, both);
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(lossless_faults, lose_and_reorder_nothing_whatever_comes_and_goes) {
  for (std::uint64_t seed = 1; seed <= 40 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_virtual(lossless, seed);
  }
  EXPECT_GT(injected_in_all, 200U) << "or nothing was tried";
}

}  // namespace
}  // namespace epicenter::proxy::testing
