// A bundle of 50 MB: parsed whole, and read entry by entry as it would come from the wire.
#include <benchmark/benchmark.h>

#include <epicenter/json/element_reader.hpp>

namespace epicenter::json {
namespace {

constexpr std::string_view observation =
    R"({"fullUrl":"https://epic.example/api/FHIR/R4/Observation/eABC","resource":{"resourceType":"Observation",)"
    R"("id":"eABC.123-xyz","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/)"
    R"(CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}],"text":"Vital Signs"}],)"
    R"("code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Pulse"},)"
    R"("subject":{"reference":"Patient/eq081-VQEgP8drUUqCWzHfw3","display":"Lin, Derrick"},)"
    R"("effectiveDateTime":"2026-03-02T10:00:00Z","issued":"2026-03-02T10:00:00Z","valueQuantity":)"
    R"({"value":72.50,"unit":"bpm","system":"http://unitsofmeasure.org","code":"/min"}},"search":{"mode":"match"}})";

const std::string& bundle() {
  static const std::string made = [] {
    std::string text = R"({"resourceType":"Bundle","type":"searchset","entry":[)";
    while (text.size() < 50'000'000) {
      text += observation;
      text += ',';
    }
    text.back() = ']';
    return text + '}';
  }();
  return made;
}

void whole_parse(benchmark::State& state) {
  for (auto _ : state) {
    auto parsed = parse(bundle(), {100'000'000, 64});
    benchmark::DoNotOptimize(parsed);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bundle().size()));
}
BENCHMARK(whole_parse)->Unit(benchmark::kMillisecond);

void entry_by_entry(benchmark::State& state) {
  std::size_t held = 0;
  for (auto _ : state) {
    element_reader reader("entry");
    std::string_view text = bundle();
    while (!text.empty()) {
      std::string_view read = text.substr(0, 64 * 1024);
      text.remove_prefix(read.size());
      while (!read.empty()) {
        const auto used = reader.feed(read);
        read.remove_prefix(*used);
        held = std::max(held, reader.held());
        if (reader.has_element()) benchmark::DoNotOptimize(reader.take_element());
      }
    }
    auto rest = reader.finish();
    benchmark::DoNotOptimize(rest);
  }
  state.counters["held_bytes"] = static_cast<double>(held);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bundle().size()));
}
BENCHMARK(entry_by_entry)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epicenter::json

BENCHMARK_MAIN();
