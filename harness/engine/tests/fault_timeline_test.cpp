#include "harness/engine/fault_timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/engine/tests/fake_rig.hpp"

namespace epicenter::engine {
namespace {

using ::testing::HasSubstr;

constexpr duration lease = 4s;

scenario::fault fault_of(std::string type, std::string name, duration at, std::optional<duration> lasting) {
  scenario::fault f;
  f.type = std::move(type);
  f.name = std::move(name);
  f.at = at;
  f.lasting = lasting;
  return f;
}

struct FaultTimeline : ::testing::Test {
  FaultTimeline() {
    rec.seen.phases = {verdict::phase_window{instant{}, instant{}, instant{} + 10s},
                       verdict::phase_window{instant{} + 10s, instant{} + 10s, instant{} + 40s},
                       verdict::phase_window{instant{} + 40s, instant{} + 40s, instant{} + 50s}};
  }

  /// The timeline over the phase `during`: 10 s to 40 s.
  void carry_out(const scenario::experiment& e) {
    runtime::spawn(rt, "timeline", timeline.run(e, instant{} + 10s, instant{} + 40s));
  }
  runtime::task<> confirm() {
    auto outcome = co_await timeline.confirm_rollback();
    confirmed.emplace(std::move(outcome));
  }
  void confirm_now() {
    runtime::spawn(rt, "confirm", confirm());
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
    ASSERT_TRUE(confirmed);
  }
  void expect_active(instant at, std::size_t in_proxy, std::size_t in_mock) {
    rt.run(at);
    EXPECT_EQ(rig.proxy.listed().size(), in_proxy) << at.time_since_epoch() / 1ms << " ms";
    EXPECT_EQ(rig.mock.listed().size(), in_mock) << at.time_since_epoch() / 1ms << " ms";
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  fake_rig rig{rt};
  recorder rec{rt, instant{}};
  fault_timeline timeline{rt, rig, rec, lease};
  std::optional<result<>> confirmed;
};

TEST_F(FaultTimeline, KeepsAFaultAliveFarBeyondItsLeaseAndRemovesItAtItsEnd) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 5s, 20s));
  carry_out(e);
  expect_active(instant{} + 14900ms, 0, 0);
  for (instant at = instant{} + 15100ms; at < instant{} + 35s; at += 500ms) expect_active(at, 1, 0);
  expect_active(instant{} + 35100ms, 0, 0);
  EXPECT_EQ(rt.run(), runtime::run_end::finished);

  EXPECT_GE(rig.proxy.renewed, 5) << "20 s are five leases of 4 s";
  EXPECT_FALSE(timeline.first_error());
  const auto& record = timeline.records().at(0);
  EXPECT_EQ(record.from, 15s);
  EXPECT_EQ(record.to, 35s);
  EXPECT_EQ(record.touched, 5u);
  EXPECT_EQ(record.injected, 3u);
  EXPECT_EQ(record.skipped, 2u);
  confirm_now();
  EXPECT_TRUE(confirmed->has_value());
}

TEST_F(FaultTimeline, EndsWithThePhaseWhateverLastingSays) {
  scenario::experiment e;
  e.faults.push_back(fault_of("latency", "slow", 0s, std::nullopt));
  e.faults.push_back(fault_of("error", "failing", 20s, 60s));
  carry_out(e);
  expect_active(instant{} + 39900ms, 2, 0);
  expect_active(instant{} + 40100ms, 0, 0);
  EXPECT_EQ(timeline.records().at(0).to, 40s);
  EXPECT_EQ(timeline.records().at(1).to, 40s);
}

TEST_F(FaultTimeline, GivesTheMocksLeversToTheMockAndWaitsForCallsInFlight) {
  scenario::experiment e;
  e.faults.push_back(fault_of("token_expiry", "expiry", 5s, std::nullopt));
  e.faults.back().params.set("when_in_flight", 1);
  carry_out(e);
  expect_active(instant{} + 20s, 0, 0);
  EXPECT_EQ(rig.mock.applied, 0) << "nothing is in flight yet";

  epic::event started;
  started.at = rt.now();
  started.what = epic::events::call_started{
      {"op", 1, 1}, epic::call_purpose::operation, resilience::endpoint_class::read, 0, {}};
  rec.on_event(started);
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(rig.mock.applied, 1);
  EXPECT_EQ(rig.mock.removed, 1) << "an instant: applied, and its counters taken at once";
  EXPECT_EQ(rig.proxy.applied, 0);
  EXPECT_EQ(timeline.records().at(0).from, 20s);
}

TEST_F(FaultTimeline, SaysThatATriggerNeverCame) {
  scenario::experiment e;
  e.faults.push_back(fault_of("token_expiry", "expiry", 5s, std::nullopt));
  e.faults.back().params.set("when_in_flight", 10);
  carry_out(e);
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(rig.mock.applied, 0);
  EXPECT_EQ(timeline.records().at(0).injected, 0u);
  EXPECT_FALSE(timeline.records().at(0).to);
  EXPECT_FALSE(timeline.first_error());
  ASSERT_FALSE(rec.timeline.empty());
  EXPECT_EQ(rec.timeline.back().event, "fault.not_started");
}

TEST_F(FaultTimeline, StopTakesEveryFaultAwayInMidFault) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 0s, std::nullopt));
  e.faults.push_back(fault_of("latency", "slow", 0s, std::nullopt));
  e.faults.push_back(fault_of("error", "later", 25s, std::nullopt));
  carry_out(e);
  expect_active(instant{} + 20s, 2, 0);
  timeline.stop();
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_LT(rt.now(), instant{} + 21s) << "it does not wait for the faults' own ends";
  EXPECT_TRUE(rig.proxy.listed().empty());
  EXPECT_EQ(rig.proxy.applied, 2) << "what had not begun never begins";
  EXPECT_FALSE(timeline.first_error());
  for (const auto& window : rec.seen.faults) EXPECT_EQ(window.to, instant{} + 20s);
}

TEST_F(FaultTimeline, ConfirmRollbackRemovesWhatIsLeft) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 0s, 1s));
  rig.proxy.refuses_to_remove = 1;
  carry_out(e);
  rt.run(instant{} + 11500ms);
  ASSERT_EQ(rig.proxy.listed().size(), 1u);
  EXPECT_TRUE(timeline.first_error()) << "it could not be removed";
  confirm_now();
  EXPECT_TRUE(confirmed->has_value());
  EXPECT_TRUE(rig.proxy.listed().empty());
  EXPECT_EQ(timeline.records().at(0).injected, 3u) << "its counters are evidence";
}

TEST_F(FaultTimeline, ConfirmRollbackFailsWhereAFaultCannotBeRemoved) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 0s, 1s));
  rig.proxy.refuses_to_remove = 100;
  carry_out(e);
  rt.run(instant{} + 11500ms);
  confirm_now();
  ASSERT_FALSE(confirmed->has_value());
  EXPECT_THAT(confirmed->error().message(), HasSubstr("still injected: down"));
}

TEST_F(FaultTimeline, ConfirmRollbackFailsWhereNobodyCanBeAsked) {
  rig.mock.unreachable = true;
  confirm_now();
  ASSERT_FALSE(confirmed->has_value());
  EXPECT_THAT(confirmed->error().message(), HasSubstr("nobody answers"));
}

TEST_F(FaultTimeline, AFaultThatCannotBeAppliedIsTheFirstError) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 0s, std::nullopt));
  rig.proxy.refuses_to_apply = true;
  carry_out(e);
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(timeline.first_error());
  EXPECT_EQ(exit_code_of(*timeline.first_error()), 8);
  EXPECT_THAT(timeline.first_error()->message(), HasSubstr("fault down could not be applied"));
}

TEST_F(FaultTimeline, ALostLeaseIsNoticedAtTheNextRenewal) {
  scenario::experiment e;
  e.faults.push_back(fault_of("outage", "down", 0s, std::nullopt));
  carry_out(e);
  rt.run(instant{} + 15s);
  rig.proxy.forgets_leases = true;
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_LE(rt.now(), instant{} + 15s + lease / 4 + 1ms);
  ASSERT_TRUE(timeline.first_error());
  EXPECT_THAT(timeline.first_error()->message(), HasSubstr("the lease of fault down ran out"));
}

TEST_F(FaultTimeline, TellsHowLongAFaultWillLastWhateverTheFileLeavesOpen) {
  scenario::experiment e;
  e.faults.push_back(fault_of("error", "open", 5s, std::nullopt));
  e.faults.push_back(fault_of("error", "short", 5s, 10s));
  e.faults.push_back(fault_of("error", "long", 5s, 100s));
  e.faults[0].ramp_out = 3s;
  carry_out(e);
  rt.run(instant{} + 15100ms);
  ASSERT_TRUE(rig.proxy.find("open") && rig.proxy.find("short") && rig.proxy.find("long"));
  EXPECT_EQ(rig.proxy.find("open")->lasting, 25s) << "to the end of during";
  EXPECT_EQ(rig.proxy.find("open")->ramp_out, 3s);
  EXPECT_EQ(rig.proxy.find("short")->lasting, 10s);
  EXPECT_EQ(rig.proxy.find("long")->lasting, 25s);
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
}

TEST(SpecOf, CarriesEveryPartOfTheFaultButTheTrigger) {
  auto f = fault_of("error", "failing", 0s, std::nullopt);
  f.params.set("status", json::array{json::value(503)});
  f.params.set("when_in_flight", 7);
  f.rate = share{300'000};
  f.match.operation = "order-lab";
  f.match.method = "POST";
  f.match.path = "/a/**";
  f.match.header = "X: y";
  f.match.client = "me";
  f.match.body = "resourceType: Observation";
  f.match.first = 1;
  f.match.nth = 2;
  f.match.every = 3;
  f.match.after = 4;
  f.ramp_in = 1s;
  f.ramp_out = 2s;
  f.lasting = 30s;
  f.max_active = 5;
  const auto spec = spec_of(f, 7s);
  EXPECT_EQ(spec.id, "failing");
  EXPECT_EQ(spec.type, "error");
  EXPECT_EQ(spec.lease, 7s);
  EXPECT_TRUE(spec.parameters.contains("status"));
  EXPECT_FALSE(spec.parameters.contains("when_in_flight"));
  EXPECT_EQ(spec.match.rate, share{300'000});
  EXPECT_EQ(spec.match.operation, "order-lab");
  EXPECT_EQ(spec.match.method, "POST");
  EXPECT_EQ(spec.match.path, "/a/**");
  EXPECT_EQ(spec.match.header, "X: y");
  EXPECT_EQ(spec.match.client, "me");
  EXPECT_EQ(spec.match.body, "resourceType: Observation");
  EXPECT_EQ(spec.match.first, 1u);
  EXPECT_EQ(spec.match.nth, 2u);
  EXPECT_EQ(spec.match.every, 3u);
  EXPECT_EQ(spec.match.after, 4u);
  EXPECT_EQ(spec.ramp_in, 1s);
  EXPECT_EQ(spec.ramp_out, 2s);
  EXPECT_EQ(spec.lasting, 30s);
  EXPECT_EQ(spec.max_active, 5u);
  EXPECT_FALSE(spec_of(scenario::fault{}, 1s).match.operation) << "an absent part matches everything";
}

}  // namespace
}  // namespace epicenter::engine
