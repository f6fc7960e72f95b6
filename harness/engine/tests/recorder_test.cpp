#include "harness/engine/recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::engine {
namespace {

using resilience::endpoint_class;

struct Recorder : ::testing::Test {
  template <class What>
  void tell(What what) {
    epic::event e;
    e.at = rt.now();
    e.what = std::move(what);
    rec.on_event(e);
  }
  void start(std::uint32_t request) {
    tell(epic::events::call_started{
        {"op", request, 1}, epic::call_purpose::operation, endpoint_class::read, 1, {}});
  }
  void end(std::uint32_t request, unsigned status = 200) {
    epic::events::call_ended ended{};
    ended.id = {"op", request, 1};
    ended.endpoint = endpoint_class::read;
    ended.status = status;
    tell(ended);
  }
  runtime::task<> wait_for(std::size_t calls, instant deadline) {
    auto outcome = co_await rec.wait_for_in_flight(calls, deadline);
    woken_at = rt.now();
    waited.emplace(std::move(outcome));
  }
  runtime::task<> at(instant when, std::function<void()> what) {
    (void)co_await sleep_until(rt, when);
    what();
  }
  long count_of(const std::string& name) const {
    return std::count_if(rec.seen.events.begin(), rec.seen.events.end(),
                         [&](const auto& e) { return e.name == name; });
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  recorder rec{rt, instant{}};
  std::optional<result<>> waited;
  instant woken_at{};
};

TEST_F(Recorder, WaitsUntilSoManyCallsAreInFlightAtOnce) {
  runtime::spawn(rt, "wait", wait_for(2, instant{} + 10s));
  runtime::spawn(rt, "1", at(instant{} + 1s, [this] { start(1); }));
  runtime::spawn(rt, "2", at(instant{} + 2s, [this] { end(1); }));
  runtime::spawn(rt, "3", at(instant{} + 3s, [this] { start(2); }));
  runtime::spawn(rt, "4", at(instant{} + 4s, [this] { start(3); }));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(waited);
  EXPECT_TRUE(waited->has_value());
  EXPECT_EQ(woken_at, instant{} + 4s) << "an answered call is not in flight any more";
  EXPECT_EQ(rec.in_flight(), 2u);
}

TEST_F(Recorder, DoesNotWaitForWhatIsThere) {
  start(1);
  runtime::spawn(rt, "wait", wait_for(1, instant{} + 10s));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(waited && waited->has_value());
  EXPECT_EQ(woken_at, instant{});
}

TEST_F(Recorder, GivesUpAtTheDeadline) {
  start(1);
  runtime::spawn(rt, "wait", wait_for(2, instant{} + 10s));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(waited);
  EXPECT_FALSE(waited->has_value());
  EXPECT_EQ(woken_at, instant{} + 10s);
}

TEST_F(Recorder, KeepsStatusAndEndOfTheCallThatTheyBelongTo) {
  start(1);
  start(2);
  end(2, 503);
  end(9, 500);  // never started: nothing to note
  ASSERT_EQ(rec.seen.calls.size(), 2u);
  EXPECT_FALSE(rec.seen.calls[0].ended);
  EXPECT_TRUE(rec.seen.calls[1].ended);
  EXPECT_EQ(rec.seen.calls[1].status, 503u);
  EXPECT_EQ(rec.in_flight(), 1u);
}

TEST_F(Recorder, CountsEachEventOnce) {
  tell(epic::events::token_refreshed{1, 5min});
  tell(epic::events::stale_served{"op", "AllergyIntolerance", 10s, 60s, "breaker_open"});
  EXPECT_EQ(count_of("token.refreshed"), 1);
  EXPECT_EQ(count_of("stale.served"), 1);
  EXPECT_EQ(rec.seen.token_refreshes.size(), 1u);
  EXPECT_EQ(rec.seen.stale.size(), 1u);
}

}  // namespace
}  // namespace epicenter::engine
