// The classifier's line of the specification, case by case; the profiles' table.
#include <gtest/gtest.h>

#include <epicenter/resilience/classifier.hpp>
#include <epicenter/resilience/profile.hpp>

namespace epicenter::resilience::testing {
namespace {

constexpr classifier_limits limits{3s, 5s};

attempt_end answered(int status) {
  attempt_end end;
  end.status = status;
  return end;
}

TEST(classifier, statuses) {
  for (const int status : {200, 201, 204, 302, 304, 400, 401, 403, 404, 408, 409, 410, 412, 422, 501}) {
    EXPECT_EQ(classify(answered(status), limits), outcome::ok()) << status;
  }
  for (const int status : {500, 502, 503, 504, 520}) {
    EXPECT_EQ(classify(answered(status), limits), outcome::fail(failure_kind::server_error)) << status;
  }
  EXPECT_EQ(classify(answered(429), limits), outcome::throttled());
  attempt_end busy = answered(503);
  busy.retry_after = 7s;
  EXPECT_EQ(classify(busy, limits), outcome::throttled(7s));
  EXPECT_EQ(classify(answered(0), limits), outcome::fail(failure_kind::protocol));
}

TEST(classifier, operation_outcomes_in_a_success) {
  for (const char* code : {"transient", "exception", "timeout", "lock-error", "no-store"}) {
    attempt_end end = answered(200);
    end.worst_severity = issue_severity::fatal;
    end.worst_code = code;
    EXPECT_EQ(classify(end, limits), outcome::fail(failure_kind::operation_outcome)) << code;
    end.worst_severity = issue_severity::error;
    EXPECT_TRUE(classify(end, limits).is_ok()) << code;
    end.worst_severity = issue_severity::fatal;
    end.status = 404;
    EXPECT_TRUE(classify(end, limits).is_ok()) << code;
  }
  attempt_end slow_down = answered(200);
  slow_down.worst_severity = issue_severity::error;
  slow_down.worst_code = "throttled";
  EXPECT_TRUE(classify(slow_down, limits).is_throttled());
}

TEST(classifier, slow_is_strictly_more_than_the_threshold) {
  attempt_end end = answered(200);
  end.elapsed = 3s;
  EXPECT_FALSE(classify(end, limits).slow());
  end.elapsed = 3s + 1ns;
  EXPECT_TRUE(classify(end, limits).slow());
  end.cancelled = cancellation::caller;
  EXPECT_FALSE(classify(end, limits).slow());
}

TEST(classifier, cut_by_the_caller_is_neutral_only_when_it_had_less_than_half) {
  attempt_end end;
  end.cut_by_caller_deadline = true;
  end.given = 2499ms;
  EXPECT_EQ(classify(end, limits), outcome::neutral(neutral_kind::caller_deadline));
  end.given = 2500ms;
  EXPECT_EQ(classify(end, limits), outcome::fail(failure_kind::attempt_timeout));
  end.cancelled = cancellation::hedge_loser;
  EXPECT_EQ(classify(end, limits), outcome::neutral(neutral_kind::hedge_loser));
  end.not_sent = true;
  EXPECT_EQ(classify(end, limits), outcome::neutral(neutral_kind::local_rejection));
}

// The server was never asked: its circuit must not open for what an operator here has to repair.
TEST(classifier, a_way_out_that_is_closed_is_no_failure_of_the_server) {
  attempt_end end;
  end.failure = transport_failure::egress_refused;
  end.bytes_written = false;
  end.elapsed = 10s;
  EXPECT_EQ(classify(end, limits), outcome::neutral(neutral_kind::local_rejection));
  EXPECT_EQ(repeatability_of(end, limits), repeatability::permanent);
  EXPECT_TRUE(provably_not_processed(end));
  end.failure = transport_failure::certificate;
  EXPECT_EQ(classify(end, limits).failure(), failure_kind::certificate) << "what the server shows is its own";
  EXPECT_EQ(repeatability_of(end, limits), repeatability::permanent);
}

// One large chart must not shut the class off for everybody.
TEST(classifier, an_answer_beyond_our_bound_is_no_failure_of_the_server) {
  attempt_end end;
  end.failure = transport_failure::too_large;
  end.elapsed = 10s;
  EXPECT_EQ(classify(end, limits), outcome::neutral(neutral_kind::local_rejection));
  EXPECT_EQ(repeatability_of(end, limits), repeatability::permanent);
  EXPECT_FALSE(provably_not_processed(end));
}

TEST(classifier, provably_not_processed_needs_a_proof) {
  for (const int status : {401, 425, 429}) EXPECT_TRUE(provably_not_processed(answered(status))) << status;
  for (const int status : {200, 408, 500, 503, 504})
    EXPECT_FALSE(provably_not_processed(answered(status))) << status;
  attempt_end end;
  end.failure = transport_failure::attempt_timeout;
  EXPECT_FALSE(provably_not_processed(end));
  end.bytes_written = false;
  EXPECT_TRUE(provably_not_processed(end));
}

TEST(profiles, carry_the_figures_of_the_table) {
  const profile i = interactive_profile();
  EXPECT_EQ(i.deadline, 10s);
  EXPECT_EQ(i.connect_timeout, 2s);
  EXPECT_EQ(i[endpoint_class::write].attempt_timeout, 8s);
  EXPECT_EQ(i[endpoint_class::search].bulkhead.limit, 256u);
  EXPECT_EQ(i[endpoint_class::search].bulkhead.queue_limit, 256u);
  EXPECT_EQ(i[endpoint_class::token].bulkhead.limit, 4u);
  EXPECT_EQ(i[endpoint_class::write].breaker.consecutive, 5u);
  EXPECT_EQ(probe_lease(i[endpoint_class::write].breaker), 12s);
  EXPECT_EQ(i[endpoint_class::bulk].breaker.open_max, 300s);
  const profile b = bulk_profile();
  EXPECT_EQ(b.deadline, 15min);
  EXPECT_EQ(b.retry.max_retry_after, 15min);
  EXPECT_EQ(b[endpoint_class::read].attempt_timeout, 30s);
  EXPECT_EQ(b[endpoint_class::read].breaker.consecutive, 3u);
  const profile r = runbook_profile();
  for (const endpoint_class c : all_endpoint_classes) {
    EXPECT_EQ(r[c].breaker.window, 30s);
    EXPECT_EQ(r[c].breaker.min_calls, 20u);
    EXPECT_EQ(r[c].breaker.consecutive, 0u);
    EXPECT_EQ(r[c].breaker.probe_successes, 1u);
    EXPECT_EQ(r[c].breaker.jitter.ppm, 0);
    EXPECT_EQ(r[c].limits().slow_after, duration::max());
    EXPECT_EQ(endpoint_class_named(r[c].breaker.name), c);
    for (const profile& p : {i, b, r}) EXPECT_EQ(p[c].attempt_timeout, p[c].breaker.attempt_timeout);
  }
  EXPECT_EQ(profile_named("runbook")->name, "runbook");
  EXPECT_FALSE(profile_named("Runbook"));
  EXPECT_FALSE(endpoint_class_named("patient"));
}

}  // namespace
}  // namespace epicenter::resilience::testing
