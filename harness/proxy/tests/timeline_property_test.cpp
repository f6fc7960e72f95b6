// Random fault timelines: what arrives is what was sent, in its order, unless a fault says otherwise; nothing
// leaks, and clearing restores the plain relay within a round trip.
//
// EPICENTER_TIMELINES=N runs that many (ci/full: 10000), EPICENTER_TEST_SEED=N that one alone.
#include <cstdlib>
#include <iostream>

#include "harness/proxy/tests/timeline_clients.hpp"

namespace epicenter::proxy::testing {
namespace {

constexpr duration length = 3s;
constexpr duration longest_lease = 2s;

runtime::task<> begin_fault(timeline& t, std::string id, std::vector<faults::fault_spec>& begun) {
  const bool harmful = t.whole.size() < 2;
  auto spec = t.faults.draw(std::move(id), harmful);
  const bool harms = changes_bytes(spec.type);
  if (harms && t.is_whole("http")) spec.route = "opaque";
  if (harms && t.is_whole("opaque")) spec.route = "http";
  if (!harms && t.faults.chance(30)) spec.route = t.faults.chance(50) ? "http" : "opaque";
  begun.push_back(spec);
  auto applying = t.proxy.injector().apply(std::move(spec));
  const auto applied = co_await std::move(applying);
  if (!applied) t.wrong("not applied: " + applied.error().message());
}

void check_counters(timeline& t, const faults::fault_status& s) {
  if (s.touched != s.injected + s.skipped) t.wrong("counters of " + s.type + " do not add up");
}

runtime::task<> change_fault(timeline& t, faults::fault_spec spec) {
  switch (t.faults.random().below(3)) {
    case 0: {
      auto removing = t.proxy.injector().remove(spec.id);
      const auto removed = co_await std::move(removing);
      if (!removed) t.wrong("not removed: " + removed.error().message());
      if (removed) check_counters(t, *removed);
      break;
    }
    case 1: {
      auto renewing = t.proxy.injector().renew(spec.id, spec.lease);
      const auto renewed = co_await std::move(renewing);
      if (!renewed && renewed.error() != make_error_code(errc::fault_not_found)) t.wrong("not renewed");
      break;
    }
    default: {
      spec.parameters = t.faults.parameters_of(*faults::find(spec.type));
      auto replacing = t.proxy.replace(spec);
      const auto replaced = co_await std::move(replacing);
      if (!replaced && replaced.error() != make_error_code(errc::fault_not_found)) t.wrong("not replaced");
    }
  }
}

runtime::task<> disturb(life& l, bool clears) {
  auto& t = l.t;
  std::vector<faults::fault_spec> begun;
  for (int n = 0;; ++n) {
    const auto next = t.rt.now() + t.faults.random().between(duration(5ms), duration(400ms));
    auto pausing = sleep_until(t.rt, std::min(next, l.until));
    co_await std::move(pausing);
    if (t.rt.now() >= l.until) break;
    auto beginning = begin_fault(t, "f" + std::to_string(n), begun);
    co_await std::move(beginning);
    if (!t.faults.chance(50)) continue;
    auto changing = change_fault(t, begun[t.faults.random().below(begun.size())]);
    co_await std::move(changing);
  }
  if (!clears) co_return;
  auto waiting = sleep_until(t.rt, l.gone_at);
  co_await std::move(waiting);
  t.proxy.clear_faults();
}

/// Waits for the leases to run out. As long as nobody is connected no fault holds anything.
runtime::task<> let_run_out(timeline& t) {
  for (;;) {
    const auto left = co_await t.proxy.injector().status();
    if (left->empty()) break;
    for (const auto& s : *left) {
      check_counters(t, s);
      if (t.proxy.connections() == 0 && s.active != 0) t.wrong(s.type + " holds what nobody has");
      if (t.proxy.connections() == 0) ++t.idle_counters;
    }
    auto pausing = sleep_for(t.rt, 50ms);
    co_await std::move(pausing);
  }
}

std::string alive(timeline& t) {
  std::string names;
  for (const auto& [name, count] : t.rt.live_tasks())
    if (count > 0) names += name + "*" + std::to_string(count) + " ";
  return names;
}

runtime::task<bool> settled(timeline& t, duration limit) {
  const instant end = t.rt.now() + limit;
  while (t.proxy.connections() != 0 && t.rt.now() < end) {
    auto pausing = sleep_for(t.rt, 10ms);
    co_await std::move(pausing);
  }
  // The upstreams see the last ends.
  auto pausing = sleep_for(t.rt, 100ms);
  co_await std::move(pausing);
  co_return t.proxy.connections() == 0;
}

runtime::task<> sleeper(timeline& t) {
  auto sleeping = sleep_for(t.rt, 1h);
  co_await std::move(sleeping);
}

runtime::task<> whole_life(timeline& t) {
  auto probing = probe_fresh(t);
  const auto plain = co_await std::move(probing);
  auto settling = settled(t, 1s);
  const bool quiet = co_await std::move(settling);
  if (!plain || !quiet) {
    t.wrong("the plain relay does not work");
    co_return;
  }
  const auto base = alive(t);
  life l{t, *plain, t.rt.now() + length, {}};
  const bool clears = t.faults.chance(70);
  l.gone_at = clears ? l.until : l.until + longest_lease;
  std::vector<runtime::task<>> parts;
  for (int i = 0; i < 3; ++i)
    parts.push_back(http_client(
        l, i, runtime::random_stream(runtime::derive_seed(t.seed, static_cast<std::uint64_t>(i)))));
  for (std::uint32_t i = 1; i < 3; ++i)
    parts.push_back(opaque_client(l, i, runtime::random_stream(runtime::derive_seed(t.seed, 100 + i))));
  parts.push_back(disturb(l, clears));
  auto all = when_all(t.rt, std::move(parts));
  co_await std::move(all);
  auto running_out = let_run_out(t);
  co_await std::move(running_out);

  t.over = true;
  auto again = probe_fresh(t);
  const auto restored = co_await std::move(again);
  if (!restored) t.wrong("not relayed after clearing: " + restored.error().message());
  if (restored && (restored->fresh != plain->fresh || restored->open != plain->open))
    t.wrong("slow after clearing");
  // What clients left behind ends by itself once the faults are gone.
  runtime::stream_ptr kept;
  if (t.planted == defect::stays_connected) {
    auto dialling = connect(t.rt, t.opaque_at, t.rt.now() + 1s);
    kept = std::move(*(co_await std::move(dialling)));
  }
  if (t.planted == defect::task_left) spawn(t.rt, "left", sleeper(t));
  auto leaving = settled(t, 6s);
  const bool left = co_await std::move(leaving);
  if (!left) t.wrong("connections leak: " + std::to_string(t.proxy.connections()));
  if (t.proxy.in_flight() != 0) t.wrong("requests in flight leak: " + std::to_string(t.proxy.in_flight()));
  if (alive(t) != base) t.wrong("tasks leak: " + alive(t) + "before: " + base);
  auto stopping = t.stop();
  co_await std::move(stopping);
}

struct outcome {
  std::vector<std::string> violations;
  int answered = 0, relayed = 0, exact_after = 0, idle_counters = 0;
  std::uint64_t injected = 0, hash = 0;
};

outcome run_seed(std::uint64_t seed, defect planted = defect::none) {
  runtime::virtual_runtime rt(options_with(seed));
  timeline t(rt, seed, planted);
  spawn(rt, "timeline", whole_life(t));
  if (rt.run(rt.now() + 1h) != runtime::run_end::finished) t.wrong("does not end: " + alive(t));
  return {t.violations, t.answered, t.relayed, t.exact_after, t.idle_counters, t.injected, rt.event_hash()};
}

std::uint64_t number_in(const char* variable, std::uint64_t fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, 10);
}

TEST(timeline_property, bytes_are_kept_and_nothing_leaks) {
  const auto only = number_in("EPICENTER_TEST_SEED", 0);
  const auto count = only != 0 ? 1 : number_in("EPICENTER_TIMELINES", 600);
  const auto first = only != 0 ? only : 1;
  outcome sum;
  int failed = 0;
  for (auto seed = first; seed < first + count && failed < 5; ++seed) {
    const auto o = run_seed(seed);
    sum.answered += o.answered;
    sum.relayed += o.relayed;
    sum.exact_after += o.exact_after;
    sum.idle_counters += o.idle_counters;
    sum.injected += o.injected;
    if (o.violations.empty()) continue;
    ++failed;
    std::string all;
    for (const auto& v : o.violations) all += "\n  " + v;
    ADD_FAILURE() << "EPICENTER_TEST_SEED=" << seed << all;
  }
  std::cout << count << " timelines: " << sum.answered << " answers right, " << sum.relayed
            << " opaque streams whole, " << sum.injected << " injections, " << sum.exact_after
            << " open connections timed after, " << sum.idle_counters << " counters at rest\n";
  if (only != 0) return;
  EXPECT_GT(sum.answered, 20 * static_cast<int>(count));
  EXPECT_GT(sum.relayed, 3 * static_cast<int>(count));
  EXPECT_GT(sum.injected, 10 * count);
  EXPECT_GT(sum.exact_after, static_cast<int>(count) / 4);
  EXPECT_GT(sum.idle_counters, static_cast<int>(count) / 4);
}

TEST(timeline_property, the_same_seed_gives_the_same_run) {
  EXPECT_EQ(run_seed(3).hash, run_seed(3).hash);
}

void expect_found(defect d, const std::string& words) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const auto& v : run_seed(seed, d).violations)
      if (v.find(words) != std::string::npos) return;
  }
  ADD_FAILURE() << "nobody says: " << words;
}

TEST(timeline_property, a_changed_byte_is_found) {
  expect_found(defect::changed_byte, "arrived changed");
}
TEST(timeline_property, a_lost_byte_is_found) {
  expect_found(defect::lost_byte, "opaque bytes arrived changed");
}
TEST(timeline_property, answers_in_the_wrong_order_are_found) {
  expect_found(defect::swapped_answers, "arrived changed");
}
TEST(timeline_property, a_connection_that_stays_is_found) {
  expect_found(defect::stays_connected, "connections leak");
}
TEST(timeline_property, a_relay_that_stays_slow_is_found) {
  expect_found(defect::slow_in_the_end, "slow after clearing");
}
TEST(timeline_property, a_task_that_stays_is_found) {
  expect_found(defect::task_left, "tasks leak");
}

}  // namespace
}  // namespace epicenter::proxy::testing
