// Retry, its budget, the deadline, Retry-After.
#include <gtest/gtest.h>

#include <epicenter/resilience/deadline.hpp>
#include <epicenter/resilience/retry.hpp>
#include <epicenter/resilience/retry_after.hpp>
#include <string>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

constexpr std::uint64_t seed = 20'261'123;

retry_input failed_with(int status, retry_class cls, std::uint32_t attempt = 1) {
  retry_input in;
  in.cls = cls;
  in.attempt = attempt;
  in.end.status = status;
  in.remaining = 1min;
  return in;
}

retry_decision decide(const retry_input& in, const retry_options& o = {}) {
  draws random(seed);
  return decide_retry(o, in, [&random] { return random(); });
}

TEST(retry, classes_decide_what_is_repeated) {
  using enum retry_class;
  EXPECT_EQ(decide(failed_with(503, safe)).action, retry_action::retry);
  EXPECT_EQ(decide(failed_with(503, safe, 2)).action, retry_action::retry);
  EXPECT_EQ(decide(failed_with(503, safe, 3)).reason, stop_reason::attempts_exhausted);
  EXPECT_EQ(decide(failed_with(503, idempotent)).action, retry_action::retry);
  EXPECT_TRUE(decide(failed_with(503, idempotent)).maybe_processed);
  EXPECT_EQ(decide(failed_with(503, idempotent, 2)).reason, stop_reason::attempts_exhausted);
  EXPECT_EQ(decide(failed_with(503, non_idempotent)).reason, stop_reason::outcome_unknown);
  EXPECT_EQ(decide(failed_with(429, non_idempotent)).action, retry_action::retry);
  EXPECT_EQ(decide(failed_with(425, non_idempotent)).action, retry_action::retry);
  EXPECT_EQ(decide(failed_with(422, non_idempotent)).reason, stop_reason::permanent);
  EXPECT_FALSE(decide(failed_with(422, non_idempotent)).maybe_processed);
  EXPECT_EQ(decide(failed_with(501, safe)).reason, stop_reason::permanent);
  EXPECT_EQ(decide(failed_with(201, non_idempotent)).reason, stop_reason::finished);
  retry_input refused = failed_with(0, non_idempotent);
  refused.end.failure = transport_failure::reset;
  refused.end.refused_unprocessed = true;
  EXPECT_EQ(decide(refused).action, retry_action::retry);
  retry_input cancelled = failed_with(0, non_idempotent);
  cancelled.end.cancelled = cancellation::caller;
  EXPECT_EQ(decide(cancelled).reason, stop_reason::finished);
  EXPECT_TRUE(decide(cancelled).maybe_processed);
  retry_input certificate = failed_with(0, safe);
  certificate.end.failure = transport_failure::certificate;
  EXPECT_EQ(decide(certificate).reason, stop_reason::permanent);
  for (const auto cls : {safe, idempotent, non_idempotent}) {
    retry_input shut_in = failed_with(0, cls);
    shut_in.end.failure = transport_failure::egress_refused;
    shut_in.end.bytes_written = false;
    EXPECT_EQ(decide(shut_in).reason, stop_reason::permanent);
    EXPECT_FALSE(decide(shut_in).maybe_processed);
    retry_input too_large = failed_with(0, cls);
    too_large.end.failure = transport_failure::too_large;
    EXPECT_EQ(decide(too_large).reason, stop_reason::permanent);
    EXPECT_EQ(decide(too_large).maybe_processed, cls != safe) << "a write whose answer nobody read";
  }
}

TEST(retry, a_repetition_that_meets_its_own_effect_is_resolved_by_reading) {
  retry_input in = failed_with(412, retry_class::idempotent, 2);
  in.guard = repeat_guard::if_match;
  EXPECT_EQ(decide(in).reason, stop_reason::resolve_by_reading);
  in.attempt = 1;
  EXPECT_EQ(decide(in).reason, stop_reason::permanent);
  in = failed_with(410, retry_class::idempotent, 2);
  in.guard = repeat_guard::deletion;
  EXPECT_EQ(decide(in).reason, stop_reason::resolve_by_reading);
}

TEST(retry, unauthorized_renews_the_token_once_for_every_class) {
  for (const auto cls : {retry_class::safe, retry_class::idempotent, retry_class::non_idempotent}) {
    retry_input in = failed_with(401, cls, 3);
    EXPECT_EQ(decide(in).action, retry_action::retry_fresh_token);
    in.token_renewed = true;
    EXPECT_EQ(decide(in).reason, stop_reason::auth_denied);
  }
}

TEST(retry, stops_for_deadline_breaker_nesting_and_budget) {
  retry_input in = failed_with(503, retry_class::safe);
  in.end.retry_after = 2s;
  in.remaining = 2s + 40ms;
  EXPECT_EQ(decide(in).reason, stop_reason::deadline) << "never a shorter delay";
  in.remaining = 10s;
  in.p50 = 9s;
  EXPECT_EQ(decide(in).reason, stop_reason::deadline);
  in.p50 = 0s;
  in.breaker_open = true;
  EXPECT_EQ(decide(in).reason, stop_reason::breaker_open);
  in.no_retry = true;
  EXPECT_EQ(decide(in).reason, stop_reason::nested);
  draws random(seed);
  retry_budget none(retry_budget_options{.cap_milli = 0});
  EXPECT_EQ(plan_retry(
                {}, failed_with(503, retry_class::safe), [&] { return random(); }, none, at(0s))
                .decision.reason,
            stop_reason::budget_exhausted);
}

TEST(retry, delays_stay_within_their_figures) {
  draws random(seed);
  const random_source source = [&random] { return random(); };
  duration most{0};
  for (int i = 0; i < 20'000; ++i) {
    retry_options o;
    o.attempts_safe = 100;
    retry_input in = failed_with(random.one_in(2) ? 500 : 429, retry_class::safe,
                                 static_cast<std::uint32_t>(1 + random.below(60)));
    in.remaining = 1h;
    if (random.one_in(2)) in.end.retry_after = random.upto(60s);
    if (random.one_in(4)) {
      o.shape = backoff_shape::decorrelated;
      in.previous_delay = random.upto(30s);
    }
    const retry_decision d = decide_retry(o, in, source);
    ASSERT_EQ(d.action, retry_action::retry);
    const duration asked = in.end.retry_after.value_or(0s);
    const duration cap = d.throttled ? o.throttled_cap : o.cap;
    ASSERT_GE(d.delay, std::max(o.floor, asked));
    ASSERT_LE(d.delay, std::max(cap, asked) + std::min<duration>(asked / 10, 1s));
    if (!in.end.retry_after && in.attempt == 1 && o.shape == backoff_shape::full_jitter && !d.throttled) {
      ASSERT_LE(d.delay, 100ms);
      most = std::max(most, d.delay);
    }
  }
  EXPECT_GT(most, 90ms);
  EXPECT_EQ(uniform(source, 5ms, 5ms), 5ms);
}

TEST(retry_budget, a_full_outage_at_100_rps_for_60_s_costs_26_extra_calls) {
  draws random(seed);
  const random_source source = [&random] { return random(); };
  retry_budget budget;
  int extra = 0;
  for (int i = 0; i < 6'000; ++i) {
    const instant now = at(i * 10ms);
    for (std::uint32_t attempt = 1;; ++attempt) {
      planned_retry p = plan_retry({}, failed_with(500, retry_class::safe, attempt), source, budget, now);
      if (p.decision.action != retry_action::retry) break;
      p.token.spend();
      ++extra;
    }
  }
  EXPECT_NEAR(extra, 26, 1);
}

TEST(retry_budget, unsent_repetitions_give_their_token_back) {
  retry_budget budget;
  {
    auto a = budget.take(at(0s));
    auto b = budget.take(at(0s), true);
    EXPECT_EQ(budget.milli_tokens(at(0s)), 18'500);
    budget_token moved = std::move(*a);
  }
  EXPECT_EQ(budget.milli_tokens(at(0s)), 20'000);
  for (int i = 0; i < 20; ++i) budget.take(at(0s))->spend();
  EXPECT_FALSE(budget.take(at(0s)));
  for (int i = 0; i < 9; ++i) budget.first_attempt_succeeded();
  EXPECT_FALSE(budget.take(at(0s)));
  EXPECT_TRUE(budget.take(at(1s))) << "0.9 from successes, 0.1 from the second that passed";
  EXPECT_EQ(budget.milli_tokens(at(24h)), 20'000);
}

TEST(deadline, only_shrinks_and_names_the_limit_that_was_hit) {
  deadline d = deadline::after(at(1s), 10s);
  d.shrink_to(at(60s));
  EXPECT_EQ(d.at(), at(11s));
  d.shrink_to(at(9s));
  EXPECT_EQ(d.attempt(at(2s), 5s).timeout, 5s);
  EXPECT_EQ(d.attempt(at(2s), 5s).on_expiry, timeout_kind::attempt_timeout);
  EXPECT_EQ(d.attempt(at(6s), 5s).timeout, 3s);
  EXPECT_EQ(d.attempt(at(6s), 5s).on_expiry, timeout_kind::total_timeout);
  EXPECT_EQ(d.remaining(at(10s)), 0s);
  EXPECT_TRUE(d.expired(at(9s)));
  EXPECT_EQ(deadline::after(at(1s), duration::max()).at(), instant::max());
}

TEST(retry_after, every_form_and_every_malformation) {
  const std::string now_text = "Sun, 06 Nov 1994 08:49:37 GMT";
  const wall_time now = *parse_http_date(now_text, wall_time{});
  EXPECT_EQ(now.time_since_epoch(), 784'111'777s);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now), now);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", now), now);
  EXPECT_EQ(parse_http_date("Sun, 29 Feb 1993 08:49:37 GMT", now), std::nullopt);
  // RFC 850's century: seen from 2026, 75 is 2075 and 77 is 1977.
  const wall_time in_2026 = *parse_http_date("Mon, 23 Nov 2026 00:00:00 GMT", now);
  EXPECT_GT(*parse_http_date("Friday, 01-Nov-75 00:00:00 GMT", in_2026), in_2026);
  EXPECT_LT(*parse_http_date("Friday, 01-Nov-77 00:00:00 GMT", in_2026), in_2026);

  const auto from_date = [&](std::string_view value) {
    return parse_retry_after(value, now_text, now + 99h);
  };
  EXPECT_EQ(from_date("120"), duration(120s));
  EXPECT_EQ(from_date(" 0 "), duration(0s));
  EXPECT_EQ(from_date("99999999999999999999999999"), duration::max());
  EXPECT_EQ(from_date("-5"), duration(0s));
  EXPECT_EQ(from_date("Sun, 06 Nov 1994 08:50:07 GMT"), duration(30s)) << "against the response's Date";
  EXPECT_EQ(from_date("Sunday, 06-Nov-94 08:50:07 GMT"), duration(30s));
  EXPECT_EQ(from_date("Sun Nov  6 08:50:07 1994"), duration(30s));
  EXPECT_EQ(from_date("Sun, 06 Nov 1994 08:00:00 GMT"), duration(0s));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", "", now + 10s), duration(20s))
      << "local clock";
  EXPECT_GT(*from_date("Fri, 31 Dec 9999 23:59:59 GMT"), 200 * 365 * 24h) << "saturates";
  for (const char* wrong :
       {"", "1.5", "soon", "1 2", "+5", "0x10", "--1", "Sun, 06 Nov 1994 08:50:07",
        "Sun, 06 Nov 1994 08:50:07 UTC", "Sun, 6 Nov 1994 08:50:07 GMT", "Sun, 06 Nov 1994 24:50:07 GMT",
        "Sun, 06 Nov 1994 08:50:07 GMT x", "Sun", "Sunday, "}) {
    EXPECT_EQ(from_date(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace epicenter::resilience::testing
