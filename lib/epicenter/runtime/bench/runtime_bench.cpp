// What the seam costs: virtual sleeps, time limits and ping-pongs, and a ping-pong over the kernel's
// loopback.
#include <benchmark/benchmark.h>

#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::runtime {
namespace {

task<> sleep_often(runtime& rt, std::int64_t times) {
  for (std::int64_t i = 0; i < times; ++i) co_await sleep_for(rt, 1ms);
}

task<result<>> one_sleep(runtime& rt) {
  return sleep_for(rt, 1ms);
}

task<> limit_often(runtime& rt, std::int64_t times) {
  for (std::int64_t i = 0; i < times; ++i) {
    auto work = one_sleep(rt);
    co_await with_timeout(rt, rt.now() + 30s, std::move(work));
  }
}

task<> echo(runtime&, listener& from) {
  auto peer = co_await accept(from);
  std::array<char, 1024> buffer{};
  for (;;) {
    const auto got = co_await read_some(**peer, boost::asio::buffer(buffer));
    if (!got) break;
    co_await write_all(**peer, boost::asio::buffer(buffer.data(), *got));
  }
}

task<> ping(runtime& rt, endpoint to, std::int64_t times) {
  auto peer = co_await connect(rt, std::move(to), never);
  std::array<char, 200> buffer{};
  for (std::int64_t i = 0; i < times; ++i) {
    co_await write_all(**peer, boost::asio::buffer(buffer));
    co_await read_some(**peer, boost::asio::buffer(buffer));
  }
}

constexpr std::int64_t batch = 10'000;

template <class Start>
void in_virtual_time(benchmark::State& state, Start start) {
  for (auto _ : state) {
    virtual_runtime rt{virtual_options{}};
    start(rt);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void virtual_sleeps(benchmark::State& state) {
  in_virtual_time(state, [](virtual_runtime& rt) {
    spawn(rt, "sleeper", sleep_often(rt, batch));
    rt.run();
  });
}
BENCHMARK(virtual_sleeps);

void virtual_time_limits(benchmark::State& state) {
  in_virtual_time(state, [](virtual_runtime& rt) {
    spawn(rt, "limiter", limit_often(rt, batch));
    rt.run();
  });
}
BENCHMARK(virtual_time_limits);

template <class Runtime>
void ping_pong(Runtime& rt) {
  auto listening = rt.listen({"127.0.0.1", 0, ""});
  spawn(rt, "echo", echo(rt, **listening));
  spawn(rt, "ping", ping(rt, (*listening)->local_endpoint(), batch));
  rt.run();
}

void virtual_ping_pongs(benchmark::State& state) {
  in_virtual_time(state, [](virtual_runtime& rt) { ping_pong(rt); });
}
BENCHMARK(virtual_ping_pongs);

void loopback_ping_pongs(benchmark::State& state) {
  for (auto _ : state) {
    real_runtime rt;
    ping_pong(rt);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(loopback_ping_pongs);

}  // namespace
}  // namespace epicenter::runtime

BENCHMARK_MAIN();
