// What a call pays for its breaker, beside what it pays for reading the clock. Prints the two ratios that
// count, each of figures measured in turn within one run, and fails where one is missed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <epicenter/resilience/breaker.hpp>
#include <map>
#include <new>
#include <string>
#include <vector>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
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
using namespace epicenter::resilience;

breaker_options no_jitter() {
  breaker_options o;
  o.jitter = share{0};
  return o;
}

// Each benchmark says how often it allocated in its loop: the framework itself allocates around it.
template <class Step>
void measure(benchmark::State& state, Step step) {
  const std::size_t before = allocations;
  for (auto _ : state) step();
  state.counters["allocations"] = static_cast<double>(allocations - before);
}

void clock_read(benchmark::State& state) {
  measure(state, [] { benchmark::DoNotOptimize(std::chrono::steady_clock::now()); });
}

void accept_and_record(benchmark::State& state) {
  breaker b(no_jitter(), {});
  instant now(100s);
  measure(state, [&] {
    auto p = b.acquire(now);
    now += 1us;
    p->complete(outcome::ok(), now);
  });
}

// One call in a hundred fails: every result is judged.
void accept_and_record_some_bad(benchmark::State& state) {
  breaker b(no_jitter(), {});
  instant now(100s);
  int i = 0;
  measure(state, [&] {
    auto p = b.acquire(now);
    now += 1us;
    const bool bad = ++i % 100 == 0;
    p->complete(bad ? outcome::fail(failure_kind::reset) : outcome::ok(), now);
  });
}

void accept_and_release(benchmark::State& state) {
  breaker b(no_jitter(), {});
  measure(state, [&] { benchmark::DoNotOptimize(b.acquire(instant(1s)).has_value()); });
}

void reject_open(benchmark::State& state) {
  breaker b(no_jitter(), {});
  for (int i = 0; i < 10; ++i)
    b.acquire(instant(1s))->complete(outcome::fail(failure_kind::reset), instant(1s));
  measure(state, [&] { benchmark::DoNotOptimize(b.acquire(instant(2s)).has_value()); });
}

// Several runtimes share one breaker.
void shared_by_threads(benchmark::State& state) {
  static breaker b(no_jitter(), {});
  instant now(100s);
  for (auto _ : state) {
    auto p = b.acquire(now);
    now += 1us;
    p->complete(outcome::ok(), now);
  }
}

class least_times final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const auto [place, first] = ns_.try_emplace(run.run_name.function_name, run.GetAdjustedCPUTime());
      if (!first) place->second = std::min(place->second, run.GetAdjustedCPUTime());
      const auto counted = run.counters.find("allocations");
      if (counted != run.counters.end() && counted->second.value > 0) allocated_ = true;
    }
  }

  int verdict() const {
    const double of_clock = ratio("accept_and_record", "clock_read");
    const double some_bad = ratio("accept_and_record_some_bad", "clock_read");
    const double reject = ratio("reject_open", "accept_and_record");
    const double reject_alone = ratio("reject_open", "accept_and_release");
    std::printf("accept + record / one clock read            %.2f (at most 1)\n", of_clock);
    std::printf("the same with 1 %% of failures               %.2f\n", some_bad);
    std::printf("reject / accept + record                    %.2f (at most 1)\n", reject);
    std::printf("reject / accept + release                   %.2f\n", reject_alone);
    std::printf("allocations in any loop                     %s\n", allocated_ ? "yes" : "none");
    return of_clock > 1 || reject > 1 || allocated_ ? 1 : 0;
  }

 private:
  double ratio(const char* a, const char* b) const {
    const auto above = ns_.find(a);
    const auto below = ns_.find(b);
    return above == ns_.end() || below == ns_.end() ? 0 : above->second / below->second;
  }

  std::map<std::string, double> ns_;
  bool allocated_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  // The least of several short runs in turn: what the neighbours of a shared machine do falls on all alike.
  for (int round = 0; round < 5; ++round) {
    const std::string suffix = "/" + std::to_string(round);
    for (const auto& [name, body] : std::vector<std::pair<const char*, void (*)(benchmark::State&)>>{
             {"clock_read", clock_read},
             {"accept_and_record", accept_and_record},
             {"accept_and_record_some_bad", accept_and_record_some_bad},
             {"accept_and_release", accept_and_release},
             {"reject_open", reject_open}}) {
      benchmark::RegisterBenchmark(name, body)->MinTime(0.05);
    }
  }
  benchmark::RegisterBenchmark("shared_by_threads", shared_by_threads)->ThreadRange(1, 2)->MinTime(0.05);
  least_times reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.verdict();
}
