// What a site that answers 429 is sent, and who waits for whom at the guard.
#include "lib/epicenter/epic/tests/pipeline_world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;

void once(resilience::profile& p) {
  p.retry.attempts_safe = 1;
  p[endpoint_class::search].hedge.enabled = false;
}

void answer(pipeline_world& w, unsigned status, http::headers fields = {}) {
  w.epic_site.script = [status, fields](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    http::response made;
    made.status = status;
    made.fields = fields;
    return rule{twist::none, std::move(made)};
  };
}

struct tally {
  int good = 0;
  std::vector<failure_cause> bad;
};

task<> count(pipeline_world& w, std::string operation, duration deadline, tally& into) {
  const auto got = co_await w.ask(std::move(operation), deadline);
  if (got) {
    ++into.good;
  } else {
    into.bad.push_back(got.error().cause);
  }
}

task<> ask_at_once(pipeline_world& w, int calls, duration deadline, tally& into) {
  runtime::task_group running(w.rt());
  for (int i = 0; i < calls; ++i) {
    const std::string number = std::to_string(1000 + i);
    running.spawn("ask", count(w, "op-" + number, deadline, into));
  }
  co_await running.join();
}

TEST(Throttle, AStormOf429LowersTheRateOnceAndNobodyIsSentBeforeTheServersTime) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(200, 5ms);
    answer(here, 429, {{"Retry-After", "3"}});
    tally stormed;
    co_await ask_at_once(here, 50, 10s, stormed);
    EXPECT_THAT(stormed.bad, testing::AllOf(testing::SizeIs(50), testing::Each(failure_cause::throttled)));
    EXPECT_EQ(here.searches().limiter().decreases(), 1U);
    EXPECT_EQ(here.searches().breaker().state(), breaker_state::closed) << "neutral for the breaker";
    const auto rate = static_cast<double>(here.searches().limiter().rate_milli());
    EXPECT_GT(rate, 40'000);
    EXPECT_LT(rate, 100'000) << "0.7 of what was sent";

    here.epic_site.script = nullptr;
    const instant before = here.now();
    const auto sent = here.epic_site.requests.size();
    tally late;
    co_await ask_at_once(here, 30, 10s, late);
    EXPECT_EQ(late.good, 30);
    std::string last;
    instant last_at{};
    for (std::size_t i = sent; i < here.epic_site.requests.size(); ++i) {
      const auto& one = here.epic_site.requests[i];
      EXPECT_GE(one.at - before, 2900ms);
      EXPECT_GT(one.request_id, last) << "first come, first served";
      last = one.request_id;
      last_at = one.at;
    }
    EXPECT_GT(last_at - before, 3150ms) << "not all at once";
  });
}

TEST(Throttle, EndsSixtySecondsAfterTheLast429) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(50);
    answer(here, 429);
    const auto refused = co_await here.ask("op-1");
    EXPECT_EQ(refused.error().cause, failure_cause::throttled);
    here.epic_site.script = nullptr;
    const instant since = here.now();
    while (here.now() - since < 59s) {
      co_await here.warm(1, 100ms);
      EXPECT_TRUE(here.searches().limiter().on());
    }
    co_await here.warm(20, 100ms);
    EXPECT_FALSE(here.searches().limiter().on());
  });
}

// The first of the queue is woken whenever its turn comes nearer: no place of the rate is wasted.
TEST(Throttle, ABacklogIsSentAsFastAsTheRateGrows) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(50, 100ms);
    here.searches().limiter().on_throttled(here.now(), 0s);
    here.searches().limiter().on_throttled(here.now() + 600ms, 0s);
    const instant start = here.now();
    tally backlog;
    co_await ask_at_once(here, 120, 60s, backlog);
    EXPECT_EQ(backlog.good, 120);
    // At about 5 a second to begin with and for ever it would take 24 s.
    EXPECT_LT(here.now() - start, 9s);
  });
}

TEST(Throttle, RefusesWhoseTurnComesAfterTheDeadline) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    here.searches().limiter().on_throttled(here.now(), 30s);
    const instant start = here.now();
    const auto refused = co_await here.ask("op-1", 10s);
    EXPECT_EQ(refused.error().cause, failure_cause::throttled);
    EXPECT_EQ(refused.error().retry_after, 30s);
    EXPECT_EQ(here.now(), start) << "at once";
  });
}

TEST(Throttle, AServerThatAsksForHoursHoldsEverybodyForAMinute) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    answer(here, 503, {{"Retry-After", "7200"}});
    const auto refused = co_await here.ask("op-1");
    EXPECT_EQ(refused.error().retry_after, 2h) << "the caller is told what was asked for";
    EXPECT_EQ(here.searches().limiter().held(here.now()), 60s);
  });
}

TEST(Throttle, AnOpeningCircuitWakesWhoeverWaitsForTheLimiter) {
  pipeline_world w(once);
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    here.searches().limiter().on_throttled(here.now(), 8s);
    tally waiting;
    auto open_later = [](pipeline_world& it) -> task<> {
      co_await it.pass(1s);
      it.searches().breaker().force_open(it.now(), 60s, "test", "drill");
    };
    runtime::spawn(here.rt(), "open", open_later(here));
    const instant start = here.now();
    co_await ask_at_once(here, 20, 20s, waiting);
    EXPECT_THAT(waiting.bad, testing::AllOf(testing::SizeIs(20), testing::Each(failure_cause::circuit_open)));
    EXPECT_EQ(here.now() - start, 1s);
  });
}

TEST(Guard, CallersWaitForTheProbesVerdictWhereTheProfileAsksForIt) {
  for (const bool waits : {true, false}) {
    pipeline_world w([waits](resilience::profile& p) {
      once(p);
      auto& breaker = p[endpoint_class::search].breaker;
      breaker.wait_for_probe = waits;
      breaker.consecutive = 1;
      breaker.jitter = share{0};
      breaker.probe_concurrency = breaker.probe_successes = breaker.probe_failures = 1;
    });
    w.run([waits](pipeline_world& here) -> task<> {
      const bool expect_wait = waits;
      co_await here.warm(3);
      answer(here, 500);
      const auto failed = co_await here.ask("op-1");
      EXPECT_FALSE(failed);
      here.epic_site.script = nullptr;
      co_await here.pass(5s);
      tally asked;
      const auto sent = here.epic_site.requests.size();
      co_await ask_at_once(here, 10, 10s, asked);
      EXPECT_EQ(asked.good, expect_wait ? 10 : 1);
      EXPECT_EQ(here.epic_site.requests.size() - sent, expect_wait ? 10U : 1U);
    });
  }
}

TEST(Guard, AFailedProbeFailsWhoeverWaitedForIt) {
  pipeline_world w([](resilience::profile& p) {
    once(p);
    auto& breaker = p[endpoint_class::search].breaker;
    breaker.wait_for_probe = true;
    breaker.consecutive = 1;
    breaker.jitter = share{0};
    breaker.probe_concurrency = breaker.probe_successes = breaker.probe_failures = 1;
  });
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    answer(here, 500);
    const auto failed = co_await here.ask("op-1");
    EXPECT_FALSE(failed);
    co_await here.pass(5s);
    tally asked;
    const auto sent = here.epic_site.requests.size();
    co_await ask_at_once(here, 10, 10s, asked);
    EXPECT_EQ(asked.good, 0);
    EXPECT_EQ(std::count(asked.bad.begin(), asked.bad.end(), failure_cause::circuit_open), 9);
    EXPECT_EQ(here.epic_site.requests.size() - sent, 1U) << "one probe for all";
  });
}

TEST(Guard, AManualHalfOpenAndAForcedStateThatEndsAreProbedWithoutTraffic) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    auto& breaker = here.searches().breaker();
    breaker.force_open(here.now(), 10s, "ops", "maintenance");
    co_await here.pass(9s);
    EXPECT_EQ(breaker.state(), breaker_state::forced_open);
    co_await here.pass(6s);
    EXPECT_EQ(breaker.state(), breaker_state::closed);
    breaker.to_half_open(here.now(), "ops", "Epic is confirmed healthy");
    co_await here.pass(5s);
    EXPECT_EQ(breaker.state(), breaker_state::closed);
  });
  EXPECT_EQ(w.epic_site.count("GET", "/metadata"), 6U) << "three good probes each";
}

TEST(Pipeline, AWriteWithoutItsGuardIsNotRepeatedWhateverItsTableSays) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    answer(here, 500);
    for (const bool guarded : {false, true}) {
      call update = here.search("op-update");
      update.endpoint = endpoint_class::write;
      update.repeat = resilience::retry_class::idempotent;
      update.guard = resilience::repeat_guard::if_match;
      update.message.method = "PUT";
      update.message.target = "/fhir/Observation/o1";
      if (guarded) update.message.fields.add("If-Match", "W/\"1\"");
      const auto sent = here.epic_site.requests.size();
      const auto got = co_await here.through().run(update);
      EXPECT_TRUE(got.error().maybe_processed);
      const auto why =
          guarded ? resilience::stop_reason::attempts_exhausted : resilience::stop_reason::outcome_unknown;
      EXPECT_EQ(got.error().gave_up, why);
      EXPECT_EQ(here.epic_site.requests.size() - sent, guarded ? 2U : 1U);
    }
  });
}

TEST(Pipeline, ARepetitionThatMeetsItsOwnEffectIsForTheCallerToResolve) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    int attempts = 0;
    here.epic_site.script = [attempts](const http::request&) mutable -> std::optional<rule> {
      if (++attempts == 1) return rule{twist::reset, std::nullopt};
      http::response changed;
      changed.status = 412;
      return rule{twist::none, std::move(changed)};
    };
    call update = here.search("op-update");
    update.endpoint = endpoint_class::write;
    update.repeat = resilience::retry_class::idempotent;
    update.guard = resilience::repeat_guard::if_match;
    update.message.method = "PUT";
    update.message.target = "/fhir/Observation/o1";
    update.message.fields.add("If-Match", "W/\"1\"");
    const auto got = co_await here.through().run(update);
    EXPECT_EQ(got.error().status, 412U);
    EXPECT_EQ(got.error().gave_up, resilience::stop_reason::resolve_by_reading);
  });
}

TEST(Guard, AnAdaptiveBulkheadGivesWayToTimeOutsAndComesBack) {
  pipeline_world w([](resilience::profile& p) {
    once(p);
    p[endpoint_class::search].bulkhead = {20, 20, 50ms, 500ms, true};
  });
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(3);
    answer(here, 429);
    tally asked;
    co_await ask_at_once(here, 10, 10s, asked);
    const auto limit = here.searches().bulkhead().limit_at(here.now());
    EXPECT_LT(limit, 10U);
    here.epic_site.script = nullptr;
    for (int i = 0; i < 200; ++i) co_await ask_at_once(here, 8, 10s, asked);
    EXPECT_GT(here.searches().bulkhead().limit_at(here.now()), limit);
  });
}

TEST(Pipeline, ReadsTheClockAtMostThreeTimesACall) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    for (const int known_calls : {20, 60}) {  // of the second, each call might have a hedge
      co_await here.warm(known_calls);
      co_await here.pass(1s);
      for (int i = 0; i < 10; ++i) {
        const auto before = here.clock().reads;
        const auto got = co_await here.ask("op-" + std::to_string(i));
        EXPECT_TRUE(got);
        EXPECT_LE(here.clock().reads - before, 3U) << "its token's included";
      }
    }
  });
}

}  // namespace
}  // namespace epicenter::epic::test
