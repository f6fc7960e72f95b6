// How the manager behaves towards an endpoint that refuses the client, by what is wrong (failure catalogue,
// rows 1 to 10).
#include "lib/epicenter/smart/tests/token_world.hpp"

namespace epicenter::smart {
namespace {

constexpr std::int64_t midnight = 1767571200;  // of 5 January 2026, when each run begins

// Asks every second, as a busy adapter does, and notes at which seconds the endpoint was asked.
task<> ask_each_second(token_world& world, int seconds, std::vector<std::int64_t>& asked) {
  for (int i = 0; i != seconds; ++i) {
    const int before = world.endpoint.calls;
    co_await world.manager.get(runtime::never);
    if (world.endpoint.calls != before) asked.push_back(i);
    co_await runtime::sleep_until(world.rt, instant(std::chrono::seconds(i + 1)));
  }
}

TEST(token_refusal, a_new_client_that_is_not_known_yet_is_asked_for_in_minutes) {
  token_world world;
  world.endpoint.latency = 1ms;
  world.endpoint.answer = [&](int) {
    return world.rt.now() < instant(40min) ? token_endpoint::refusal(400) : world.endpoint.grant(3600);
  };
  std::vector<std::int64_t> asked;
  const auto body = [&]() -> task<> {
    co_await ask_each_second(world, 1800, asked);
    EXPECT_EQ(world.manager.status().state, token_state::propagating);
    EXPECT_EQ(world.manager.status().last_refusal, oauth_error::invalid_client);
    while (world.rt.now() < instant(50min)) {
      co_await world.manager.get(runtime::never);
      co_await runtime::sleep_for(world.rt, 1s);
    }
    EXPECT_EQ(world.manager.status().state, token_state::good);
  };
  world.run(body);
  ASSERT_GE(asked.size(), 7U);
  EXPECT_EQ(asked[1], 2);  // two quick ones, for a wrong clock or an unlucky key fetch
  EXPECT_EQ(asked[2], 5);
  EXPECT_GE(asked[3] - asked[2], 60);
  EXPECT_GE(asked[4] - asked[3], 120);
  EXPECT_GE(asked[5] - asked[4], 240);
  EXPECT_GE(asked[6] - asked[5], 300);
  EXPECT_LE(asked[6] - asked[5], 302);
  EXPECT_LE(world.endpoint.calls, 16);
}

TEST(token_refusal, a_client_known_before_is_never_taken_for_a_new_one) {
  auto options = token_world::usual_options();
  options.pace.known_client = true;
  token_world world(1, options);
  world.endpoint.answer = [](int) { return token_endpoint::refusal(400); };
  std::vector<std::int64_t> asked;
  const auto body = [&]() -> task<> {
    co_await ask_each_second(world, 600, asked);
    EXPECT_EQ(world.manager.status().state, token_state::failing);
  };
  world.run(body);
  EXPECT_GT(asked.size(), 20U);
}

TEST(token_refusal, a_missing_background_user_is_told_as_a_fault_of_the_configuration) {
  token_world world;
  world.endpoint.answer = [](int) { return token_endpoint::refusal(400, "unauthorized_client"); };
  std::vector<std::int64_t> asked;
  const auto body = [&]() -> task<> {
    co_await ask_each_second(world, 1000, asked);
    const auto refused = co_await world.manager.get(runtime::never);
    EXPECT_EQ(refused.error(), make_error_code(errc::backing_off));
    EXPECT_EQ(refused.error().cause()->detail(), "400 unauthorized_client");
    EXPECT_EQ(world.manager.status().state, token_state::misconfigured);
    world.endpoint.answer = [&](int) { return world.endpoint.grant(3600); };
    world.manager.retry_now();
    const auto mended = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(mended.has_value());
    EXPECT_FALSE(world.manager.status().last_failure.has_value());
    EXPECT_EQ(world.manager.status().last_refusal, oauth_error::none);
    EXPECT_EQ(world.manager.status().failures_in_a_row, 0);
  };
  world.run(body);
  EXPECT_LE(asked.size(), 4U);  // every five minutes
  EXPECT_EQ(world.events.front().state, token_state::misconfigured);
  EXPECT_EQ(world.events.front().refusal, oauth_error::unauthorized_client);
}

TEST(token_refusal, a_date_that_lies_is_found_out_by_the_next_refusal) {
  // A gateway before Epic has a clock of its own, an hour off; Epic judges by the right one.
  token_world world;
  world.endpoint.answer = [&](int call) {
    const std::int64_t right = midnight + world.rt.now().time_since_epoch() / 1s;
    const bool in_time = std::abs(world.endpoint.last_issued + 30 - right) <= 30;
    auto made = call > 1 && in_time ? world.endpoint.grant(300) : token_endpoint::refusal(400);
    made.fields.add("Date", "Mon, 05 Jan 2026 01:00:00 GMT");
    return made;
  };
  std::vector<std::int64_t> asked;
  const auto body = [&]() -> task<> {
    co_await ask_each_second(world, 30, asked);
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(token.has_value());
    EXPECT_TRUE(world.manager.status().clock_differs);
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls,
            3);  // by the own clock (refused for another reason), by the Date, by the own
  EXPECT_TRUE(world.events.back().clock_differs);
}

TEST(token_refusal, a_step_of_the_own_clock_does_not_reach_the_server) {
  token_world world;
  world.endpoint.answer = [&](int) {
    auto made = world.endpoint.grant(300);
    made.fields.add("Date", world.rt.now() < instant(1s) ? "Mon, 05 Jan 2026 00:00:00 GMT" : "no date");
    return made;
  };
  const auto body = [&]() -> task<> {
    co_await world.manager.get(runtime::never);
    world.rt.set_wall_skew(2h);
    co_await runtime::sleep_until(world.rt, instant(400s));
    co_await world.manager.get(runtime::never);
    EXPECT_NEAR(static_cast<double>(world.endpoint.last_issued), static_cast<double>(midnight + 400 - 30),
                2.0);
    EXPECT_TRUE(world.manager.status().clock_differs);
    EXPECT_NEAR(static_cast<double>(world.manager.clock_offset() / 1s), -7200.0, 2.0);
  };
  world.run(body);
}

TEST(token_refusal, an_answer_out_of_a_cache_says_nothing_of_the_time) {
  token_world world;
  world.endpoint.answer = [&](int) {
    auto made = world.endpoint.grant(300);
    made.fields.add("Date", "Sun, 04 Jan 2026 00:00:00 GMT");
    made.fields.add("Age", "86400");
    return made;
  };
  const auto body = [&]() -> task<> {
    co_await world.manager.get(runtime::never);
    EXPECT_EQ(world.manager.clock_offset(), duration{});
  };
  world.run(body);
}

TEST(token_refusal, a_date_of_another_age_is_nonsense) {
  for (const char* date :
       {"Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 1601 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
    token_world world;
    world.endpoint.answer = [&](int) {
      auto made = world.endpoint.grant(300);
      made.fields.add("Date", date);
      return made;
    };
    const auto body = [&]() -> task<> {
      co_await world.manager.get(runtime::never);
      EXPECT_EQ(world.manager.clock_offset(), duration{}) << date;
    };
    world.run(body);
  }
}

TEST(token_refusal, tokens_that_are_all_refused_cause_no_storm) {
  token_world world;
  world.endpoint.latency = 1ms;
  int without = 0;
  const auto body = [&]() -> task<> {
    while (world.rt.now() < instant(60s)) {
      const auto token = co_await world.manager.get(runtime::never);
      if (token) world.manager.invalidate((*token)->id);
      if (!token) {
        ++without;
        EXPECT_EQ(token.error().cause()->code(), make_error_code(errc::refused));
      }
      co_await runtime::sleep_for(world.rt, 5ms);
    }
  };
  world.run(body);
  EXPECT_GT(without, 1000);
  EXPECT_LE(world.endpoint.calls, 81);
  EXPECT_GE(world.endpoint.calls, 70) << "it must go on trying";
}

TEST(token_refusal, a_few_revocations_are_mended_at_once) {
  token_world world;
  const auto body = [&]() -> task<> {
    for (int i = 0; i != 20; ++i) {
      const auto token = co_await world.manager.get(runtime::never);
      EXPECT_TRUE(token.has_value());
      if (token) world.manager.invalidate((*token)->id);
    }
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 20);
}

TEST(token_key, a_candidate_is_tried_beside_the_token_in_use) {
  token_world world;
  const auto next = named_key(algorithm::es256, "next");
  const auto body = [&]() -> task<> {
    const auto first = co_await world.manager.get(runtime::never);
    const auto tried = co_await world.manager.try_key(next, world.in(5s));
    EXPECT_TRUE(tried.has_value());
    EXPECT_EQ(world.endpoint.last_kid, "next");
    EXPECT_EQ(world.manager.key().kid(), test_key(algorithm::es256).kid());
    const auto still = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*still)->id, (*first)->id);
    world.manager.use_key(next, *tried);
    const auto after = co_await world.manager.get(runtime::never);
    EXPECT_EQ((*after)->id, (*tried)->id);
    EXPECT_GT((*first)->expires_at, world.rt.now()) << "who holds the old token may go on";
  };
  world.run(body);
  EXPECT_EQ(world.endpoint.calls, 2);
}

TEST(token_key, a_candidate_that_is_refused_leaves_no_trace) {
  token_world world;
  world.endpoint.answer = [&](int) {
    return world.endpoint.last_kid == "next" ? token_endpoint::refusal(400) : world.endpoint.grant(3600);
  };
  const auto next = named_key(algorithm::es256, "next");
  const auto body = [&]() -> task<> {
    const auto tried = co_await world.manager.try_key(next, world.in(5s));
    EXPECT_EQ(tried.error(), make_error_code(errc::refused));
    EXPECT_EQ(world.manager.status().state, token_state::idle);
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(token.has_value());
    EXPECT_NE(world.endpoint.last_kid, "next");
  };
  world.run(body);
  EXPECT_EQ(world.count(token_event_kind::refresh_failed), 0);
}

TEST(token_key, another_key_is_tried_at_once_where_the_old_one_had_failed) {
  token_world world;
  world.endpoint.answer = [&](int) {
    return world.endpoint.last_kid == "next" ? world.endpoint.grant(3600) : token_endpoint::refusal(400);
  };
  const auto body = [&]() -> task<> {
    for (int i = 0; i != 10; ++i) {
      co_await world.manager.get(runtime::never);
      co_await runtime::sleep_for(world.rt, 1s);
    }
    const auto next = named_key(algorithm::es256, "next");
    world.manager.use_key(next);
    const auto token = co_await world.manager.get(runtime::never);
    EXPECT_TRUE(token.has_value());
    EXPECT_EQ(world.manager.status().kid, "next");
  };
  world.run(body);
}

}  // namespace
}  // namespace epicenter::smart
