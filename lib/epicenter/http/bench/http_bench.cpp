// Exchanges a second of client and server in one thread: in virtual time (in memory), on loopback, and
// through TLS.
#include <benchmark/benchmark.h>

#include <epicenter/http/client.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::http {
namespace {

using runtime::task;

task<> answer(exchange& x) {
  response r;
  r.fields.add("Content-Type", "application/fhir+json");
  r.body.assign(500, 'x');
  const result<> sent = co_await x.respond(std::move(r));
  if (!sent) throw std::runtime_error(sent.error().message());
}

struct secrets {
  tls_context_ptr server;
  tls_context_ptr client;
};

secrets make_secrets(wall_time now) {
  const private_ca ca = private_ca::make(now).value();
  const certificate c = ca.issue({"127.0.0.1"}, now).value();
  tls_server_options so{c.pem, c.key_pem};
  tls_client_options co;
  co.ca_pem = ca.pem();
  return {make_tls_server(so).value(), make_tls_client(co).value()};
}

task<> exchanges(runtime::runtime& rt, const secrets* tls, std::int64_t count) {
  server_options so;
  client_options co;
  origin where;
  if (tls != nullptr) {
    so.tls = tls->server;
    co.tls = tls->client;
    where.tls = true;
  }
  server s(rt, so, answer);
  client c(rt, co);
  runtime::endpoint any{"127.0.0.1", 0, ""};
  where.server = s.listen(std::move(any)).value();
  for (std::int64_t i = 0; i != count; ++i) {
    request r;
    r.target = "/Patient/e1?_format=json";
    r.fields.add("Accept", "application/fhir+json");
    r.fields.add("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
    const instant limit = rt.now() + 10s;
    auto got = co_await c.send(where, std::move(r), limit);
    if (!got) throw std::runtime_error(got.error().why.message());
  }
  co_await c.stop();
  co_await s.stop();
}

constexpr std::int64_t batch = 1000;

void in_virtual_time(benchmark::State& state) {
  for (auto _ : state) {
    runtime::virtual_runtime rt{runtime::virtual_options{}};
    runtime::spawn(rt, "bench", exchanges(rt, nullptr, batch));
    rt.run();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(in_virtual_time)->Unit(benchmark::kMillisecond);

void on_loopback(benchmark::State& state, bool secure) {
  const secrets tls = make_secrets(runtime::real_runtime().wall());
  for (auto _ : state) {
    runtime::real_runtime rt;
    runtime::spawn(rt, "bench", exchanges(rt, secure ? &tls : nullptr, batch));
    rt.run();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK_CAPTURE(on_loopback, plain, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(on_loopback, tls, true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epicenter::http

BENCHMARK_MAIN();
