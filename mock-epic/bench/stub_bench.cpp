// What a request costs by the number of stubs: the last one added must not cost more than twice the only one.
#include <benchmark/benchmark.h>

#include "mock-epic/stubs/stub_engine.hpp"

namespace epicenter::mock::stubs {
namespace {

const std::string& kind_of(std::int64_t kind) {
  static const std::string kinds[] = {"url", "urlPath", "urlPathPattern", "urlPathTemplate"};
  return kinds[kind];
}

std::string url_of(std::int64_t kind, std::int64_t i) {
  const std::string at = "/api/resource" + std::to_string(i);
  if (kind == 2) return at + "/[0-9]+";
  return at + (kind == 3 ? "/{id}" : "/7");
}

void fill(stub_engine& engine, std::int64_t kind, std::int64_t count) {
  mock::journal journal;
  const admin_world world{journal, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    http::request r;
    r.method = "POST";
    r.body = R"({"request":{"method":"GET",")" + kind_of(kind) + R"(":")" + url_of(kind, i) +
             R"("},"response":{"body":"x"}})";
    engine.admin(r, "/mappings", world);
  }
}

/// Arguments: kind of URL matcher, stubs.
void match(benchmark::State& state) {
  stub_engine engine(engine_options{});
  fill(engine, state.range(0), state.range(1));
  http::request r;
  // The oldest stub: the last in match order.
  r.target = "/api/resource0/7";
  for (auto _ : state) {
    const stub_request view(r, {});
    benchmark::DoNotOptimize(engine.match(view));
  }
  state.SetLabel(kind_of(state.range(0)));
}
BENCHMARK(match)->ArgsProduct({{0, 1, 2, 3}, {1, 2'000}});

void no_stub(benchmark::State& state) {
  stub_engine engine(engine_options{});
  http::request r;
  r.target = "/interconnect-fhir-oauth/api/FHIR/R4/Patient/1";
  for (auto _ : state) {
    const stub_request view(r, {});
    benchmark::DoNotOptimize(engine.match(view));
  }
}
BENCHMARK(no_stub);

void create_stubs(benchmark::State& state) {
  for (auto _ : state) {
    stub_engine engine(engine_options{});
    fill(engine, 1, state.range(0));
  }
}
BENCHMARK(create_stubs)->Arg(2'000)->Unit(benchmark::kMillisecond);

/// Both in one loop, so that a busy machine slows both: the ratio is what is promised.
void ratio_of_2000_to_1(benchmark::State& state) {
  stub_engine few(engine_options{});
  stub_engine many(engine_options{});
  fill(few, state.range(0), 1);
  fill(many, state.range(0), 2'000);
  http::request r;
  r.target = "/api/resource0/7";
  std::chrono::nanoseconds spent[2]{};
  stub_engine* engines[2] = {&few, &many};
  for (auto _ : state) {
    for (std::size_t which = 0; which < 2; ++which) {
      const auto begin = std::chrono::steady_clock::now();
      for (int i = 0; i < 100; ++i) {
        const stub_request view(r, {});
        benchmark::DoNotOptimize(engines[which]->match(view));
      }
      spent[which] += std::chrono::steady_clock::now() - begin;
    }
  }
  state.counters["ratio"] = static_cast<double>(spent[1].count()) / static_cast<double>(spent[0].count());
  state.SetLabel(kind_of(state.range(0)));
}
BENCHMARK(ratio_of_2000_to_1)->DenseRange(0, 3);

void journal_a_request(benchmark::State& state) {
  mock::journal journal(journal_options::of_command(1));
  http::request r;
  r.target = "/interconnect-fhir-oauth/api/FHIR/R4/Patient/1";
  r.fields = {{"Host", "127.0.0.1:8080"}, {"Authorization", "Bearer x"}, {"Accept", "application/fhir+json"}};
  http::response answer;
  answer.fields = {{"Content-Type", "application/fhir+json"}, {"Cache-Control", "no-cache"}};
  answer.body = std::string(3'000, 'x');
  for (auto _ : state) {
    const std::uint64_t seq = journal.received({});
    journal.describe_request(seq, r, {});
    journal.describe_response(seq, answer);
    journal.matched(seq, "", true);
  }
}
BENCHMARK(journal_a_request);

}  // namespace
}  // namespace epicenter::mock::stubs

BENCHMARK_MAIN();
