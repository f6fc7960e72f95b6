// Hedged reads: when a second try is sent, who wins, what becomes of the other.
#include "lib/epicenter/epic/tests/pipeline_world.hpp"
#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;

/// Percentiles are looked up once a second.
task<> know_the_latency(pipeline_world& w, int calls = 60) {
  co_await w.warm(calls);
  co_await w.pass(1s);
}

/// The n-th request for observations from now on (1 is the next) meets this; the others are quick.
struct nth {
  std::size_t number;
  duration latency;
  unsigned status = 200;
};
void script(pipeline_world& w, std::vector<nth> special) {
  std::size_t seen = 0;
  w.epic_site.script = [&w, special, seen](const http::request& request) mutable -> std::optional<rule> {
    w.epic_site.latency = 5ms;
    if (request.target == "/token") return std::nullopt;
    ++seen;
    for (const nth& one : special) {
      if (one.number != seen) continue;
      w.epic_site.latency = one.latency;
      if (one.status == 200) return std::nullopt;
      http::response bad;
      bad.status = one.status;
      return rule{twist::none, std::move(bad)};
    }
    return std::nullopt;
  };
}

/// One failure would open it: whatever leaves it closed was neutral or good.
void touchy(resilience::profile& p) {
  p[endpoint_class::search].breaker.consecutive = 1;
}

std::vector<std::string> endings(const pipeline_world& w, std::string_view operation) {
  std::vector<std::string> found;
  for (const auto& one : w.events) {
    const auto* ended = std::get_if<events::call_ended>(&one.what);
    if (ended == nullptr || ended->id.operation != operation) continue;
    found.push_back(std::to_string(ended->id.attempt) + ' ' +
                    (ended->status != 0 ? std::to_string(ended->status) : std::string(ended->failure)));
  }
  return found;
}

std::vector<std::string> causes(const pipeline_world& w) {
  std::vector<std::string> found;
  for (const auto& one : w.events) {
    if (const auto* planned = std::get_if<events::retry_scheduled>(&one.what))
      found.emplace_back(planned->cause);
  }
  return found;
}

using endings_are = std::vector<std::string>;

TEST(Hedge, ASecondTryAnswersForASlowFirstOneWhichIsNeutral) {
  pipeline_world w(touchy);
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 3s}});
    const instant start = here.now();
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
    EXPECT_GE(here.now() - start, 55ms) << "50 ms at least before a hedge is sent";
    EXPECT_LT(here.now() - start, 70ms);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"2 200", "1 cancelled"}));
  EXPECT_EQ(w.searches().breaker().state(), breaker_state::closed);
  const auto window = w.searches().breaker().snapshot(w.now()).window;
  EXPECT_EQ(window.failed + window.slow, 0U);
  EXPECT_EQ(w.searches().hedging().hedges(), 1U);
  EXPECT_EQ(w.epic_site.requests.back().request_id, "slow.1.2");
}

TEST(Hedge, NothingIsHedgedBeforeTheLatencyIsKnown) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await here.warm(40);
    script(here, {{1, 3s}});
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"1 200"}));
}

TEST(Hedge, AFailedHedgeLeavesTheFirstTryAlone) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 300ms}, {2, 5ms, 500}});
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"2 500", "1 200"}));
}

TEST(Hedge, AFirstTryThatFailsWaitsForItsHedgeInsteadOfBeingRepeated) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 100ms, 503}, {2, 200ms}});
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"1 503", "2 200"}));
  EXPECT_EQ(causes(w), (endings_are{"hedge"}));
}

TEST(Hedge, BothFailAndTheCallIsRepeatedAsEver) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 100ms, 503}, {2, 100ms, 503}});
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"1 503", "2 503", "3 200"}));
  EXPECT_EQ(causes(w), (endings_are{"hedge", "5xx"}));
}

TEST(Hedge, AFirstTryThatFailsEarlyEndsTheCallAtOnce) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 5ms, 404}});
    const instant start = here.now();
    const auto got = co_await here.ask("gone");
    EXPECT_EQ(got.error().cause, failure_cause::refused);
    EXPECT_EQ(got.error().gave_up, resilience::stop_reason::permanent);
    EXPECT_LT(here.now() - start, 20ms) << "nobody waits for a hedge that was not sent";
  });
}

TEST(Hedge, IsOffWhileTheLimiterIsOn) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    here.searches().limiter().on_throttled(here.now(), 0s);
    script(here, {{1, 2s}});
    const auto got = co_await here.ask("slow");
    EXPECT_TRUE(got);
  });
  EXPECT_EQ(endings(w, "slow"), (endings_are{"1 200"}));
}

TEST(Hedge, CostsAtMostFivePercentWhenEverythingTurnsSlow) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here, 100);
    here.epic_site.script = nullptr;
    here.epic_site.latency = 400ms;
    runtime::task_group running(here.rt());
    for (int i = 0; i < 400; ++i) {
      auto one = [](pipeline_world& it, int number) -> task<> {
        const auto got = co_await it.ask("slow-" + std::to_string(number));
        EXPECT_TRUE(got);
      };
      running.spawn("ask", one(here, i));
      co_await here.pass(20ms);
    }
    co_await running.join();
  });
  const auto& hedging = w.searches().hedging();
  EXPECT_EQ(hedging.calls(), 500U);
  EXPECT_GT(hedging.hedges(), 5U);
  EXPECT_LE(hedging.hedges(), 25U);
  EXPECT_LE(w.epic_site.count("GET", "Observation"), 525U);
}

TEST(Hedge, ACancelledCallLeavesNothingBehind) {
  pipeline_world w;
  w.run([](pipeline_world& here) -> task<> {
    co_await know_the_latency(here);
    script(here, {{1, 3s}, {2, 3s}});
    runtime::task_group running(here.rt());
    auto one = [](pipeline_world& it) -> task<> {
      const auto got = co_await it.ask("slow");
      EXPECT_EQ(got.error().cause, failure_cause::cancelled);
    };
    running.spawn("ask", one(here));
    co_await here.pass(500ms);
    running.cancel();
    co_await running.join();
    EXPECT_EQ(here.searches().bulkhead().running(), 0U);
  });
  EXPECT_EQ(endings(w, "slow").size(), 2U);
}

TEST(Hedge, AWriteNeverHasOne) {
  world w;
  const auto body = [](world& here) -> task<> {
    for (int i = 0; i < 60; ++i) {
      const auto filed = co_await here.epic().file_note(here.progress_note("op-" + std::to_string(i)));
      EXPECT_TRUE(filed);
    }
    here.epic_site.latency = 3s;
    const auto slow = co_await here.epic().file_note(here.progress_note("op-slow"));
    EXPECT_TRUE(slow && slow->state == write_state::written);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("POST", "DocumentReference"), 61U);
  EXPECT_EQ(w.epic_site.filings.size(), 61U);
}

}  // namespace
}  // namespace epicenter::epic::test
