// What a call pays for its breaker, beside what it pays for reading the clock.
#include <benchmark/benchmark.h>

#include <chrono>
#include <epicenter/resilience/breaker.hpp>

namespace {

using namespace epicenter;
using namespace epicenter::resilience;

breaker_options no_jitter() {
  breaker_options o;
  o.jitter = share{0};
  return o;
}

breaker& shared_breaker() {
  static breaker b(no_jitter(), {});
  return b;
}

void clock_read(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::chrono::steady_clock::now());
}
BENCHMARK(clock_read);

void accept_and_record(benchmark::State& state) {
  breaker& b = shared_breaker();
  instant now(100s);
  for (auto _ : state) {
    auto p = b.acquire(now);
    now += 1us;
    p->complete(outcome::ok(), now);
  }
}
BENCHMARK(accept_and_record)->ThreadRange(1, 2);

void reject_open(benchmark::State& state) {
  breaker b(no_jitter(), {});
  for (int i = 0; i < 10; ++i)
    b.acquire(instant(1s))->complete(outcome::fail(failure_kind::reset), instant(1s));
  for (auto _ : state) benchmark::DoNotOptimize(b.acquire(instant(2s)).has_value());
}
BENCHMARK(reject_open);

}  // namespace

BENCHMARK_MAIN();
