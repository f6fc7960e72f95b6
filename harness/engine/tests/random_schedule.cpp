#include "harness/engine/tests/random_schedule.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/random.hpp>
#include <sstream>
#include <stdexcept>

#include "harness/faults/catalog.hpp"
#include "harness/faults/operation.hpp"
#include "harness/scenario/load.hpp"

namespace epicenter::engine {
namespace {

using runtime::random_stream;

constexpr std::string_view frame = R"(
version: 1
name: random-schedule
title: A random schedule of faults
owner: tests
epic: {profile: orders}
load:
  rate: 10/s
  operations:
    - {name: patient-context, weight: 1}
thresholds:
  success_rate:  {healthy_above: 99%,   critical_below: 95%}
  write_success: {healthy_above: 99%,   critical_below: 95%}
  avg_latency:   {healthy_below: 500ms, critical_above: 2000ms}
  circuit_state: {healthy: CLOSED, warning: HALF_OPEN, critical: OPEN}
min_samples: 10
steady_state:
  success_rate: healthy
  write_success: healthy
  avg_latency: healthy
  circuit_state: healthy
phases:
  baseline: {length: 25s, warm_up: 5s}
  recovery: {length: 200s, settle: 150s}
invariants:
  - no_lost_write
  - no_duplicate_write
  - every_write_accounted
  - no_use_of_expired_token
  - legal_circuit_transitions
  - audit_complete
  - no_phi_in_logs
  - no_wrong_patient
  - stale_within_bound
  - retry_amplification: {at_most: 3}
experiments:
  - name: random
    hypothesis: The adapter is safe whatever happens, and well again afterwards.
    during: 60s
    faults:
      - {type: outage}
    at_worst: {success_rate: critical, write_success: critical, avg_latency: critical, circuit_state: critical}
)";

scenario::scenario framed() {
  auto loaded = scenario::load_text("random", frame);
  if (!loaded) throw std::runtime_error("the frame is no scenario: " + loaded.error().front().message);
  return std::move(*loaded);
}

template <class T, std::size_t N>
const T& pick(random_stream& r, const std::array<T, N>& from) {
  return from[r.below(N)];
}

std::int64_t span_in(random_stream& r, duration low, duration high) {
  return r.between(low, high).count();
}

/// Short and long: half of the delays stay below the attempt time-outs, some go far beyond.
json::value random_delay(random_stream& r) {
  const duration longest = pick(r, std::array<duration, 4>{300ms, 2s, 6s, 30s});
  const std::int64_t a = span_in(r, 1ms, longest);
  const std::int64_t b = span_in(r, 1ms, longest);
  switch (r.below(3)) {
    case 0:
      return json::object{{"kind", "uniform"}, {"from", std::min(a, b)}, {"to", std::max(a, b)}};
    case 1:
      return json::object{{"kind", "lognormal"}, {"median", std::min(a, b)}, {"p99", std::max(a, b)}};
    default:
      return json::object{{"kind", "normal"}, {"mean", a}, {"deviation", b / 2}};
  }
}

/// A server that says it did not act, and did, is beyond every rule: `committed` goes with statuses that
/// leave it open.
json::object random_error(random_stream& r) {
  constexpr std::array<std::int64_t, 15> any{400, 401, 403, 404, 408, 409, 410, 412,
                                             422, 429, 500, 501, 502, 503, 504};
  constexpr std::array<std::int64_t, 5> open{408, 500, 502, 503, 504};
  const bool committed = r.below(3) == 0;
  json::array statuses;
  for (auto n = 1 + r.below(3); n > 0; --n) statuses.push_back(committed ? pick(r, open) : pick(r, any));
  json::object params{{"status", std::move(statuses)}, {"committed", committed}};
  params.set("body", std::string(pick(r, std::array<std::string_view, 3>{"outcome", "html", "empty"})));
  if (r.below(3) == 0) {
    const std::string form = r.below(2) == 0 ? "seconds" : "date";
    params.set("retry_after", json::object{{"form", form}, {"after", span_in(r, 0s, 90s)}});
  }
  return params;
}

json::object random_parameters(random_stream& r, std::string_view type) {
  if (type == "outage") {
    return {{"mode", std::string(pick(r, std::array<std::string_view, 3>{"refuse", "blackhole", "reset"}))}};
  }
  if (type == "latency") {
    json::object params{{"delay", random_delay(r)}};
    params.set("direction",
               std::string(pick(r, std::array<std::string_view, 3>{"request", "response", "both"})));
    return params;
  }
  if (type == "error") return random_error(r);
  json::object params;
  if (type == "lost_response" && r.below(2) == 0) params.set("hold", span_in(r, 0s, 20s));
  if (type == "token_expiry" && r.below(2) == 0)
    params.set("when_in_flight", r.between(std::int64_t{1}, std::int64_t{8}));
  return params;
}

scenario::fault_match random_match(random_stream& r) {
  constexpr std::array<std::string_view, 6> paths{
      "/**/Patient/*",   "/**/ServiceRequest", "/**/DocumentReference",
      "/**/Observation", "/**/token",          "/**/Condition"};
  scenario::fault_match match;
  if (r.below(2) == 0) return match;
  switch (r.below(4)) {
    case 0:
      match.operation = faults::operation_names()[r.below(faults::operation_names().size())];
      break;
    case 1:
      match.method = r.below(2) == 0 ? "GET" : "POST";
      break;
    case 2:
      match.path = pick(r, paths);
      break;
    default:
      break;
  }
  const auto count = r.between(std::int64_t{1}, std::int64_t{40});
  switch (r.below(6)) {
    case 0:
      match.first = count;
      break;
    case 1:
      match.nth = count;
      break;
    case 2:
      match.every = 1 + count % 5;
      break;
    case 3:
      match.after = count;
      break;
    default:
      break;
  }
  return match;
}

scenario::fault random_fault(random_stream& r, std::size_t number, duration during) {
  // In this order, so that a seed that once failed still draws the same schedule.
  constexpr std::array<std::string_view, 5> types{"outage", "latency", "error", "lost_response",
                                                  "token_expiry"};
  const auto& type = *faults::find(pick(r, types));
  scenario::fault f;
  f.type = type.name;
  f.name = f.type + "-" + std::to_string(number);
  f.at = r.between(duration(0s), during - 5s);
  if (r.below(4) != 0) f.lasting = r.between(duration(100ms), duration(60s));
  f.params = *faults::canonical_parameters(type, random_parameters(r, type.name));
  if (type.carrier == faults::carrier::mock) return f;  // levers touch all calls
  f.match = random_match(r);
  if (r.below(2) == 0) f.rate = share{r.between(std::int64_t{20'000}, std::int64_t{1'000'000})};
  return f;
}

/// Nervous or patient, but well again within the time that the frame grants for recovery.
scenario::breaker_overrides random_breaker(random_stream& r) {
  const auto maybe = [&](std::int64_t low, std::int64_t high) {
    return r.below(2) == 0 ? std::optional(r.between(low, high)) : std::nullopt;
  };
  scenario::breaker_overrides o;
  o.window = r.between(duration(2s), duration(60s));
  o.min_calls = maybe(1, 50);
  o.consecutive = maybe(0, 8);
  o.probes = maybe(1, 5);
  o.successes = maybe(1, 4);
  o.failures = maybe(1, 3);
  if (r.below(2) == 0) o.error_rate = share{r.between(std::int64_t{20'000}, std::int64_t{900'000})};
  o.open_wait = r.between(duration(500ms), duration(20s));
  o.max_open_wait = 40s;
  return o;
}

}  // namespace

scenario::scenario schedule_of(std::uint64_t seed) {
  using scenario::operation_kind;
  random_stream r(runtime::derive_seed(seed, "schedule"));
  auto s = framed();
  s.seed = seed;
  s.epic.patients = r.between(std::int64_t{5}, std::int64_t{50});
  s.epic.token_lifetime = pick(r, std::array<duration, 4>{20s, 45s, 2min, 1h});
  s.adapter.profile =
      r.below(2) == 0 ? scenario::adapter_profile::interactive : scenario::adapter_profile::runbook;
  if (r.below(2) == 0) s.adapter.overrides.review_after = r.between(duration(5s), duration(120s));
  auto& o = s.adapter.overrides;
  if (r.below(4) == 0) o.deadline = r.between(duration(2s), duration(20s));
  if (r.below(4) == 0) o.attempt_timeout = r.between(duration(500ms), duration(10s));
  if (r.below(4) == 0) o.connect_timeout = r.between(duration(200ms), duration(5s));
  if (r.below(4) == 0) o.breaker["all"] = random_breaker(r);
  auto& e = s.experiments.front();
  e.during = r.between(duration(20s), duration(90s));
  e.load.stages = {{rate{r.between(std::int64_t{5}, std::int64_t{60}), 1s}, {}}};
  e.load.operations.clear();
  for (const auto kind : {operation_kind::patient_context, operation_kind::latest_labs,
                          operation_kind::order_lab, operation_kind::file_note}) {
    e.load.operations.push_back({kind, r.between(std::int64_t{1}, std::int64_t{10})});
  }
  e.faults.clear();
  const auto count = 1 + r.below(4);
  for (std::uint64_t i = 0; i < count; ++i) e.faults.push_back(random_fault(r, i + 1, e.during));
  return s;
}

std::string describe(const scenario::scenario& s) {
  const auto& e = s.experiments.front();
  std::ostringstream out;
  out << "seed " << s.seed << ": "
      << (s.adapter.profile == scenario::adapter_profile::runbook ? "runbook" : "interactive") << ", "
      << e.load.stages.front().arrivals.events << "/s, " << s.epic.patients << " patients, tokens live "
      << format_duration(s.epic.token_lifetime) << ", during " << format_duration(e.during);
  if (const auto after = s.adapter.overrides.review_after)
    out << ", review after " << format_duration(*after);
  const auto& o = s.adapter.overrides;
  if (o.deadline) out << ", deadline " << format_duration(*o.deadline);
  if (o.attempt_timeout) out << ", attempts " << format_duration(*o.attempt_timeout);
  if (o.connect_timeout) out << ", connects " << format_duration(*o.connect_timeout);
  if (!o.breaker.empty()) out << ", breakers of its own";
  for (const auto& f : e.faults) {
    out << "\n  " << f.name << " at " << format_duration(f.at) << " for "
        << (f.lasting ? format_duration(*f.lasting) : "ever") << ", rate " << f.rate.ppm << " ppm, "
        << json::write(json::value(f.params)) << ", match '" << f.match.operation << "' '" << f.match.method
        << "' '" << f.match.path << "'";
    const auto show = [&](const char* name, const std::optional<std::int64_t>& n) {
      if (n) out << ' ' << name << ' ' << *n;
    };
    show("first", f.match.first);
    show("nth", f.match.nth);
    show("every", f.match.every);
    show("after", f.match.after);
  }
  out << "\nrepeat: EPICENTER_SEED=" << s.seed << " engine_tests --gtest_filter='RandomSchedules.*'";
  return out.str();
}

}  // namespace epicenter::engine
