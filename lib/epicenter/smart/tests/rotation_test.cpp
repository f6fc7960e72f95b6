#include "lib/epicenter/smart/tests/rotation_world.hpp"

namespace epicenter::smart {
namespace {

TEST(rotation, changes_the_key_and_no_call_notices) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    co_await runtime::sleep_for(world.rt, 10s);
    auto done = co_await world.keys.rotate(world.key("new"));
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(world.tokens.key().kid(), "new");
    EXPECT_TRUE(world.serves("old")) << "published alongside";
    co_await runtime::sleep_for(world.rt, 299s);
    EXPECT_TRUE(world.serves("old"));
    co_await runtime::sleep_for(world.rt, 2s);
    EXPECT_FALSE(world.serves("old"));
    world.tokens.invalidate(world.tokens.status().token_id);
    co_await runtime::sleep_for(world.rt, 10s);
  };
  world.run("old", body);
  EXPECT_EQ(world.kinds(), "rotation_began:new rotation_completed:new withdrawn:old ");
  EXPECT_EQ(world.bad_calls, 0);
  EXPECT_GT(world.good_calls, 400);
  EXPECT_TRUE(world.epic.refused.empty());
  EXPECT_EQ(world.epic.signed_with.at("new"), 3);  // on trial, before the old one went, after the 401
  EXPECT_EQ(kept.state->active.kid, "new");
  EXPECT_FALSE(kept.state->previous.has_value());
}

TEST(rotation, the_new_key_signs_nothing_before_it_is_published) {
  disk kept;
  rotation_world world(kept, {}, true);
  const auto body = [&]() -> task<> {
    world.publish_delay = 20s;
    auto done = co_await world.keys.rotate(world.key("new"));
    EXPECT_TRUE(done.has_value()) << done.error().message();
    EXPECT_GE(world.rt.now(), instant(20s));
  };
  world.run("old", body);
  EXPECT_TRUE(world.epic.refused.empty());
}

TEST(rotation, a_key_set_that_never_shows_the_new_key_ends_it_before_anything_is_signed) {
  disk kept;
  rotation_world world(kept, {}, true);
  const auto body = [&]() -> task<> {
    world.publish_delay = 1h;
    auto done = co_await world.keys.rotate(world.key("new"));
    EXPECT_EQ(done.error(), make_error_code(errc::rotation_failed));
    EXPECT_NE(done.error().message().find("absent"), std::string::npos);
    co_await runtime::sleep_for(world.rt, 3h);
  };
  world.run("old", body);
  EXPECT_TRUE(world.epic.refused.empty());
  EXPECT_EQ(world.bad_calls, 0);
}

// Each way in which a new key can fail to prove itself: afterwards everything is as it was.
struct failing_case {
  const char* name;
  std::function<void(rotation_world&)> arrange;
  const char* reason;
};

TEST(rotation, goes_back_to_the_last_good_key_whatever_fails) {
  const failing_case cases[] = {
      {"stale", [](rotation_world& w) { w.epic.refetches = false; }, "invalid_client"},
      {"read", [](rotation_world& w) { w.reads_fail = true; }, "403"},
      {"down", [](rotation_world& w) { w.endpoint_down = true; }, "no connection"},
      {"publish", [](rotation_world& w) { w.publishing_fails = true; }, "no space"},
      {"user", [](rotation_world& w) { w.epic.user_mapped = false; }, "unauthorized_client"},
  };
  for (const failing_case& one : cases) {
    SCOPED_TRACE(one.name);
    disk kept;
    rotation_world world(kept);
    const auto body = [&]() -> task<> {
      co_await runtime::sleep_for(world.rt, 1s);
      one.arrange(world);
      auto done = co_await world.keys.rotate(world.key("new"));
      EXPECT_EQ(done.error(), make_error_code(errc::rotation_failed));
      EXPECT_NE(done.error().message().find(one.reason), std::string::npos) << done.error().message();
      EXPECT_EQ(world.tokens.key().kid(), "old");
      world.endpoint_down = world.publishing_fails = world.reads_fail = false;
      world.epic.user_mapped = true;
      co_await runtime::sleep_for(world.rt, 2h);
    };
    world.run("old", body);
    EXPECT_EQ(world.bad_calls, 0);
    EXPECT_GE(world.epic.signed_with.at("old"), 2) << "the old key signs on";
    EXPECT_TRUE(world.serves("old"));
    EXPECT_FALSE(world.serves("new"));
    EXPECT_EQ(kept.state->active.kid, "old");
    EXPECT_FALSE(kept.state->candidate.has_value());
    EXPECT_NE(world.kinds().find("rotation_rolled_back:new"), std::string::npos);
  }
}

TEST(rotation, a_state_that_cannot_be_saved_changes_nothing) {
  for (const int nth : {0, 1}) {  // before the trial, and before the new key signs
    disk kept;
    rotation_world world(kept);
    const auto body = [&]() -> task<> {
      co_await runtime::sleep_for(world.rt, 2s);
      kept.fail_save = nth;
      auto done = co_await world.keys.rotate(world.key("new"));
      EXPECT_EQ(done.error(), make_error_code(errc::rotation_failed));
      EXPECT_EQ(world.tokens.key().kid(), "old");
      co_await runtime::sleep_for(world.rt, 2h);
    };
    world.run("old", body);
    EXPECT_EQ(world.bad_calls, 0);
    EXPECT_EQ(kept.state->active.kid, "old");
  }
}

TEST(rotation, can_be_tried_again_after_it_failed) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    world.reads_fail = true;
    auto failed = co_await world.keys.rotate(world.key("new"));
    EXPECT_FALSE(failed.has_value());
    world.reads_fail = false;
    auto done = co_await world.keys.rotate(world.key("new"));
    EXPECT_TRUE(done.has_value());
  };
  world.run("old", body);
  EXPECT_EQ(kept.state->active.kid, "new");
}

TEST(rotation, a_key_that_is_refused_after_all_is_rolled_back_while_the_old_one_is_published) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    co_await runtime::sleep_for(world.rt, 1s);
    auto done = co_await world.keys.rotate(world.key("new"));
    EXPECT_TRUE(done.has_value());
    // One of Epic's servers still has the older copy, and answers from now on.
    world.epic.unseen = {"new"};
    world.tokens.invalidate(world.tokens.status().token_id);
    co_await runtime::sleep_for(world.rt, 10s);
    EXPECT_EQ(world.tokens.key().kid(), "old");
    const int bad = world.bad_calls;
    co_await runtime::sleep_for(world.rt, 2h);
    EXPECT_EQ(world.bad_calls, bad) << "the old key signs on";
  };
  world.run("old", body);
  EXPECT_NE(world.kinds().find("rotation_rolled_back:new"), std::string::npos) << world.kinds();
  EXPECT_LE(world.bad_calls, 6);
  EXPECT_EQ(kept.state->active.kid, "old");
  EXPECT_FALSE(kept.state->previous.has_value()) << "the refused key is withdrawn in its turn";
}

TEST(rotation, the_old_key_is_not_withdrawn_before_the_new_one_has_brought_a_second_token) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    co_await runtime::sleep_for(world.rt, 1s);
    co_await world.keys.rotate(world.key("new"));
    world.epic.unseen = {"new"};  // nobody asks for a token: the one held is good for an hour
    co_await runtime::sleep_for(world.rt, 2h);
    EXPECT_EQ(world.tokens.key().kid(), "old");
    EXPECT_TRUE(world.serves("old"));
  };
  world.run("old", body);
  EXPECT_EQ(world.bad_calls, 0);
}

TEST(rotation, the_old_key_waits_for_an_endpoint_that_is_down) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    co_await runtime::sleep_for(world.rt, 1s);
    co_await world.keys.rotate(world.key("new"));
    world.endpoint_down = true;
    co_await runtime::sleep_for(world.rt, 20min);
    EXPECT_TRUE(world.serves("old"));
    EXPECT_EQ(world.tokens.key().kid(), "new") << "a server that is down says nothing of the key";
    world.endpoint_down = false;
    co_await runtime::sleep_for(world.rt, 90s);
    EXPECT_FALSE(world.serves("old"));
  };
  world.run("old", body);
  EXPECT_EQ(world.bad_calls, 0);
}

TEST(rotation, one_at_a_time_and_never_onto_a_key_in_use) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    runtime::task_group first(world.rt);
    const auto rotating = [&]() -> task<> { co_await world.keys.rotate(world.key("new")); };
    first.spawn("first", rotating());
    co_await runtime::sleep_for(world.rt, 10ms);
    auto second = co_await world.keys.rotate(world.key("newer"));
    EXPECT_EQ(second.error(), make_error_code(errc::rotation_running));
    co_await first.join();
    auto third = co_await world.keys.rotate(world.key("newer"));
    EXPECT_EQ(third.error(), make_error_code(errc::rotation_running)) << "the old key is still published";
    co_await runtime::sleep_for(world.rt, 301s);
    auto same = co_await world.keys.rotate(world.key("new"));
    EXPECT_EQ(same.error(), make_error_code(errc::bad_key_set));
    auto fourth = co_await world.keys.rotate(world.key("newer"));
    EXPECT_TRUE(fourth.has_value());
  };
  world.run("old", body);
}

TEST(rotation, cancelling_the_caller_does_not_leave_it_half_done) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    runtime::task_group caller(world.rt);
    const auto rotating = [&]() -> task<> { co_await world.keys.rotate(world.key("new")); };
    caller.spawn("caller", rotating());
    co_await runtime::sleep_for(world.rt, 10ms);
    caller.cancel();
    co_await caller.join();
    co_await runtime::sleep_for(world.rt, 10s);
    EXPECT_EQ(world.tokens.key().kid(), "new");
  };
  world.run("old", body);
}

TEST(rotation, the_old_key_stays_while_somebody_else_signs_with_it) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    world.in_use_elsewhere = {"old"};
    co_await world.keys.rotate(world.key("new"));
    co_await runtime::sleep_for(world.rt, 1h);
    EXPECT_TRUE(world.serves("old"));
    world.in_use_elsewhere.clear();
    co_await runtime::sleep_for(world.rt, 61s);
    EXPECT_FALSE(world.serves("old"));
  };
  world.run("old", body);
}

TEST(rotation, a_withdrawal_that_cannot_be_published_is_tried_again) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    co_await world.keys.rotate(world.key("new"));
    world.publishing_fails = true;
    co_await runtime::sleep_for(world.rt, 10min);
    EXPECT_TRUE(kept.state->previous.has_value());
    world.publishing_fails = false;
    co_await runtime::sleep_for(world.rt, 61s);
    EXPECT_FALSE(world.serves("old"));
    EXPECT_FALSE(kept.state->previous.has_value());
  };
  world.run("old", body);
}

TEST(rotation, the_operator_may_go_back_while_the_old_key_is_published) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    EXPECT_FALSE(world.keys.roll_back("nothing to go back to"));
    co_await world.keys.rotate(world.key("new"));
    EXPECT_TRUE(world.keys.roll_back("on request"));
    EXPECT_FALSE(world.keys.roll_back("no second time"));
    EXPECT_EQ(world.tokens.key().kid(), "old");
    co_await runtime::sleep_for(world.rt, 2h);
    EXPECT_FALSE(world.serves("new"));
  };
  world.run("old", body);
  EXPECT_EQ(world.bad_calls, 0);
}

TEST(rotation, warns_at_80_days_and_faults_at_90_once_a_day) {
  disk kept;
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    for (int hour = 0; hour != 92 * 24; ++hour) world.keys.check_age(wall_time(std::chrono::hours(hour)));
    EXPECT_EQ(world.keys.status(wall_time(85 * 24h)).level, key_age_level::warning);
    EXPECT_EQ(world.keys.status(wall_time(85 * 24h)).age, duration(85 * 24h));
    co_return;
  };
  world.run("old", body);  // created at the epoch
  const auto count = [&](rotation_event_kind kind) {
    return std::count_if(world.events.begin(), world.events.end(),
                         [&](const auto& e) { return e.kind == kind; });
  };
  EXPECT_EQ(count(rotation_event_kind::age_warning), 10);
  EXPECT_EQ(count(rotation_event_kind::age_fault), 2);
  EXPECT_EQ(world.events.front().age, duration(80 * 24h));
}

}  // namespace
}  // namespace epicenter::smart
