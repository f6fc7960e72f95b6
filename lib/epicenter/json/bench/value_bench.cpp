// A page of laboratory results, as a search brings it: parsed and freed, copied and freed, asked by paths.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <new>

namespace {

// Asked of the allocator, by everything in this program.
struct {
  std::size_t calls = 0;
  std::size_t bytes = 0;
} asked;

}  // namespace

void* operator new(std::size_t bytes) {
  ++asked.calls;
  asked.bytes += bytes;
  if (void* const made = std::malloc(bytes)) return made;
  throw std::bad_alloc();
}
void operator delete(void* at) noexcept {
  std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
  std::free(at);
}

namespace epicenter::json {
namespace {

constexpr std::string_view observation =
    R"({"fullUrl":"https://epic.example/api/FHIR/R4/Observation/eABC.123-xyz","resource":{"resourceType":)"
    R"("Observation","id":"eABC.123-xyz","identifier":[{"use":"official","system":"urn:oid:1.2.840.114350.1.13.0.1.7)"
    R"(.6.798268.2000","value":"1234567"}],"status":"final","category":[{"coding":[{"system":)"
    R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"Laboratory"}],)"
    R"("text":"Laboratory"}],"code":{"coding":[{"system":"http://loinc.org","code":"2951-2","display":)"
    R"("Sodium [Moles/volume] in Serum or Plasma"}],"text":"Sodium"},"subject":{"reference":)"
    R"("Patient/eq081-VQEgP8drUUqCWzHfw3","display":"Lin, Derrick"},"effectiveDateTime":"2026-03-02T10:00:00Z",)"
    R"("issued":"2026-03-02T10:41:00Z","valueQuantity":{"value":140.50,"unit":"mmol/L","system":)"
    R"("http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{"coding":[{"system":)"
    R"("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N","display":"Normal"}]}],)"
    R"("referenceRange":[{"low":{"value":136,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},)"
    R"("high":{"value":145,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},)"
    R"("text":"136 - 145 mmol/L"}]},"search":{"mode":"match"}})";

std::string bundle(std::size_t bytes) {
  std::string text = R"({"resourceType":"Bundle","type":"searchset","entry":[)";
  while (text.size() < bytes) {
    text += observation;
    text += ',';
  }
  text.back() = ']';
  return text + '}';
}

void sizes(benchmark::internal::Benchmark* of) {
  of->Arg(1'000)->Arg(10'000)->Arg(57'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);
}

void parse_and_free(benchmark::State& state) {
  const std::string text = bundle(static_cast<std::size_t>(state.range(0)));
  const auto before = asked;
  for (auto _ : state) {
    auto parsed = parse(text);
    benchmark::DoNotOptimize(parsed);
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["allocations"] = static_cast<double>(asked.calls - before.calls) / rounds;
  state.counters["allocated_of_text"] =
      static_cast<double>(asked.bytes - before.bytes) / rounds / static_cast<double>(text.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_and_free)->Apply(sizes);

void copy_and_free(benchmark::State& state) {
  const auto parsed = parse(bundle(static_cast<std::size_t>(state.range(0))));
  const auto before = asked.calls;
  for (auto _ : state) {
    auto copy = *parsed;
    benchmark::DoNotOptimize(copy);
  }
  state.counters["allocations"] =
      static_cast<double>(asked.calls - before) / static_cast<double>(state.iterations());
}
BENCHMARK(copy_and_free)->Apply(sizes);

void write_again(benchmark::State& state) {
  const auto parsed = parse(bundle(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(write(*parsed));
}
BENCHMARK(write_again)->Arg(57'000)->Unit(benchmark::kMicrosecond);

void string_by_path(benchmark::State& state) {
  const auto parsed = parse(observation);
  for (auto _ : state) benchmark::DoNotOptimize(parsed->string_at("resource.interpretation.0.coding.0.code"));
}
BENCHMARK(string_by_path);

}  // namespace
}  // namespace epicenter::json

BENCHMARK_MAIN();
