// What a call pays for asking its flag, beside what it pays for reading the clock. Counts allocations.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <epicenter/policy/service.hpp>
#include <new>

namespace {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace {

using namespace epicenter;
using namespace epicenter::policy;

service& shared_service(int kind) {
  static const auto made = [] {
    std::array<std::unique_ptr<service>, 3> all;
    for (auto& one : all)
      one = *service::open({{}, [](std::span<const policy_change>) { return result<>(); }, {}});
    const change_origin origin{"bench", {}, {}};
    (void)all[1]->apply({{"epic_fhir_write", set_rollout{5000}}}, origin);
    (void)all[2]->apply({{"epic_fhir_write", set_rollout{5000}}}, origin);
    for (int i = 0; i < 100; ++i)
      (void)all[2]->apply({{"epic_fhir_write", set_override{"someone_" + std::to_string(i), true}}}, origin);
    return all;
  }();
  return *made.at(static_cast<std::size_t>(kind));
}

void clock_read(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::chrono::steady_clock::now());
}
BENCHMARK(clock_read);

// 0: on for everybody, 1: half of the users, 2: half of the users and 100 overrides.
void is_enabled(benchmark::State& state) {
  const service& flags = shared_service(static_cast<int>(state.range(0)));
  const std::string user = "eM5CWtq15N0WJeuCet5bJlQ3";
  const std::uint64_t before = allocations.load();
  for (auto _ : state) benchmark::DoNotOptimize(flags.is_enabled(epic_fhir_write, user));
  if (state.thread_index() == 0 && state.threads() == 1)
    state.counters["allocations"] = static_cast<double>(allocations.load() - before);
}
BENCHMARK(is_enabled)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(is_enabled)->Arg(0)->Arg(1)->Arg(2)->Threads(2);

}  // namespace

BENCHMARK_MAIN();
