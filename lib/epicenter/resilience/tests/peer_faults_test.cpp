// Every fault that was reproduced in another library, by name: none of them is ours.
#include <gtest/gtest.h>

#include <cstdlib>
#include <epicenter/resilience/breaker.hpp>
#include <epicenter/resilience/deadline.hpp>
#include <epicenter/resilience/retry.hpp>
#include <epicenter/resilience/retry_after.hpp>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace epicenter::resilience::testing {
namespace {

const outcome good = outcome::ok();
const outcome bad = outcome::fail(failure_kind::server_error);

breaker_options small() {
  breaker_options o;
  o.consecutive = 3;
  o.jitter = share{0};
  o.probe_concurrency = o.probe_successes = o.probe_failures = 1;
  return o;
}

void trip(breaker& b, instant now) {
  for (std::uint32_t i = 0; i < b.options().consecutive; ++i) b.acquire(now)->complete(bad, now);
  ASSERT_EQ(b.state(), breaker_state::open);
}

TEST(peer_faults, a_probe_that_never_completes_does_not_wedge_the_breaker) {
  breaker b(small(), {});
  trip(b, at(1s));
  auto lost = b.acquire(at(6s));
  ASSERT_TRUE(lost && lost->is_probe());
  const auto busy = b.acquire(at(7s));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error(), (rejection{rejection_reason::half_open_busy, 6500ms}));  // lease 1.5 * 5 s
  auto next = b.acquire(at(13'500ms));
  ASSERT_TRUE(next);
  lost->complete(bad, at(13'600ms));  // comes back after all: no longer anybody's verdict
  EXPECT_EQ(b.state(), breaker_state::half_open);
  EXPECT_EQ(b.snapshot(at(14s)).counters.late, 1u);
  next->complete(good, at(14s));
  EXPECT_EQ(b.state(), breaker_state::closed);
}

TEST(peer_faults, three_lost_probes_in_a_row_open_again) {
  breaker b(small(), {});
  trip(b, at(1s));
  auto first = b.acquire(at(6s));
  auto second = b.acquire(at(14s));
  auto third = b.acquire(at(22s));
  ASSERT_TRUE(first && second && third);
  EXPECT_FALSE(b.acquire(at(30s)));
  EXPECT_EQ(b.state(), breaker_state::open);
  const event_batch told = b.drain_events(3);
  ASSERT_EQ(told.events.size(), 4u);
  EXPECT_FALSE(told.events[2].is_transition());
  EXPECT_EQ(told.events[3].cause, transition_cause::probe_lost);
  EXPECT_EQ(told.events[3].wait, 10s);
}

TEST(peer_faults, a_late_result_of_an_older_generation_changes_nothing) {
  breaker b(small(), {});
  auto old_ok = b.acquire(at(1s));
  auto old_bad = b.acquire(at(1s));
  trip(b, at(1s));
  old_ok->complete(good, at(2s));
  EXPECT_EQ(b.state(), breaker_state::open);
  auto probe = b.acquire(at(6s));
  old_bad->complete(bad, at(6s));
  EXPECT_EQ(b.state(), breaker_state::half_open);
  probe->complete(good, at(6s));
  EXPECT_EQ(b.state(), breaker_state::closed);
  EXPECT_EQ(b.snapshot(at(6s)).window, window_counts{});
  EXPECT_EQ(b.snapshot(at(6s)).counters.late, 2u);
}

TEST(peer_faults, a_cancelled_probe_is_neutral_and_frees_its_slot) {
  breaker b(small(), {});
  trip(b, at(1s));
  b.acquire(at(6s))->complete(outcome::neutral(neutral_kind::caller_cancelled), at(6s));
  EXPECT_EQ(b.state(), breaker_state::half_open);
  { const auto dropped = b.acquire(at(6s)); }
  EXPECT_EQ(b.state(), breaker_state::half_open);
  EXPECT_TRUE(b.acquire(at(6s)));
}

TEST(peer_faults, the_calendar_has_no_way_in) {
  static_assert(!std::is_invocable_v<decltype(&breaker::acquire), breaker&, wall_time>);
  static_assert(!std::is_invocable_v<decltype(&breaker::peek), breaker&, wall_time>);
  static_assert(!std::is_constructible_v<deadline, wall_time>);
}

TEST(peer_faults, calls_in_flight_do_not_dilute_the_rate) {
  breaker_options o = small();
  o.consecutive = 0;
  o.min_calls = 10;
  breaker b(o, {});
  std::vector<permit> in_flight;
  for (int i = 0; i < 100; ++i) in_flight.push_back(std::move(*b.acquire(at(1s))));
  for (int i = 0; i < 5; ++i) b.acquire(at(1s))->complete(good, at(1s));
  for (int i = 0; i < 5; ++i) b.acquire(at(1s))->complete(bad, at(1s));
  EXPECT_EQ(b.state(), breaker_state::open);
  EXPECT_EQ(b.drain_events(1).events[0].calls, 10u);
}

TEST(peer_faults, completing_twice_counts_once) {
  breaker b(small(), {});
  auto p = b.acquire(at(1s));
  for (int i = 0; i < 5; ++i) p->complete(bad, at(1s));
  EXPECT_EQ(b.state(), breaker_state::closed);
  permit moved = std::move(*p);
  moved.complete(bad, at(1s));
  p->complete(bad, at(1s));  // moved from: nothing to count for
  const breaker_snapshot s = b.snapshot(at(1s));
  EXPECT_EQ(s.window.failed, 1u);
  EXPECT_EQ(s.counters.second, 5u);
  EXPECT_EQ(s.counters.completed, 1u);
}

TEST(peer_faults, neither_accepting_nor_rejecting_allocates_or_tells_anybody) {
  int told = 0;
  breaker b(small(), {}, [&told](const breaker_event&) { ++told; });
  std::size_t before = allocations;
  for (int i = 0; i < 1'000; ++i) b.acquire(at(1s))->complete(good, at(1s));
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(told, 0);
  trip(b, at(1s));
  EXPECT_EQ(told, 1);
  before = allocations;
  int refused = 0;
  for (int i = 0; i < 1'000; ++i) refused += b.acquire(at(2s)) ? 0 : 1;
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(refused, 1'000);
  EXPECT_EQ(told, 1);
  auto counts_itself = std::make_unique<int>(1);
  EXPECT_GT(allocations, before) << "the counter works";
}

TEST(peer_faults, a_create_is_not_repeated_on_any_error) {
  draws random(1);
  retry_input in;
  in.remaining = 10s;
  for (const int status : {500, 502, 503, 504, 408}) {
    in.end = attempt_end{};
    in.end.status = status;
    const retry_decision d = decide_retry({}, in, [&] { return random(); });
    EXPECT_EQ(d.reason, stop_reason::outcome_unknown) << status;
    EXPECT_TRUE(d.maybe_processed);
  }
  in.end = attempt_end{};
  in.end.failure = transport_failure::reset;
  EXPECT_EQ(decide_retry({}, in, [&] { return random(); }).reason, stop_reason::outcome_unknown);
  in.end.bytes_written = false;
  EXPECT_EQ(decide_retry({}, in, [&] { return random(); }).action, retry_action::retry);
}

TEST(peer_faults, retry_after_is_read_in_both_forms_and_capped) {
  const wall_time local = *parse_http_date("Sun, 06 Nov 1994 09:00:00 GMT", wall_time{});
  const auto asked =
      parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", local);
  EXPECT_EQ(asked, duration(2min));
  draws random(1);
  retry_input in;
  in.cls = retry_class::safe;
  in.remaining = 10min;
  in.end.status = 503;
  in.end.retry_after = asked;
  const retry_decision d = decide_retry({}, in, [&] { return random(); });
  EXPECT_EQ(d.reason, stop_reason::retry_after_limit);
  EXPECT_EQ(d.retry_after, duration(2min));
}

}  // namespace
}  // namespace epicenter::resilience::testing
