// Rules and figures of the breaker that the random walk does not pin down.
#include <gtest/gtest.h>

#include <epicenter/base/check.hpp>
#include <epicenter/resilience/breaker.hpp>
#include <epicenter/resilience/profile.hpp>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

const outcome good = outcome::ok();
const outcome bad = outcome::fail(failure_kind::server_error);

breaker_options plain() {
  breaker_options o;
  o.jitter = share{0};
  return o;
}

void send(breaker& b, instant now, outcome o, int times = 1) {
  for (int i = 0; i < times; ++i) b.acquire(now)->complete(o, now);
}

void send_until_open(breaker& b, instant now) {
  while (b.state() == breaker_state::closed) send(b, now, bad);
}

TEST(breaker, the_runbook_rule_is_more_than_ten_percent_of_at_least_twenty) {
  breaker b(runbook_profile()[endpoint_class::read].breaker, {});
  send(b, at(1s), bad, 2);
  send(b, at(1s), good, 18);
  EXPECT_EQ(b.state(), breaker_state::closed) << "2 of 20 is not more than 10 %";
  send(b, at(2s), bad);
  EXPECT_EQ(b.state(), breaker_state::open);
  const breaker_event e = b.drain_events(1).events.at(0);
  EXPECT_EQ(e.cause, transition_cause::failure_rate);
  EXPECT_EQ(e.calls, 21u);
  EXPECT_EQ(e.failed, 3u);
  EXPECT_EQ(e.wait, 60s);
  EXPECT_EQ(b.acquire(at(61'999ms)).error().retry_after, 1ms);
  b.acquire(at(62s))->complete(bad, at(63s));
  EXPECT_EQ(b.until(), at(123s)) << "no growth";
  b.acquire(at(123s))->complete(good, at(123s));
  EXPECT_EQ(b.state(), breaker_state::closed);
}

TEST(breaker, slow_calls_open_and_slow_probes_are_bad_probes) {
  breaker_options o = plain();
  o.probe_failures = 1;
  breaker b(o, {});
  send(b, at(1s), outcome::ok(true), 16);
  send(b, at(1s), good, 4);
  ASSERT_EQ(b.state(), breaker_state::open);
  EXPECT_EQ(b.drain_events(1).events[0].cause, transition_cause::slow_rate);
  send(b, at(6s), outcome::ok(true));
  EXPECT_EQ(b.state(), breaker_state::open);
  EXPECT_EQ(b.drain_events(1).events[2].cause, transition_cause::probe_failed);
}

TEST(breaker, the_open_wait_doubles_to_its_bound_and_stability_starts_anew) {
  breaker b(plain(), {});
  std::vector<duration> waits;
  instant now = at(1s);
  send_until_open(b, now);
  for (int i = 0; i < 5; ++i) {
    waits.push_back(b.until() - now);
    now = b.until();
    auto one = b.acquire(now);
    auto two = b.acquire(now);
    one->complete(bad, now);
    two->complete(bad, now);
  }
  EXPECT_EQ(waits, (std::vector<duration>{5s, 10s, 20s, 40s, 60s}));
  now = b.until();
  send(b, now, good, 3);
  ASSERT_EQ(b.state(), breaker_state::closed);
  send_until_open(b, now + 29s);
  EXPECT_EQ(b.until() - now, 29s + 60s) << "closed for less than stability: still growing";
  now = b.until();
  send(b, now, good, 3);
  send_until_open(b, now + 30s);
  EXPECT_EQ(b.until() - now, 30s + 5s);
}

TEST(breaker, jitter_stays_within_its_share_and_spreads) {
  draws random(20'261'123);
  duration least = 1h;
  duration most{0};
  for (int i = 0; i < 500; ++i) {
    breaker b(breaker_options{}, [&random] { return random(); });
    send_until_open(b, at(0s));
    const duration wait = b.until() - at(0s);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GE(least, 4s);
  EXPECT_LT(least, 4100ms);
  EXPECT_LE(most, 6s);
  EXPECT_GT(most, 5900ms);
}

TEST(breaker, a_server_hint_raises_the_wait_up_to_its_bound) {
  for (const auto& [asked, expected] : {std::pair<duration, duration>{3s, 5s}, {40s, 40s}, {1h, 5min}}) {
    breaker b(plain(), {});
    send(b, at(1s), outcome::throttled(asked));
    send_until_open(b, at(1s));
    EXPECT_EQ(b.until() - at(1s), expected);
    EXPECT_EQ(b.drain_events(1).events[0].wait_from_server, expected != 5s);
  }
}

TEST(breaker, manual_states_end_by_themselves_and_name_who_and_why) {
  breaker b(plain(), {});
  EXPECT_TRUE(b.force_open(at(1s), 10s, "ops", "maintenance"));
  EXPECT_FALSE(b.force_open(at(2s), 99s, "ops", "again"));
  EXPECT_EQ(b.acquire(at(2s)).error(), (rejection{rejection_reason::forced_open, 9s}));
  EXPECT_TRUE(b.acquire(at(11s))->is_probe());
  EXPECT_TRUE(b.force_closed(at(12s), 10s, "ops", "believe me"));
  send(b, at(13s), bad, 100);
  EXPECT_EQ(b.state(), breaker_state::forced_closed);
  EXPECT_TRUE(b.acquire(at(22s)));
  EXPECT_EQ(b.state(), breaker_state::closed);
  EXPECT_TRUE(b.watch_only(at(23s), 0s, "ops", "look"));
  send(b, at(24s), bad, 100);
  EXPECT_EQ(b.state(), breaker_state::metrics_only);
  EXPECT_EQ(b.snapshot(at(24s)).window.failed, 100u);
  EXPECT_TRUE(b.reset(at(25s), "ops", "enough"));
  EXPECT_FALSE(b.reset(at(26s), "ops", "enough")) << "closed already";
  const event_batch all = b.drain_events(1);
  ASSERT_EQ(all.events.size(), 6u);
  EXPECT_EQ(all.events[0].actor, "ops");
  EXPECT_EQ(all.events[0].reason, "maintenance");
  EXPECT_EQ(all.events[1].cause, transition_cause::ttl_expired);
  for (const breaker_event& e : all.events) EXPECT_TRUE(is_legal_transition(e.from, e.to, e.cause));
  EXPECT_FALSE(is_legal_transition(breaker_state::open, breaker_state::closed, transition_cause::probe_ok));
  EXPECT_FALSE(
      is_legal_transition(breaker_state::closed, breaker_state::half_open, transition_cause::wait_elapsed));
}

TEST(breaker, events_are_dropped_oldest_first_and_counted) {
  breaker_options o = plain();
  o.event_capacity = 4;
  breaker b(o, {});
  for (int i = 0; i < 5; ++i) {
    b.force_closed(at(1s), 0s, "", "");
    b.reset(at(1s), "", "");
  }
  const event_batch batch = b.drain_events(3);
  EXPECT_EQ(batch.dropped, 4u);
  ASSERT_EQ(batch.events.size(), 4u);
  EXPECT_EQ(batch.events.front().seq, 7u);
  EXPECT_EQ(batch.next, 11u);
  EXPECT_TRUE(b.drain_events(batch.next).events.empty());
  EXPECT_EQ(b.snapshot(at(1s)).next_seq, 11u);
}

TEST(breaker, a_listener_may_call_the_breaker_and_sees_events_in_order) {
  std::vector<std::uint64_t> seen;
  breaker* self = nullptr;
  breaker b(plain(), {}, [&](const breaker_event& e) {
    seen.push_back(e.seq);
    if (e.to == breaker_state::open) self->to_half_open(at(2s), "test", "from inside");
    EXPECT_GE(self->snapshot(at(2s)).next_seq, e.seq);
  });
  self = &b;
  send_until_open(b, at(1s));
  EXPECT_EQ(b.state(), breaker_state::half_open);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2}));
}

TEST(breaker, days_of_silence_neither_revive_nor_blind_the_window) {
  // 16 bits of tag wrap after 65,536 buckets: every distance around the wrap must behave like any other.
  for (const std::int64_t buckets : {9LL, 10LL, 11LL, 32'768LL, 65'530LL, 65'536LL, 65'540LL, 327'680LL}) {
    breaker b(plain(), {});
    send(b, at(1s), bad, 9);
    send(b, at(1s), good, 9);
    const instant later = at(1s) + buckets * 3s;
    EXPECT_EQ(b.snapshot(later).window.calls, buckets < 10 ? 18u : 0u) << buckets;
    send(b, later, good);
    EXPECT_EQ(b.snapshot(later).window.calls, buckets < 10 ? 19u : 1u) << buckets;
    if (buckets < 10) continue;
    send_until_open(b, later);
    EXPECT_EQ(b.drain_events(1).events[0].cause, transition_cause::consecutive) << buckets;
  }
}

TEST(breaker, options_out_of_range_are_refused) {
  breaker_options o = plain();
  o.probe_concurrency = 0;
  EXPECT_THROW(breaker(o, {}), check_failed);
  EXPECT_THROW(breaker(breaker_options{}, {}), check_failed) << "jitter without a random source";
  breaker fine(plain(), {});
  EXPECT_THROW(fine.force_open(at(1s), -1s, "", ""), check_failed);
}

}  // namespace
}  // namespace epicenter::resilience::testing
