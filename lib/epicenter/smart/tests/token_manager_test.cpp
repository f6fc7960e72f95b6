#include "lib/epicenter/smart/tests/token_world.hpp"

namespace epicenter::smart {
namespace {

struct got {
  std::uint64_t id = 0;
  std::error_code why;
  instant at;
};

task<> ask(token_world& world, duration patience, got& into) {
  const instant deadline = world.in(patience);
  const auto token = co_await world.manager.get(deadline);
  into.at = world.rt.now();
  if (token) {
    into.id = (*token)->id;
  } else {
    into.why = token.error().code();
  }
}

TEST(token_manager, a_crowd_causes_one_flight) {
  token_world world;
  std::vector<got> crowd(100);
  got impatient;
  const auto body = [&]() -> task<> {
    runtime::task_group callers(world.rt);
    callers.spawn("impatient", ask(world, 50ms, impatient));
    for (got& one : crowd) callers.spawn("caller", ask(world, 1s, one));
    co_await callers.join();
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 1);
  for (const got& one : crowd) EXPECT_EQ(one.id, 1U);
  EXPECT_EQ(impatient.why, make_error_code(errc::timed_out));
  EXPECT_EQ(impatient.at.time_since_epoch(), 50ms);
}

TEST(token_manager, cancelling_a_waiter_leaves_the_flight_alone) {
  token_world world;
  got cancelled;
  got patient;
  const auto body = [&]() -> task<> {
    runtime::task_group first(world.rt);
    runtime::task_group second(world.rt);
    first.spawn("cancelled", ask(world, 1s, cancelled));
    second.spawn("patient", ask(world, 1s, patient));
    co_await runtime::sleep_for(world.rt, 10ms);
    first.cancel();
    co_await first.join();
    co_await second.join();
  };
  world.run(body);
  EXPECT_EQ(cancelled.why, make_error_code(errc::cancelled));
  EXPECT_EQ(patient.id, 1U);
  EXPECT_EQ(world.endpoint.calls, 1);
}

TEST(token_manager, refreshes_in_the_background_and_nobody_waits) {
  token_world world;
  world.endpoint.latency = 3s;
  const auto body = [&]() -> task<> {
    const auto first = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*first)->sent_at.time_since_epoch(), 0s);
    EXPECT_EQ((*first)->expires_at.time_since_epoch(), 3600s);  // from sending, not from the answer
    EXPECT_EQ((*first)->join_at.time_since_epoch(), 3570s);
    co_await runtime::sleep_until(world.rt, instant(2699s));
    const auto early = co_await world.manager.get(runtime::never);
    EXPECT_EQ(world.endpoint.calls, 1);
    co_await runtime::sleep_until(world.rt, (*first)->refresh_at);
    for (int i = 0; i != 10; ++i) {
      const auto current = co_await world.manager.get(runtime::never);
      EXPECT_EQ((*current)->id, 1U);
      EXPECT_EQ(world.rt.now(), (*first)->refresh_at);
    }
    co_await runtime::sleep_for(world.rt, 4s);
    const auto renewed = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*renewed)->id, 2U);
    EXPECT_EQ(world.endpoint.calls, 2);
  };
  world.run(body);
  EXPECT_EQ(world.count(token_event_kind::refreshed), 2);
}

TEST(token_manager, callers_wait_when_the_token_is_about_to_expire) {
  token_world world;
  const auto body = [&]() -> task<> {
    const auto first = co_await world.manager.get(runtime::never);
    co_await runtime::sleep_until(world.rt, (*first)->join_at);
    const auto next = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*next)->id, 2U);
    EXPECT_EQ(world.rt.now(), (*first)->join_at + 100ms);
  };
  world.run(body);
}

TEST(token_manager, the_refresh_time_is_drawn_per_token_within_its_bounds) {
  std::set<instant> seen;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    token_world world(seed);
    const auto body = [&]() -> task<> {
      const auto token = co_await world.manager.get(runtime::never);
      EXPECT_GE((*token)->refresh_at.time_since_epoch(), 2700s);
      EXPECT_LE((*token)->refresh_at.time_since_epoch(), 3060s);
      seen.insert((*token)->refresh_at);
    };
    world.run(body);
  }
  EXPECT_GT(seen.size(), 20U);
}

TEST(token_manager, a_short_lived_token_is_used_and_not_fetched_for_every_call) {
  token_world world;
  world.endpoint.answer = [&](int) { return world.endpoint.grant(8); };
  const auto body = [&]() -> task<> {
    for (int i = 0; i != 50; ++i) {
      const auto token = co_await world.manager.get(runtime::never);
      EXPECT_TRUE(token.has_value());
      co_await runtime::sleep_for(world.rt, 100ms);
    }
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 1);
}

TEST(token_manager, a_token_that_expired_on_its_way_is_not_handed_out) {
  token_world world;
  world.endpoint.answer = [&](int) { return world.endpoint.grant(5); };
  world.endpoint.latency = 5s;
  const auto body = [&]() -> task<> {
    const auto late = co_await world.manager.get(runtime::never);
    EXPECT_FALSE(late.has_value());
    EXPECT_EQ(late.error(), make_error_code(errc::unavailable));
    world.endpoint.latency = 1s;
    co_await runtime::sleep_for(world.rt, 1s);
    const auto good = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(good.has_value());
    EXPECT_GT((*good)->expires_at, world.rt.now());
  };
  world.run(body);
  EXPECT_EQ(world.count(token_event_kind::refreshed), 1);
}

TEST(token_manager, only_the_first_of_many_401s_invalidates) {
  token_world world;
  const auto body = [&]() -> task<> {
    co_await world.manager.get(runtime::never);
    EXPECT_TRUE(world.manager.invalidate(1));
    EXPECT_FALSE(world.manager.invalidate(1));
    const auto second = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*second)->id, 2U);
    EXPECT_FALSE(world.manager.invalidate(1));  // a straggler with the old token
    const auto still = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*still)->id, 2U);
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 2);
  EXPECT_EQ(world.count(token_event_kind::invalidated), 1);
}

TEST(token_manager, a_failing_endpoint_is_asked_ever_more_rarely) {
  token_world world;
  world.endpoint.latency = 1ms;
  world.endpoint.answer = [](int) { return token_endpoint::refusal(503); };
  const auto body = [&]() -> task<> {
    for (int i = 0; i != 620; ++i) {
      const auto refused = co_await world.manager.get(runtime::never);
      EXPECT_FALSE(refused.has_value());
      if (refused.error() == make_error_code(errc::backing_off)) {
        EXPECT_EQ(refused.error().cause()->code(), make_error_code(errc::unavailable));
      }
      co_await runtime::sleep_for(world.rt, 100ms);
    }
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 7);  // at 0, 1, 3, 7, 15, 31 and 61 s
  EXPECT_EQ(world.events.back().retry_in, 30s);
}

TEST(token_manager, failures_stay_invisible_while_the_token_is_good) {
  token_world world;
  world.endpoint.answer = [&](int call) {
    return call == 1 || world.rt.now() > instant(320s) ? world.endpoint.grant(300)
                                                       : token_endpoint::refusal(503);
  };
  int refused = 0;
  const auto body = [&]() -> task<> {
    while (world.rt.now() < instant(340s)) {
      const auto token = co_await world.manager.get(runtime::never);
      if (token) {
        EXPECT_GT((*token)->expires_at, world.rt.now());
      } else {
        EXPECT_GE(world.rt.now(), instant(299s));
        ++refused;
      }
      co_await runtime::sleep_for(world.rt, 250ms);
    }
  };
  world.run(body);
  EXPECT_GT(refused, 0);
  EXPECT_GT(world.count(token_event_kind::refresh_failed), 2);
  EXPECT_EQ(world.count(token_event_kind::refreshed), 2);
}

TEST(token_manager, every_try_has_a_new_jti_and_counts_life_from_the_last) {
  token_world world;
  world.endpoint.tries = 3;
  const auto body = [&]() -> task<> {
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*token)->sent_at.time_since_epoch(), 200ms);
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.jtis.size(), 3U);
}

TEST(token_manager, a_jti_is_drawn_in_the_same_order_by_every_compiler) {
  token_world world;
  runtime::random_stream drawn = world.rt.random("smart.token");
  const std::uint64_t first = drawn.next();
  const std::uint64_t second = drawn.next();
  const auto body = [&]() -> task<> {
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(token.has_value());
  };
  world.run(body);
  ASSERT_EQ(world.endpoint.last_jti.size(), 48U);
  EXPECT_EQ(std::stoull(world.endpoint.last_jti.substr(16, 16), nullptr, 16), first);
  EXPECT_EQ(std::stoull(world.endpoint.last_jti.substr(32), nullptr, 16), second);
}

TEST(token_manager, learns_the_servers_clock_even_from_a_refusal) {
  token_world world;
  world.rt.set_wall_skew(
      -600s);  // this host is ten minutes behind; the run begins at midnight of 5 January 2026
  world.endpoint.answer = [&](int call) {
    auto made = call == 1 ? token_endpoint::refusal(400) : world.endpoint.grant(300);
    made.fields.add("Date", "Mon, 05 Jan 2026 00:00:00 GMT");
    return made;
  };
  const std::int64_t midnight = 1767571200;
  const auto body = [&]() -> task<> {
    const auto refused = co_await world.manager.get(runtime::never);
    EXPECT_FALSE(refused.has_value());
    EXPECT_EQ(world.endpoint.last_issued, midnight - 600 - 30);
    co_await runtime::sleep_for(world.rt, 1s);
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(token.has_value());
    EXPECT_NEAR(static_cast<double>(world.endpoint.last_issued), static_cast<double>(midnight - 30), 2.0);
  };
  world.run(body);
}

TEST(token_manager, a_flight_that_hangs_ends_at_its_own_limit) {
  token_world world;
  world.endpoint.latency = 1h;
  const auto body = [&]() -> task<> {
    const auto hung = co_await world.manager.get(runtime::never);
    EXPECT_FALSE(hung.has_value());
    EXPECT_EQ(world.rt.now().time_since_epoch(), 10s);
  };
  world.run(body);
  EXPECT_EQ(world.count(token_event_kind::refresh_failed), 1);
}

TEST(token_manager, stopping_wakes_those_who_wait) {
  token_world world;
  got waiting;
  got late;
  const auto body = [&]() -> task<> {
    runtime::task_group callers(world.rt);
    callers.spawn("waiting", ask(world, 1h, waiting));
    co_await runtime::sleep_for(world.rt, 1ms);
    co_await world.manager.stop();
    co_await callers.join();
    co_await ask(world, 1h, late);
  };
  world.run(body);
  EXPECT_EQ(waiting.why, make_error_code(errc::stopped));
  EXPECT_EQ(late.why, make_error_code(errc::stopped));
  EXPECT_EQ(waiting.at.time_since_epoch(), 1ms);
  EXPECT_TRUE(world.events.empty());
}

}  // namespace
}  // namespace epicenter::smart
