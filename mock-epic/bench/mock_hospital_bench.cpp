// What a hospital costs: to make it, to write a chart, to search its people, and how much it holds.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock {
namespace {

data::hospital hospital_of(std::int64_t patients) {
  data::hospital_options options;
  options.patients = static_cast<std::uint32_t>(patients);
  options.today = wall_time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 5});
  return data::hospital(options);
}

double resident_mib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

void make_store(benchmark::State& state) {
  for (auto _ : state) {
    fhir::store store(hospital_of(state.range(0)));
    benchmark::DoNotOptimize(&store);
  }
}
BENCHMARK(make_store)->Arg(200)->Arg(100'000)->Unit(benchmark::kMicrosecond);

void write_chart(benchmark::State& state) {
  const data::hospital hospital = hospital_of(state.range(0));
  std::size_t at = 9;  // past the sandbox's patients
  for (auto _ : state) {
    benchmark::DoNotOptimize(hospital.chart(at));
    if (++at == hospital.size()) at = 9;
  }
}
BENCHMARK(write_chart)->Arg(200)->Arg(100'000)->Unit(benchmark::kMicrosecond);

void find_people(benchmark::State& state) {
  const data::hospital hospital = hospital_of(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        hospital.find_people([](const data::demographics& one) { return one.family == "Okafor"; }));
  }
}
BENCHMARK(find_people)->Arg(200)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// Every resource once, through the store: what walking the whole hospital takes and holds.
void walk_everything(benchmark::State& state) {
  std::size_t count = 0;
  for (auto _ : state) {
    fhir::store store(hospital_of(state.range(0)));
    count = 0;
    store.visit([&count](const fhir::resource_ptr&) { return ++count > 0; });
  }
  state.counters["resources"] = static_cast<double>(count);
  state.counters["a_patient"] = static_cast<double>(count) / static_cast<double>(state.range(0));
  state.counters["MiB"] = resident_mib();
}
BENCHMARK(walk_everything)->Arg(200)->Arg(100'000)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace epicenter::mock

BENCHMARK_MAIN();
