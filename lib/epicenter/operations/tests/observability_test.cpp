#include <gmock/gmock.h>

#include <epicenter/operations/health.hpp>
#include <epicenter/operations/observability.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"
#include "lib/epicenter/operations/tests/exposition.hpp"
#include "lib/epicenter/operations/tests/log_folder.hpp"

namespace epicenter::operations {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Observability : ::testing::Test {
  observability_options options() {
    observability_options made;
    made.api_log = where.file("api.log");
    made.audit_log = where.file("audit.log");
    return made;
  }
  test::log_folder where;
  runtime::virtual_runtime rt{{}};
};

runtime::task<> step_the_clock(runtime::runtime& rt, observability& all) {
  const auto tell = all.observer("north");
  epic::test::random_events source(1, true);
  const auto seen = all.stream().subscribe("test", 10'000);
  for (int i = 0; i < 50; ++i) tell(source.next(1ns));
  auto slept = co_await runtime::sleep_for(rt, 1s);
  EXPECT_TRUE(slept);
  rt.set_wall_skew(-90s);
  for (int i = 0; i < 50; ++i) tell(source.next(1ns));
  const instant deadline = rt.now() + 5s;
  const bool written = co_await all.flush(deadline);
  EXPECT_TRUE(written);
  int steps = 0;
  for (const auto& one : seen->take(10'000)) {
    const auto* step = std::get_if<clock_stepped>(&one->what);
    if (step == nullptr) continue;
    ++steps;
    EXPECT_EQ(step->by, -90s);
    EXPECT_EQ(one->at, instant(1s));
  }
  EXPECT_EQ(steps, 1);
}

TEST_F(Observability, TellsOfAClockStepWithTheNextBatchOfEvents) {
  observability all(rt, options());
  runtime::spawn(rt, "test", step_the_clock(rt, all));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
  EXPECT_THAT(test::read(where.file("api.log")), HasSubstr("\"event\":\"clock.stepped\",\"by_seconds\":-90"));
  const auto metrics = test::read_exposition(all.metrics());
  EXPECT_THAT(metrics.mistakes, IsEmpty());
  EXPECT_EQ(metrics.samples.at("epicenter_clock_steps_total{direction=\"backwards\"}"), 1);
  EXPECT_EQ(metrics.samples.at("epicenter_events_total"), 101);
  EXPECT_EQ(metrics.samples.at("epicenter_log_lost_total{log=\"api\"}"), 0);
  EXPECT_GT(metrics.samples.at("epicenter_log_lines_total{log=\"audit\"}"), 0);
  for (const auto* name : {"api.log", "audit.log"}) {
    const auto text = test::read(where.file(name));
    for (const auto part : epic::test::planted_parts) EXPECT_EQ(text.find(part), std::string::npos) << part;
  }
}

TEST_F(Observability, ComparesTheClocksWithoutLogsToo) {
  observability all(rt, {});
  rt.set_wall_skew(1h);
  const auto metrics = test::read_exposition(all.metrics());
  EXPECT_EQ(metrics.samples.at("epicenter_clock_steps_total{direction=\"forwards\"}"), 1);
}

TEST_F(Observability, TakesTheSystemsClockForWhatItIs) {
  runtime::real_runtime real;
  observability_options made;
  made.wall = runtime::system_time;
  observability all(real, made);
  EXPECT_GT(runtime::system_time(), wall_time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)));
  const auto metrics = test::read_exposition(all.metrics());
  EXPECT_EQ(metrics.samples.at("epicenter_clock_steps_total{direction=\"forwards\"}"), 0);
  EXPECT_EQ(metrics.samples.at("epicenter_clock_steps_total{direction=\"backwards\"}"), 0);
}

TEST_F(Observability, ShowsTheHealthOfEachProvider) {
  observability all(rt, {});
  epic::provider_snapshot north;
  north.tenant = "north";
  north.health = epic::provider_health::degraded;
  const auto metrics = test::read_exposition(all.metrics({north}));
  EXPECT_THAT(metrics.mistakes, IsEmpty());
  EXPECT_EQ(metrics.samples.at("epicenter_epic_health{tenant=\"north\",status=\"DEGRADED\"}"), 1);
  EXPECT_EQ(metrics.samples.at("epicenter_epic_health{tenant=\"north\",status=\"HEALTHY\"}"), 0);
}

TEST(Health, AnswersAsTheRunbookAsks) {
  epic::provider_snapshot snapshot;
  snapshot.tenant = "north";
  EXPECT_EQ(health_of(snapshot).http_status, 200U);
  EXPECT_EQ(*health_of(snapshot).body.find("fallback_active"), json::value(false));
  snapshot.health = epic::provider_health::unhealthy;
  snapshot.reasons = {"read: circuit is open"};
  snapshot.fallback.active = true;
  snapshot.fallback.can_serve = {{"Condition", 2, 10s, 20s, 15min}};
  const auto answer = health_of(snapshot);
  EXPECT_EQ(answer.http_status, 503U);
  EXPECT_EQ(answer.body.string_at("status"), "UNHEALTHY");
  EXPECT_EQ(*answer.body.find("fallback_active"), json::value(true));
  EXPECT_EQ(answer.body.string_at("message"), "EHR temporarily unavailable");
  EXPECT_EQ(answer.body.string_at("can_serve.0.resource"), "Condition");
  EXPECT_EQ(answer.body.string_at("reasons.0"), "read: circuit is open");
}

TEST(Health, SaysHowTheStoresAreKept) {
  epic::provider_snapshot snapshot;
  upkeep_report stores;
  EXPECT_EQ(health_of(snapshot, stores).body.string_at("status"), "HEALTHY");
  EXPECT_EQ(health_of(snapshot, stores).body.string_at("audit_chain"), "unknown");
  EXPECT_EQ(health_of(snapshot).body.find("audit_chain"), nullptr) << "nobody keeps any";
  stores.chain_intact = true;
  EXPECT_EQ(health_of(snapshot, stores).body.string_at("audit_chain"), "intact");
  stores.chain_intact = false;
  stores.chain_flaw = "edited at entry 17; 1 findings";
  const auto broken = health_of(snapshot, stores);
  EXPECT_EQ(broken.http_status, 200U);
  EXPECT_EQ(broken.body.string_at("status"), "DEGRADED");
  EXPECT_EQ(broken.body.string_at("audit_chain"), "broken");
  EXPECT_EQ(broken.body.string_at("reasons.0"),
            "audit log: the chain does not verify: edited at entry 17; 1 findings");
  snapshot.health = epic::provider_health::unhealthy;
  snapshot.reasons = {"read: circuit is open"};
  EXPECT_EQ(health_of(snapshot, stores).body.string_at("status"), "UNHEALTHY") << "never better than Epic";
  EXPECT_EQ(health_of(snapshot, stores).http_status, 503U);
  EXPECT_THAT(health_of(snapshot, stores).body.string_at("reasons.1"), HasSubstr("edited"));
}

TEST(Health, SaysWhichJobIsOverdue) {
  upkeep_report stores;
  upkeep_status late;
  late.job = upkeep_job::audit_back_up;
  late.last_failure = "the disk is full";
  stores.jobs.push_back(late);
  EXPECT_EQ(health_of({}, stores).body.string_at("status"), "HEALTHY") << "failed, and still in time";
  stores.jobs.front().overdue = true;
  const auto answer = health_of({}, stores);
  EXPECT_EQ(answer.body.string_at("status"), "DEGRADED");
  EXPECT_EQ(answer.body.string_at("reasons.0"), "upkeep: audit_back_up is overdue: the disk is full");
}

}  // namespace
}  // namespace epicenter::operations
