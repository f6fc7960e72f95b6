// The small policies: learned limits, what a request's form says of its repetition, readers of events.
#include <gtest/gtest.h>

#include <epicenter/resilience/aimd_limit.hpp>
#include <epicenter/resilience/breaker_subscription.hpp>
#include <epicenter/resilience/fixed_divisor.hpp>
#include <epicenter/resilience/retry_class.hpp>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

TEST(aimd_limit, falls_by_a_tenth_and_grows_by_one_while_it_is_used) {
  aimd_limit learned(20);
  const outcome late = outcome::fail(failure_kind::attempt_timeout);
  EXPECT_TRUE(learned.on_result(late, 20));
  EXPECT_EQ(learned.limit(), 18u);
  EXPECT_TRUE(learned.on_result(outcome::throttled(), 20));
  EXPECT_EQ(learned.limit(), 16u);
  EXPECT_FALSE(learned.on_result(outcome::fail(failure_kind::reset), 20)) << "not a sign of load";
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(learned.on_result(outcome::ok(), 7)) << "not in use";
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(learned.on_result(outcome::ok(), 8));
  EXPECT_TRUE(learned.on_result(outcome::ok(), 8));
  EXPECT_EQ(learned.limit(), 17u);
  for (int i = 0; i < 1'000; ++i) learned.on_result(outcome::ok(), 20);
  EXPECT_EQ(learned.limit(), 20u);
  for (int i = 0; i < 100; ++i) learned.on_result(late, 20);
  EXPECT_EQ(learned.limit(), 1u);
}

TEST(retry_class, a_request_can_only_lower_it) {
  using enum retry_class;
  EXPECT_EQ(lowered(safe, {.method = "GET"}), safe);
  EXPECT_EQ(lowered(safe, {.method = "POST"}), safe) << "_search, reading $operations";
  EXPECT_EQ(lowered(non_idempotent, {.method = "GET"}), non_idempotent) << "never raised";
  EXPECT_EQ(lowered(safe, {.method = "DELETE"}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "PUT", .if_match = true}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "PUT"}), non_idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "PUT", .conditional = true}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "PATCH"}), non_idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "PATCH", .if_match = true}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "POST"}), non_idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "POST", .if_none_exist = true}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "POST", .fresh_each_time = true}), idempotent);
  EXPECT_EQ(lowered(idempotent, {.method = "BREW"}), non_idempotent);
}

TEST(breaker_subscription, begins_with_the_state_and_loses_the_oldest_only) {
  breaker_options o;
  o.name = "read";
  o.jitter = share{0};
  breaker b(o, {});
  breaker_subscription early(b, 4);
  const event_batch first = early.take();
  ASSERT_TRUE(first.standing);
  EXPECT_EQ(first.standing->to, breaker_state::closed);
  EXPECT_EQ(first.standing->seq, 0u);
  EXPECT_TRUE(first.events.empty());

  b.force_open(at(1s), 10s, "ops", "maintenance");
  breaker_subscription late(b, 4);
  const event_batch standing = late.take();
  ASSERT_TRUE(standing.standing);
  EXPECT_EQ(standing.standing->from, breaker_state::forced_open);
  EXPECT_EQ(standing.standing->to, breaker_state::forced_open);
  EXPECT_EQ(standing.standing->actor, "ops");
  EXPECT_EQ(standing.standing->breaker, "read");
  EXPECT_EQ(standing.standing->seq, 1u);
  EXPECT_EQ(early.take().events.size(), 1u) << "each at its own pace";

  for (int i = 0; i < 3; ++i) {
    b.reset(at(2s), "ops", "");
    b.force_open(at(3s), 10s, "ops", "");
  }
  const event_batch rest = late.take();
  EXPECT_FALSE(rest.standing) << "once";
  EXPECT_EQ(rest.dropped, 2u);
  ASSERT_EQ(rest.events.size(), 4u);
  EXPECT_EQ(rest.events.front().seq, 4u);
  EXPECT_EQ(rest.events.back().seq, 7u);
  EXPECT_EQ(late.dropped(), 2u);
  EXPECT_TRUE(late.take().events.empty());
}

TEST(fixed_divisor, divides_as_division_does) {
  draws random(20'261'123);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t by = 1 + (random() >> (1 + random.below(62)));
    const fixed_divisor d(by);
    std::uint64_t n = random() >> (1 + random.below(62));
    if (random.one_in(2)) n = n / by * by - random.below(2) % (n / by * by + 1);
    n &= ~(std::uint64_t{1} << 63);
    ASSERT_EQ(d.quotient(n), n / by) << n << " / " << by;
    ASSERT_EQ(d.remainder(n), n % by) << n << " / " << by;
  }
}

}  // namespace
}  // namespace epicenter::resilience::testing
