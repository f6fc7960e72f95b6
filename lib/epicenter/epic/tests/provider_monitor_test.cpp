#include <gmock/gmock.h>

#include <epicenter/epic/provider_monitor.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* operation = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77";

struct ProviderMonitor : ::testing::Test {
  template <class What>
  void tell(What what, instant at) {
    event told;
    told.at = at;
    told.what = std::move(what);
    monitor.observe(told);
  }
  void call(endpoint_class endpoint, unsigned status, std::string_view failure = {}, duration took = 100ms) {
    tell(events::call_ended{{operation, 1, 1}, call_purpose::operation, endpoint, 1, status, failure, took},
         now);
  }
  void calls(int count, endpoint_class endpoint, unsigned status) {
    for (int i = 0; i < count; ++i) call(endpoint, status);
  }
  void circuit(endpoint_class endpoint, breaker_state from, breaker_state to, std::string actor = {}) {
    events::circuit_changed what;
    what.endpoint = endpoint;
    what.change.from = from;
    what.change.to = to;
    what.change.cause =
        actor.empty() ? resilience::transition_cause::failure_rate : resilience::transition_cause::manual;
    what.change.actor = std::move(actor);
    tell(what, now);
  }
  void settle(std::string_view state) {
    tell(events::write_changed{operation, "order_lab", state, {}, "created"}, now);
  }
  provider_snapshot status() const { return monitor.get_status(now); }
  std::optional<metric_level> level(provider_metric metric) const {
    return status().metrics.at(static_cast<std::size_t>(metric)).level;
  }

  instant now{10s};
  provider_monitor monitor{monitor_options{}};
};

TEST_F(ProviderMonitor, CountsAGoodStatusThatSaysThatEpicCouldNotAsAnError) {
  calls(80, endpoint_class::read, 200);
  for (int i = 0; i < 20; ++i) {
    const auto could_not = resilience::outcome::fail(resilience::failure_kind::operation_outcome);
    tell(
        events::call_ended{
            {operation, 1, 1}, call_purpose::operation, endpoint_class::read, 1, 200, {}, 100ms, could_not},
        now);
  }
  EXPECT_EQ(status().health, provider_health::unhealthy);
}

TEST_F(ProviderMonitor, IsHealthyBeforeAnythingHappened) {
  EXPECT_EQ(status().health, provider_health::healthy);
  EXPECT_TRUE(status().reasons.empty());
  EXPECT_EQ(level(provider_metric::success_rate), std::nullopt);
  EXPECT_EQ(level(provider_metric::circuit_state), metric_level::healthy);
}

TEST_F(ProviderMonitor, IsUnhealthyAboveATenthOfErrorsAndNotAtIt) {
  calls(90, endpoint_class::read, 200);
  calls(10, endpoint_class::read, 503);
  EXPECT_EQ(status().health, provider_health::degraded) << "a tenth is a critical success rate, not more";
  call(endpoint_class::read, 0, "reset");
  EXPECT_EQ(status().health, provider_health::unhealthy);
  EXPECT_THAT(status().reasons, Contains("read: 11 % of 101 calls failed"));
  EXPECT_EQ(status().endpoints.at(index_of(endpoint_class::search)).health, provider_health::healthy);
}

TEST_F(ProviderMonitor, DoesNotJudgeAHandfulOfCallsAsMoreThanDegraded) {
  calls(19, endpoint_class::read, 500);
  EXPECT_EQ(status().health, provider_health::degraded);
  EXPECT_EQ(level(provider_metric::success_rate), std::nullopt);
  call(endpoint_class::read, 500);
  EXPECT_EQ(status().health, provider_health::unhealthy);
}

TEST_F(ProviderMonitor, CountsWhatEndpointsFailTogether) {
  calls(9, endpoint_class::read, 500);
  calls(9, endpoint_class::search, 500);
  calls(9, endpoint_class::write, 500);
  EXPECT_EQ(status().health, provider_health::unhealthy);
  EXPECT_THAT(status().reasons, Contains("100 % of all calls failed"));
}

TEST_F(ProviderMonitor, TakesARefusalForAnAnswerAndACancellationForNothing) {
  calls(30, endpoint_class::read, 404);
  call(endpoint_class::read, 0, "cancelled");
  EXPECT_EQ(status().health, provider_health::healthy);
  EXPECT_EQ(status().calls.ok, 30U);
  EXPECT_EQ(status().calls.neutral, 1U);
  EXPECT_EQ(level(provider_metric::success_rate), metric_level::healthy);
}

TEST_F(ProviderMonitor, TellsThrottlingFromFailure) {
  calls(80, endpoint_class::search, 200);
  calls(20, endpoint_class::search, 429);
  EXPECT_EQ(status().health, provider_health::degraded);
  EXPECT_EQ(status().calls.errors, 0U);
  EXPECT_THAT(status().reasons, Contains("search: 20 % of calls were throttled"));
}

TEST_F(ProviderMonitor, ForgetsWhatIsOlderThanTheWindow) {
  calls(50, endpoint_class::read, 500);
  EXPECT_EQ(status().health, provider_health::unhealthy);
  now += 60s;
  EXPECT_EQ(status().calls.judged(), 0U);
  EXPECT_EQ(status().health, provider_health::healthy);
  EXPECT_EQ(status().endpoints.front().last_errors.size(), 16U) << "the last errors stay, and are bounded";
}

TEST_F(ProviderMonitor, FollowsTheCircuits) {
  circuit(endpoint_class::search, breaker_state::closed, breaker_state::open);
  EXPECT_EQ(status().health, provider_health::unhealthy);
  EXPECT_THAT(status().reasons, Contains("search: circuit is open"));
  EXPECT_EQ(level(provider_metric::circuit_state), metric_level::critical);
  now += 5s;
  circuit(endpoint_class::search, breaker_state::open, breaker_state::half_open, "clinician-1");
  EXPECT_EQ(status().health, provider_health::degraded);
  const auto one = status().endpoints.at(index_of(endpoint_class::search));
  EXPECT_EQ(one.circuit_since, now);
  EXPECT_EQ(one.circuit_actor, "clinician-1");
  circuit(endpoint_class::search, breaker_state::half_open, breaker_state::closed);
  EXPECT_EQ(status().health, provider_health::healthy);
}

TEST_F(ProviderMonitor, IsOnlyDegradedWhereNoPatientDataIsConcerned) {
  circuit(endpoint_class::bulk, breaker_state::closed, breaker_state::open);
  calls(30, endpoint_class::metadata, 500);
  EXPECT_EQ(status().health, provider_health::degraded);
  EXPECT_EQ(status().endpoints.at(index_of(endpoint_class::bulk)).health, provider_health::unhealthy);
}

TEST_F(ProviderMonitor, MeasuresAnsweredAndTimedOutCallsOnly) {
  for (int i = 0; i < 98; ++i) call(endpoint_class::read, 200, {}, 100ms);
  call(endpoint_class::read, 200, {}, 1s);
  call(endpoint_class::read, 0, "timed_out", 5s);
  call(endpoint_class::read, 0, "connect_failed", 1us);
  const auto latency = status().latency;
  EXPECT_EQ(latency.samples, 100U);
  EXPECT_EQ(latency.average, 158ms);
  EXPECT_NEAR(static_cast<double>(latency.p95.count()), 1e8, 2e6);
  EXPECT_NEAR(static_cast<double>(latency.p99.count()), 1e9, 2e7);
  EXPECT_EQ(latency.max, 5s);
}

TEST_F(ProviderMonitor, JudgesWritesByHowTheyWereSettled) {
  for (int i = 0; i < 4; ++i) settle("WRITTEN");
  settle("PLANNED");
  settle("UNKNOWN");
  EXPECT_EQ(level(provider_metric::write_success_rate), std::nullopt) << "four are not judged";
  settle("NEEDS_REVIEW");
  EXPECT_EQ(status().writes.settled(), 5U);
  EXPECT_EQ(level(provider_metric::write_success_rate), metric_level::critical);
  EXPECT_EQ(status().health, provider_health::degraded);
  now += 15min;
  EXPECT_EQ(status().writes.settled(), 0U);
}

TEST_F(ProviderMonitor, IsUnhealthyOnceTheLastTokenEndsAndNoneComes) {
  tell(events::token_refreshed{1, 300s}, now);
  tell(events::token_refresh_failed{"the token endpoint refused: 400 invalid_client"}, now);
  EXPECT_EQ(status().health, provider_health::degraded);
  now += 300s;
  EXPECT_EQ(status().health, provider_health::unhealthy);
  EXPECT_THAT(status().token.last_failure, HasSubstr("400 invalid_client"));
  tell(events::token_refreshed{2, 300s}, now);
  EXPECT_EQ(status().health, provider_health::healthy);
}

TEST_F(ProviderMonitor, SaysWhatTheFallbackServesAndHowOldItIs) {
  const auto cached = [](instant) {
    return std::vector<cached_section>{{"Condition", 12, 30s, 10min, 15min}};
  };
  monitor = provider_monitor({}, monitor_hooks{{}, {}, cached});
  EXPECT_EQ(to_json(status()).find("message"), nullptr);
  tell(events::degradation_activated{7, "patient_context", endpoint_class::search, "stale", "breaker_open",
                                     15min},
       now);
  for (const duration age : {2min, 9min, 4min}) {
    tell(events::stale_served{operation, "AllergyIntolerance", age, 15min, "breaker_open"}, now);
  }
  now += 30s;
  const auto shown = to_json(status());
  EXPECT_EQ(shown.string_at("status"), "DEGRADED");
  EXPECT_EQ(shown.string_at("message"), "EHR temporarily unavailable");
  EXPECT_EQ(*shown.find("fallback_active"), json::value(true));
  EXPECT_EQ(*shown.at_path("fallback.served.0.times"), json::value(3));
  EXPECT_EQ(*shown.at_path("fallback.served.0.oldest_seconds"), json::value(540.0));
  EXPECT_EQ(shown.string_at("fallback.can_serve.0.resource"), "Condition");
  EXPECT_EQ(*shown.at_path("fallback.since_seconds"), json::value(30.0));
  tell(events::degradation_deactivated{7, "patient_context", 30s, 3, 9min, "recovered"}, now);
  EXPECT_EQ(status().health, provider_health::healthy);
  EXPECT_EQ(*to_json(status()).find("fallback_active"), json::value(false));
}

TEST_F(ProviderMonitor, FallsBackWhereReadingIsSwitchedOff) {
  monitor.reading_switched(false, now);
  EXPECT_TRUE(status().fallback.active);
  EXPECT_EQ(status().fallback.reason, "switched_off");
  monitor.reading_switched(true, now);
  EXPECT_FALSE(status().fallback.active);
}

runtime::task<> check(provider_monitor& monitor, runtime::runtime& rt) {
  auto checked = co_await monitor.check_health(rt);
  EXPECT_TRUE(checked);
  if (!checked) co_return;
  EXPECT_TRUE(checked->last_probe && !checked->last_probe->reachable);
  EXPECT_EQ(checked->last_probe->at, rt.now());
  EXPECT_EQ(to_json(*checked).string_at("last_probe.failure"), "connect_failed");
}

runtime::task<probe_report> failing_probe(runtime::runtime& rt) {
  auto slept = co_await runtime::sleep_for(rt, 2s);
  EXPECT_TRUE(slept);
  probe_report made;
  made.failure = "connect_failed";
  made.took = 2s;
  co_return made;
}

TEST_F(ProviderMonitor, ForcesAProbeWhenAsked) {
  runtime::virtual_runtime rt({});
  monitor_hooks hooks;
  hooks.probe = [&rt] { return failing_probe(rt); };
  monitor = provider_monitor({}, std::move(hooks));
  runtime::spawn(rt, "check", check(monitor, rt));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
}

TEST_F(ProviderMonitor, MovesACircuitToHalfOpenByHandOnlyForAnActorAndOnlyWhereItHelps) {
  std::vector<std::string> asked;
  monitor_hooks hooks;
  hooks.to_half_open = [&asked](endpoint_class endpoint, const std::string& actor, const std::string& why) {
    asked.push_back(std::string(name_of(endpoint)) + ' ' + actor + ' ' + why);
    return true;
  };
  monitor = provider_monitor({}, std::move(hooks));
  EXPECT_FALSE(monitor.to_half_open(endpoint_class::read, "clinician-1", "healthy again")) << "closed";
  circuit(endpoint_class::read, breaker_state::closed, breaker_state::open);
  EXPECT_FALSE(monitor.to_half_open(endpoint_class::read, "", "healthy again"));
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(monitor.to_half_open(endpoint_class::read, "clinician-1", "healthy again"));
  EXPECT_EQ(asked, std::vector<std::string>{"read clinician-1 healthy again"});
}

// Against a list of everything that was told.
TEST_F(ProviderMonitor, CountsExactlyWhatTheWindowHolds) {
  constexpr duration slice = 5s;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    monitor = provider_monitor(monitor_options{});
    random_events source(seed, false);
    std::vector<event> all;
    for (int i = 0; i < 2000; ++i) {
      all.push_back(source.next(i % 500 == 0 ? 90s : 300ms));
      monitor.observe(all.back());
      if (i % 50 != 49) continue;
      now = all.back().at;
      const auto newest = now.time_since_epoch() / slice;
      std::uint64_t calls = 0;
      for (const auto& one : all) {
        const auto* ended = std::get_if<events::call_ended>(&one.what);
        if (ended == nullptr || newest - one.at.time_since_epoch() / slice >= 12) continue;
        const bool data =
            ended->endpoint != endpoint_class::token && ended->endpoint != endpoint_class::metadata;
        calls += data ? 1 : 0;
      }
      const auto counted = status().calls;
      EXPECT_EQ(counted.judged() + counted.neutral, calls);
    }
  }
}

TEST_F(ProviderMonitor, NeverShowsWhatATextShouldNotHaveCarried) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    monitor = provider_monitor(monitor_options{});
    random_events source(seed, true);
    for (int i = 0; i < 500; ++i) {
      const auto told = source.next(300ms);
      monitor.observe(told);
      now = told.at;
    }
    const std::string shown = json::write(to_json(status()));
    for (const auto part : planted_parts) EXPECT_EQ(shown.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace epicenter::epic::test
