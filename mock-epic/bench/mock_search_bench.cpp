// How many requests a second the FHIR engine answers in process, and what it costs to write the charts.
#include <benchmark/benchmark.h>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::mock {
namespace {

fhir::engine make_engine() {
  data::hospital_options hospital;
  hospital.seed = 1;
  hospital.patients = 200;
  hospital.today = wall_time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 5});
  fhir::engine_options options;
  options.orders = true;
  options.base_path = fhir_path;
  options.token_path = token_path;
  return fhir::engine(std::move(options), data::hospital(hospital));
}

void search(benchmark::State& state, std::string_view query) {
  fhir::engine engine = make_engine();
  http::request request;
  request.fields.add("Host", "127.0.0.1:8080");
  request.fields.add("Accept", "application/fhir+json");
  std::size_t i = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    request.target =
        std::string(fhir_path) + std::string(query) + engine.store().hospital().key(i++ % 200).patient;
    fhir::answer answer = engine.handle(request, {});
    bytes += answer.response.body.size();
    benchmark::DoNotOptimize(answer);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["body"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(search, labs, "/Observation?category=laboratory&patient=");
BENCHMARK_CAPTURE(search, labs_by_date, "/Observation?category=laboratory&date=ge2020&_sort=-date&patient=");
BENCHMARK_CAPTURE(search, labs_by_unknown_code, "/Observation?code=http://loinc.org|0000-0&patient=");
BENCHMARK_CAPTURE(search, labs_with_patient,
                  "/Observation?category=laboratory&_include=Observation:subject&patient=");
BENCHMARK_CAPTURE(search, chained, "/Observation?category=laboratory&patient._id=x&patient=");
BENCHMARK_CAPTURE(search, allergies, "/AllergyIntolerance?patient=");
BENCHMARK_CAPTURE(search, patient_read, "/Patient/");

void capabilities(benchmark::State& state) {
  fhir::engine engine = make_engine();
  http::request request;
  request.fields.add("Host", "127.0.0.1:8080");
  request.target = std::string(fhir_path) + "/metadata";
  for (auto _ : state) benchmark::DoNotOptimize(engine.handle(request, {}));
}
BENCHMARK(capabilities)->Unit(benchmark::kMicrosecond);

void write_all_charts(benchmark::State& state) {
  for (auto _ : state) {
    fhir::engine engine = make_engine();
    benchmark::DoNotOptimize(engine.store().of_type(fhir::type_id::patient).size());
  }
}
BENCHMARK(write_all_charts)->Unit(benchmark::kMillisecond);

void reset(benchmark::State& state) {
  for (auto _ : state) {
    fhir::engine engine = make_engine();
    benchmark::DoNotOptimize(&engine);
  }
}
BENCHMARK(reset)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epicenter::mock

BENCHMARK_MAIN();
