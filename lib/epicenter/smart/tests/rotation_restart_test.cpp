#include "lib/epicenter/smart/tests/rotation_world.hpp"
#include "lib/epicenter/smart/tests/temporary_folder.hpp"

namespace epicenter::smart {
namespace {

key_record record(const std::string& kid) {
  return key_record{kid, algorithm::es256, kid, wall_time(std::chrono::days(20000))};
}

TEST(rotation_restart, the_new_key_signs_though_the_configuration_names_the_old_one) {
  disk kept;
  {
    rotation_world world(kept);
    const auto body = [&]() -> task<> { co_await world.keys.rotate(world.key("new")); };
    world.run("old", body);
  }
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    EXPECT_EQ(world.tokens.key().kid(), "new");
    EXPECT_TRUE(world.serves("old"));
    co_await runtime::sleep_for(world.rt, 301s);
    EXPECT_FALSE(world.serves("old")) << "withdrawn by the process that came after";
  };
  world.run("old", body);
  EXPECT_EQ(world.bad_calls, 0);
}

TEST(rotation_restart, a_trial_that_was_cut_off_leaves_the_old_key) {
  disk kept;
  rotation_world before(kept);
  before.key("old");
  before.key("new");
  kept.state = rotation_state{"old", record("old"), {}, true, record("new")};
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    EXPECT_EQ(world.tokens.key().kid(), "old");
    EXPECT_FALSE(world.serves("new"));
    co_await runtime::sleep_for(world.rt, 5s);
  };
  world.run("old", body);
  EXPECT_EQ(world.kinds(), "rotation_interrupted:new ");
  EXPECT_EQ(world.bad_calls, 0);
}

TEST(rotation_restart, a_changed_configuration_comes_first_and_may_be_rolled_back) {
  disk kept;
  rotation_world before(kept);
  before.key("old");
  kept.state = rotation_state{"old", record("old"), {}, true, {}};
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    EXPECT_EQ(world.tokens.key().kid(), "by-hand");
    EXPECT_TRUE(world.serves("old"));
    EXPECT_TRUE(world.keys.roll_back("it does not work"));
    co_await runtime::sleep_for(world.rt, 5s);
  };
  world.run("by-hand", body);
  EXPECT_EQ(kept.state->active.kid, "old");
}

TEST(rotation_restart, an_old_key_whose_file_is_gone_is_not_missed) {
  disk kept;
  kept.state = rotation_state{"new", record("new"), record("old"), true, {}};
  rotation_world world(kept);
  const auto body = [&]() -> task<> {
    EXPECT_EQ(world.tokens.key().kid(), "new");
    EXPECT_FALSE(world.keys.roll_back("there is nothing"));
    co_return;
  };
  world.run("new", body);
}

TEST(rotation_restart, a_client_that_had_tokens_is_not_taken_for_a_new_one) {
  for (const bool had_token : {false, true}) {
    disk kept;
    {
      rotation_world before(kept);
      before.endpoint_down = !had_token;
      const auto body = [&]() -> task<> { co_await runtime::sleep_for(before.rt, 5s); };
      before.run("old", body);
    }
    EXPECT_EQ(kept.state->client_known, had_token);
    rotation_world world(kept);
    world.epic.unseen = {"old"};
    const auto body = [&]() -> task<> {
      co_await runtime::sleep_for(world.rt, 120s);
      EXPECT_EQ(world.tokens.status().state, had_token ? token_state::failing : token_state::propagating);
    };
    world.run("old", body);
  }
}

TEST(rotation_restart, an_active_key_that_cannot_be_found_is_an_error) {
  disk kept;
  rotation_world before(kept);
  kept.state = rotation_state{"old", record("lost"), {}, true, {}};
  rotation_world world(kept);
  std::optional<result<>> started;
  const auto starting = [&]() -> task<> { started = co_await world.keys.start(world.key("old")); };
  runtime::spawn(world.rt, "test", starting());
  ASSERT_EQ(world.rt.run(), runtime::run_end::finished);
  EXPECT_EQ(started->error(), make_error_code(errc::no_file));
}

// What is stored and served when a process dies must do for the next one, whenever that is. The next one
// finds the configuration as it was.
TEST(rotation_restart, a_crash_at_any_moment_leaves_a_key_that_works) {
  int with_old = 0;
  int with_new = 0;
  std::vector<duration> moments;
  for (duration at{}; at < 500ms; at += 10ms) moments.push_back(at);              // trial and change
  for (duration at = 300s; at < 300s + 500ms; at += 20ms) moments.push_back(at);  // withdrawal
  for (const duration moment : moments) {
    SCOPED_TRACE(moment / 1ms);
    disk kept;
    {
      rotation_world world(kept);
      world.writing_takes = 30ms;
      const auto body = [&]() -> task<> {
        runtime::task_group caller(world.rt);
        const auto rotating = [&]() -> task<> { co_await world.keys.rotate(world.key("new")); };
        caller.spawn("caller", rotating());
        co_await runtime::sleep_for(world.rt, moment);
        kept.crashed = true;
        co_await world.keys.stop();
        co_await caller.join();
      };
      world.run("old", body);
    }
    kept.crashed = false;
    rotation_world world(kept);
    world.writing_takes = 30ms;
    const auto body = [&]() -> task<> {
      const std::string kid = world.tokens.key().kid();
      ++(kid == "old" ? with_old : with_new);
      EXPECT_TRUE(world.serves(kid));
      auto token = co_await world.tokens.get(runtime::never);
      EXPECT_TRUE(token.has_value());
      co_await runtime::sleep_for(world.rt, 400s);
      EXPECT_TRUE(world.serves(kid));
      EXPECT_FALSE(world.serves(kid == "old" ? "new" : "old")) << "what signs no longer is withdrawn";
    };
    world.run("old", body);
    EXPECT_EQ(world.bad_calls, 0);
    EXPECT_TRUE(world.epic.refused.empty());
  }
  EXPECT_GT(with_old, 5);
  EXPECT_GT(with_new, 5);
}

TEST(rotation_state, comes_back_from_its_text) {
  const rotation_state whole{"a", record("a"), record("b"), false, record("c"), true};
  EXPECT_EQ(*read_rotation_state(write_rotation_state(whole)), whole);
  const rotation_state bare{"a", record("a"), {}, true, {}};
  EXPECT_EQ(*read_rotation_state(write_rotation_state(bare)), bare);
}

TEST(rotation_state, damage_is_named) {
  const std::string good = write_rotation_state(rotation_state{"a", record("a"), record("b"), true, {}});
  const auto damaged = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto read = read_rotation_state(text);
    EXPECT_FALSE(read.has_value());
    if (read) return std::string();
    EXPECT_EQ(read.error(), make_error_code(errc::bad_state));
    return read.error().detail();
  };
  EXPECT_EQ(damaged("\"version\": 1", "\"version\": 2"), "version");
  EXPECT_EQ(damaged("\"active\"", "\"activ\""), "active");
  EXPECT_EQ(damaged("ES256", "HS256"), "active");
  EXPECT_EQ(damaged("1728000000", "-1"), "active");
  EXPECT_EQ(damaged("1728000000", "99999999999"), "active");
  EXPECT_EQ(damaged("\"previous_is_good\": true", "\"previous_is_good\": 1"), "previous_is_good");
  EXPECT_EQ(damaged("{", "["), "not JSON");
  for (std::size_t i = 0; i != good.size() - 1; ++i) EXPECT_FALSE(read_rotation_state(good.substr(0, i)));
}

TEST(rotation_state, is_kept_in_a_file_of_its_own) {
  const temporary_folder folder;
  const auto path = folder.file("rotation.json");
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  const auto store = make_file_rotation_store(rt, path);
  const rotation_state whole{"a", record("a"), record("b"), false, {}};
  const auto body = [&]() -> task<> {
    auto nothing = co_await store->load();
    EXPECT_TRUE(nothing.has_value() && !*nothing);
    auto saved = co_await store->save(whole);
    EXPECT_TRUE(saved.has_value());
    auto again = co_await store->load();
    EXPECT_TRUE(again.has_value() && *again == whole);
  };
  runtime::spawn(rt, "test", body());
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST(rotation_files, publish_and_find_keys_on_disk) {
  const temporary_folder folder;
  const auto pem = folder.put("key.pem", test_key(algorithm::es384).to_pem()->reveal());
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  const auto load = key_loader_from_files(rt);
  const auto publish = publisher_to_file(rt, folder.file("jwks.json"));
  const key_record there{"kid", algorithm::es384, pem, {}};
  const key_record absent{"kid", algorithm::es384, folder.file("absent"), {}};
  const auto body = [&]() -> task<> {
    auto found = co_await load(there);
    EXPECT_TRUE(found.has_value() && found->kid() == "kid");
    auto lost = co_await load(absent);
    EXPECT_EQ(lost.error(), make_error_code(errc::no_file));
    auto done = co_await publish("{}");
    EXPECT_TRUE(done.has_value());
  };
  runtime::spawn(rt, "test", body());
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(content_of(folder.file("jwks.json")), "{}");
}

}  // namespace
}  // namespace epicenter::smart
