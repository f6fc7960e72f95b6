// The adapter's own cost: half a simulated hour at 50 operations a second against a server that answers at
// once.
#include <benchmark/benchmark.h>

#include <epicenter/epic/adapter.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::epic {
namespace {

using runtime::task;

const runtime::endpoint address{"epic.test", 80, {}};
constexpr int patients = 200;
constexpr std::int64_t operations = 90'000;

http::response answer(unsigned status, std::string body) {
  http::response made;
  made.status = status;
  made.fields.add("Content-Type", "application/fhir+json");
  made.body = std::move(body);
  return made;
}

// Five resources of about a kilobyte each.
std::string page(std::string_view type, std::string_view patient) {
  std::string body = R"({"resourceType":"Bundle","type":"searchset","entry":[)";
  for (int i = 0; i < 5; ++i) {
    if (i != 0) body += ',';
    body +=
        R"({"resource":{"resourceType":")" + std::string(type) + R"(","id":"r)" + std::to_string(i) + R"(",)";
    body += R"("subject":{"reference":"Patient/)" + std::string(patient) +
            R"("},"patient":{"reference":"Patient/)" + std::string(patient) + R"("},"code":{"coding":[)";
    for (int c = 0; c < 8; ++c)
      body += R"({"system":"http://loinc.org","code":"58410-2","display":"A code of some length"},)";
    body += R"({}]}},"search":{"mode":"match"}})";
  }
  return body + "]}";
}

struct counted_server {
  std::uint64_t exchanges = 0;
  task<> handle(http::exchange& incoming) {
    ++exchanges;
    auto response = respond(incoming.incoming());
    (void)co_await incoming.respond(std::move(response));
  }
  http::response respond(const http::request& request) {
    if (request.target == "/token") {
      return answer(200, R"({"access_token":"t","token_type":"bearer","expires_in":300})");
    }
    const std::string path(request.path().substr(6));
    if (request.method == "POST") {
      auto made = answer(201, {});
      made.fields.add("Location", path + "/x" + std::to_string(exchanges));
      return made;
    }
    if (path.starts_with("Patient/")) {
      return answer(200, R"({"resourceType":"Patient","id":")" + path.substr(8) + R"("})");
    }
    const auto query = request.query();
    const auto start = query.find("patient=") + 8;
    return answer(200, page(path, query.substr(start, query.find('&', start) - start)));
  }
};

struct tally {
  std::int64_t good = 0;
};

task<> operate(adapter& epic, std::uint64_t kind, std::string patient, tally& count) {
  if (kind < 50) {
    read_request request;
    request.patient = std::move(patient);
    auto got = co_await epic.patient_context(std::move(request));
    count.good += got ? 1 : 0;
  } else if (kind < 75) {
    read_request request;
    request.patient = std::move(patient);
    auto got = co_await epic.latest_labs(std::move(request));
    count.good += got ? 1 : 0;
  } else {
    note what;
    what.who.patient = std::move(patient);
    what.who.encounter = "e1";
    what.text = "Feels better.";
    auto got = co_await epic.file_note(std::move(what));
    count.good += got && got->state == write_state::written ? 1 : 0;
  }
}

task<> drive(runtime::runtime& rt, adapter& epic, http::server& server, tally& count) {
  auto random = rt.random("bench");
  runtime::task_group running(rt);
  for (std::int64_t i = 0; i < operations; ++i) {
    const auto kind = random.below(100);
    std::string patient = "p" + std::to_string(random.below(patients));
    running.spawn("operation", operate(epic, kind, std::move(patient), count));
    auto slept = co_await runtime::sleep_for(rt, 20ms);
    if (!slept) break;
  }
  co_await running.join();
  co_await epic.stop();
  co_await server.stop();
}

void half_an_hour(benchmark::State& state) {
  const auto key =
      std::make_shared<const smart::private_key>(smart::generate_test_key(smart::algorithm::es384).value());
  std::uint64_t exchanges = 0;
  for (auto _ : state) {
    runtime::virtual_runtime rt({});
    counted_server site;
    http::server server(rt, {}, [&site](http::exchange& incoming) { return site.handle(incoming); });
    server.listen(address).value();
    const auto ledger = store::open_ledger(rt, ":memory:").value();
    const auto audit = audit::memory_log();
    adapter_options options;
    options.fhir_base = http::parse_url("http://epic.test/fhir").value();
    options.token_url = http::parse_url("http://epic.test/token").value();
    options.client_id = "bench";
    options.key = key;
    options.profile = resilience::interactive_profile();
    std::uint64_t events = 0;
    adapter epic(rt, options, adapter_stores{*ledger, *audit}, [&events](const event&) { ++events; });
    tally count;
    runtime::spawn(rt, "bench", drive(rt, epic, server, count));
    rt.run();
    if (count.good != operations) state.SkipWithError("an operation failed");
    exchanges += site.exchanges;
  }
  state.counters["exchanges/s"] =
      benchmark::Counter(static_cast<double>(exchanges), benchmark::Counter::kIsRate);
  state.counters["operations/s"] = benchmark::Counter(
      static_cast<double>(operations) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(half_an_hour)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace epicenter::epic

BENCHMARK_MAIN();
