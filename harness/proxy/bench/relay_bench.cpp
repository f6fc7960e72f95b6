// What the proxy costs in virtual time: exchanges a second through it and without it, with and without a
// fault.
#include <benchmark/benchmark.h>

#include <epicenter/http/client.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {
namespace {

enum class way { direct, relayed, delayed };

runtime::task<> answer(http::exchange& x) {
  http::response ok;
  ok.body = std::string(1500, 'x');
  auto responding = x.respond(std::move(ok));
  co_await std::move(responding);
}

runtime::task<> load(runtime::runtime& rt, http::client& client, http::origin where, int count,
                     int& answered) {
  for (int i = 0; i < count; ++i) {
    http::request r;
    r.target = "/interconnect-fhir-oauth/api/FHIR/R4/Patient/x";
    auto sending = client.send(where, std::move(r), rt.now() + 60s);
    const auto got = co_await std::move(sending);
    if (got) ++answered;
  }
}

runtime::task<> whole(runtime::runtime& rt, way through, int clients, int each, int& answered) {
  http::server server(rt, {}, answer);
  fault_proxy proxy(rt, {});
  const runtime::endpoint any{"127.0.0.1", 0, {}};
  const auto upstream = server.listen(any).value();
  http::origin where;
  where.server = upstream;
  if (through != way::direct) where.server = proxy.add({"epic", any, upstream}).value().listen;
  if (through == way::delayed) {
    faults::fault_spec slow;
    slow.id = "slow";
    slow.type = "latency";
    slow.parameters = {{"delay", "10ms..20ms"}};
    slow.lease = 60min;
    auto applying = proxy.injector().apply(std::move(slow));
    const auto applied = co_await std::move(applying);
    if (!applied) co_return;
  }
  http::client client(rt, {});
  std::vector<runtime::task<>> parts;
  for (int i = 0; i < clients; ++i) parts.push_back(load(rt, client, where, each, answered));
  auto all = when_all(rt, std::move(parts));
  co_await std::move(all);
  co_await client.stop();
  co_await proxy.stop();
  co_await server.stop();
}

void exchanges(benchmark::State& state, way through) {
  int answered = 0;
  for (auto step : state) {
    static_cast<void>(step);
    runtime::virtual_runtime rt({});
    spawn(rt, "bench", whole(rt, through, 20, 500, answered));
    rt.run();
  }
  state.SetItemsProcessed(answered);
}
BENCHMARK_CAPTURE(exchanges, direct, way::direct)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(exchanges, relayed, way::relayed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(exchanges, delayed, way::delayed)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epicenter::proxy

BENCHMARK_MAIN();
