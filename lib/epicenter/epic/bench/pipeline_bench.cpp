// What a call pays for the policies around it, beside the bare exchange of the same request on a loopback
// connection. The server has a thread of its own. Each way of asking has its turn in every round, so that
// what else the machine does falls on all of them alike.
//
//   bare      http::client::send_lent of a finished request
//   read      the same, and its body read as FHIR (fhir::interpret)
//   audited   the same, and an intent before and an outcome after (audit::memory_log)
//   whole     pipeline::run, which does all of that: token held, breaker closed
//
// Policies are what is left: whole less audited. Ratios are of the bare exchange, each of the medians of one
// round, and of the rounds the median: by wall time, and by processor time of the client's thread.
//
// Measured twice: with processors that are kept awake, as on a busy server, and with such as fall asleep
// while they wait for the other side. Falling asleep makes the exchange itself twice as long, and each policy
// finds its code and data in no cache.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <epicenter/epic/bench/processors_awake.hpp>
#include <epicenter/epic/bench/whole_patient.hpp>
#include <epicenter/epic/pipeline.hpp>
#include <epicenter/fhir/response.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>
#include <stdexcept>

namespace epicenter::epic {
namespace {

using runtime::task;

task<> answer(http::exchange& incoming) {
  http::response made;
  made.fields.add("Content-Type", "application/fhir+json; charset=utf-8");
  made.fields.add("Cache-Control", "no-cache,no-store");
  made.fields.add("Pragma", "no-cache");
  made.fields.add("X-Content-Type-Options", "nosniff");
  made.body = whole_patient;
  const result<> sent = co_await incoming.respond(std::move(made));
  if (!sent) throw std::runtime_error(sent.error().message());
}

// No token travels: the first one lasts as long as the benchmark.
task<result<http::response>> grant(smart::token_request_source, instant) {
  http::response made;
  made.body =
      R"({"access_token":"0123456789abcdef0123456789abcdef","token_type":"bearer","expires_in":36000})";
  co_return made;
}

enum way { bare, read, audited, whole, way_count };
constexpr std::array<const char*, way_count> names{"bare", "read", "audited", "whole"};

std::int64_t thread_cpu_ns() {
  rusage used{};
  if (::getrusage(RUSAGE_THREAD, &used) != 0) throw std::runtime_error("getrusage");
  const auto ns = [](const timeval& t) { return (t.tv_sec * 1'000'000 + t.tv_usec) * 1000; };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

// By rounds, in nanoseconds.
struct measured {
  std::vector<double> wall;
  std::vector<double> cpu;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct stack {
  stack(runtime::runtime& world, resilience::profile profile, http::origin server)
      : rt(world),
        where(std::move(server)),
        log(audit::memory_log()),
        trail(rt, *log, secret("0123456789abcdef0123456789abcdef")),
        told(rt, [this](const event&) { ++events; }),
        client(rt, {}),
        background(rt),
        through(rt, pipeline_options{where, where, std::move(profile), fhir::request_builder("/fhir")},
                pipeline_parts{client, told, trail, background}, endpoint_guard::listener()),
        tokens(rt, token_options(), smart::generate_test_key(smart::algorithm::es384).value(), grant, {}) {
    through.use_tokens(tokens);
    finished = through.build().read("Patient", "e1").value();
    finished.fields.set("X-Request-Id", through.make_operation_id() + ".1.1");
    finished.fields.set("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
  }

  static smart::token_options token_options() {
    smart::token_options made;
    made.client_id = "bench";
    made.audience = "http://epic.test/token";
    made.target = "/token";
    return made;
  }

  call make_call() {
    call asked;
    asked.operation = through.make_operation_id();
    asked.message = through.build().read("Patient", "e1").value();
    asked.user = "clinician-1";
    asked.patient = pseudonym;
    asked.deadline = rt.now() + 10s;
    return asked;
  }

  runtime::runtime& rt;
  http::origin where;
  std::uint64_t events = 0;
  std::unique_ptr<audit::log> log;
  audit_trail trail;
  announcer told;
  http::client client;
  runtime::task_group background;
  pipeline through;
  smart::token_manager tokens;
  http::request finished;
  std::string pseudonym = trail.pseudonym("e1");
};

bool is_patient(const fhir::interpretation& content) {
  const auto* resource = std::get_if<fhir::resource>(&content);
  return resource != nullptr && fhir::type_of(resource->content) == "Patient";
}

task<bool> send_bare(stack& s, const call& asked, bool reads, bool audits) {
  const std::string subject = asked.operation + ".1.1";
  const audit_trail::who by{asked.user, asked.patient};
  if (audits) {
    auto noted = co_await s.trail.intent(audited_call, subject, by);
    if (!noted) co_return false;
  }
  auto got = co_await s.client.send_lent(s.where, s.finished, s.rt.now(), asked.deadline);
  if (!got) co_return false;
  if (reads && !is_patient(fhir::interpret(*got))) co_return false;
  if (audits) s.trail.outcome(audited_call, subject, by, std::to_string(got->status));
  co_return got->status == 200;
}

task<bool> run_whole(stack& s, call& asked) {
  auto got = co_await s.through.run(asked);
  co_return got.has_value() && is_patient(got->content);
}

task<> turn(stack& s, way how, int count, measured* into) {
  std::vector<double> took;
  const std::int64_t cpu_before = thread_cpu_ns();
  for (int i = 0; i < count; ++i) {
    call asked = s.make_call();
    const auto began = std::chrono::steady_clock::now();
    bool good = false;
    if (how == whole) {
      good = co_await run_whole(s, asked);
    } else {
      good = co_await send_bare(s, asked, how >= read, how >= audited);
    }
    took.push_back(static_cast<double>((std::chrono::steady_clock::now() - began).count()));
    if (!good) throw std::runtime_error("an exchange failed");
  }
  if (into == nullptr) co_return;
  into->cpu.push_back(static_cast<double>(thread_cpu_ns() - cpu_before) / count);
  into->wall.push_back(median(std::move(took)));
}

using all_measured = std::array<measured, way_count>;
constexpr int calls_a_turn = 50;
constexpr int rounds = 100;

task<> take_turns(stack& s, all_measured& into) {
  // The class's percentiles are known from the second second on; only then is a hedge thought of.
  co_await turn(s, whole, 1000, nullptr);
  auto slept = co_await runtime::sleep_for(s.rt, 1100ms);
  if (!slept) throw std::runtime_error("cancelled");
  co_await turn(s, whole, 100, nullptr);
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < way_count; ++i) {
      const auto how = static_cast<way>((i + round) % way_count);
      co_await turn(s, how, calls_a_turn, &into.at(how));
    }
  }
}

task<> client_side(runtime::runtime& rt, resilience::profile profile, http::origin where, all_measured& into,
                   std::function<void()> then) {
  stack s(rt, std::move(profile), std::move(where));
  co_await take_turns(s, into);
  s.background.cancel();
  co_await s.background.join();
  co_await s.tokens.stop();
  co_await s.client.stop();
  then();
}

// What one way costs beyond another, in percent of the bare exchange.
double beyond(const all_measured& all, std::vector<double> measured::*what, way more, way less) {
  std::vector<double> shares;
  for (std::size_t round = 0; round < (all[bare].*what).size(); ++round) {
    const double difference = (all[more].*what)[round] - (all[less].*what)[round];
    shares.push_back(100 * difference / (all[bare].*what)[round]);
  }
  return median(std::move(shares));
}

void report(benchmark::State& state, const all_measured& all) {
  for (std::size_t i = 0; i < way_count; ++i) {
    state.counters[std::string("us_") + names.at(i)] = median(all.at(i).wall) / 1e3;
    state.counters[std::string("cpu_us_") + names.at(i)] = median(all.at(i).cpu) / 1e3;
  }
  state.counters["policies_%"] = beyond(all, &measured::wall, whole, audited);
  state.counters["reading_%"] = beyond(all, &measured::wall, read, bare);
  state.counters["audit_%"] = beyond(all, &measured::wall, audited, read);
  state.counters["whole_%"] = beyond(all, &measured::wall, whole, bare);
  state.counters["cpu_policies_%"] = beyond(all, &measured::cpu, whole, audited);
  state.counters["cpu_whole_%"] = beyond(all, &measured::cpu, whole, bare);
}

void around_a_read(benchmark::State& state, bool awake, bool hedged) {
  const auto kept_awake = awake ? usable_processors() : std::vector<std::size_t>();
  all_measured all;
  for (auto _ : state) {
    runtime::runtime_team team(2 + kept_awake.size());
    std::atomic<bool> over = false;
    keep_awake(team, 2, kept_awake, over);
    http::server server(team.at(1), {}, answer);
    http::origin where;
    where.server = server.listen(runtime::endpoint{"127.0.0.1", 0, ""}).value();
    auto profile = resilience::interactive_profile();
    profile[resilience::endpoint_class::read].hedge.enabled = hedged;
    auto end_all = [&team, &server, &over] {
      over = true;
      team.at(1).post([&team, &server] { runtime::spawn(team.at(1), "stop", server.stop()); });
    };
    runtime::spawn(team.at(0), "client", client_side(team.at(0), std::move(profile), where, all, end_all));
    team.run();
  }
  report(state, all);
}
void as_a_whole(benchmark::internal::Benchmark* made) {
  made->Unit(benchmark::kSecond)->UseRealTime()->Iterations(3);
}
BENCHMARK_CAPTURE(around_a_read, awake_hedge_ready, true, true)->Apply(as_a_whole);
BENCHMARK_CAPTURE(around_a_read, awake_hedge_off, true, false)->Apply(as_a_whole);
BENCHMARK_CAPTURE(around_a_read, asleep_hedge_ready, false, true)->Apply(as_a_whole);
BENCHMARK_CAPTURE(around_a_read, asleep_hedge_off, false, false)->Apply(as_a_whole);

}  // namespace
}  // namespace epicenter::epic

BENCHMARK_MAIN();
