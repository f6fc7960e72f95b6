#include <algorithm>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>

#include "lib/epicenter/base/tests/draws.hpp"
#include "lib/epicenter/policy/tests/flags.hpp"

namespace epicenter::policy {
namespace {

using testing::audited;
using testing::must_apply;
using testing::open_service;
using testing::operator_7;

constexpr std::string_view write_name = "epic_fhir_write";

update off(std::string name) {
  return {std::move(name), set_enabled{false}};
}
update on(std::string name) {
  return {std::move(name), set_enabled{true}};
}
update override_of(std::string name, std::string user, std::optional<bool> enabled) {
  return {std::move(name), set_override{std::move(user), enabled}};
}

TEST(policy, the_standard_flags_stand_where_their_constants_say) {
  audited log;
  const auto flags = open_service(log);
  EXPECT_EQ(flags->flags().find("epic_fhir_read_only"), epic_fhir_read_only);
  EXPECT_EQ(flags->flags().find("epic_fhir_write"), epic_fhir_write);
  EXPECT_EQ(flags->flags().find("epic_voice_commands"), epic_voice_commands);
  EXPECT_EQ(flags->flags().size(), standard_flags().size());
  for (const auto& one : standard_flags()) EXPECT_FALSE(one.description.empty());
}

TEST(policy, an_unknown_flag_is_refused_with_the_nearest_name) {
  audited log;
  const auto flags = open_service(log);
  const auto refused = flags->apply({off("epic_fhir_wirte")}, operator_7);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), make_error_code(errc::unknown_flag));
  EXPECT_EQ(refused.error().detail(), "'epic_fhir_wirte', did you mean 'epic_fhir_write'?");
  EXPECT_FALSE(flags->flags().find("x\ny").error().detail().find('\n') != std::string::npos);
}

TEST(policy, the_runbooks_order_of_commands_works_as_it_expects) {
  audited log;
  const auto flags = open_service(log);
  must_apply(*flags, {off("epic_fhir_write")});
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_123"));
  must_apply(*flags, {override_of("epic_fhir_write", "user_123", true)});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_124"));
  // Section 8, complete shutdown: nobody is left, although the flag was off already.
  must_apply(*flags, {off("epic_fhir_read_only"), off("epic_fhir_write")});
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_read_only, "user_123"));
  must_apply(*flags, {on("epic_fhir_read_only")});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_read_only, ""));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_123"));
}

TEST(policy, precedence_is_override_then_off_then_share) {
  audited log;
  const auto flags = open_service(log);
  // user_123 is in bucket 8341 of this flag, user_124 in 7176.
  must_apply(*flags, {{"epic_fhir_write", set_rollout{8000}}});
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_124"));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "")) << "nobody belongs to no share";
  must_apply(*flags, {override_of("epic_fhir_write", "user_123", true),
                      override_of("epic_fhir_write", "user_124", false)});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_124"));
  must_apply(*flags,
             {{"epic_fhir_write", set_rollout{whole}}, off("epic_fhir_write"), on("epic_fhir_write")});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_124")) << "off for one stays when all were off";
  must_apply(*flags, {override_of("epic_fhir_write", "user_124", std::nullopt)});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_124"));
}

TEST(policy, a_share_of_a_thousandth_and_of_nobody) {
  audited log;
  const auto flags = open_service(log);
  must_apply(*flags, {{"epic_fhir_write", set_rollout{8341}}});
  EXPECT_FALSE(flags->is_enabled(epic_fhir_write, "user_123"));
  must_apply(*flags, {{"epic_fhir_write", set_rollout{8342}}});
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "user_123"));
  must_apply(*flags, {{"epic_fhir_write", set_rollout{0}}});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(flags->is_enabled(epic_fhir_write, std::to_string(i)));
}

TEST(policy, a_growing_share_loses_nobody) {
  audited log;
  const auto flags = open_service(log);
  std::vector<std::string> inside;
  for (const int share : {100, 500, 2500, 9999, whole}) {
    must_apply(*flags, {{"epic_fhir_write", set_rollout{share}}});
    for (const auto& user : inside) EXPECT_TRUE(flags->is_enabled(epic_fhir_write, user)) << user << share;
    for (int i = 0; i < 2000; ++i) {
      const std::string user = "user_" + std::to_string(i);
      if (flags->is_enabled(epic_fhir_write, user)) inside.push_back(user);
    }
  }
}

TEST(policy, a_batch_takes_effect_whole_or_not_at_all) {
  audited log;
  const auto flags = open_service(log);
  const auto before = flags->snapshot();
  const std::vector<std::vector<update>> batches{
      {off("epic_fhir_write"), off("no_such_flag")},
      {off("epic_fhir_write"), {"epic_fhir_write", set_rollout{10'001}}},
      {off("epic_fhir_write"), override_of("epic_fhir_read_only", "", true)},
      {off("epic_fhir_write"), override_of("epic_fhir_read_only", "a\nb", true)},
      {off("epic_fhir_write"), override_of("epic_fhir_read_only", "\xFF", true)},
      {off("epic_fhir_write"), {"epic_fhir_write", set_variants{{{"a", 4999}, {"b", 5000}}}}},
      {off("epic_fhir_write"), {"epic_fhir_write", set_variants{{{"a", 5000}, {"a", 5000}}}}},
  };
  for (const auto& batch : batches) {
    EXPECT_FALSE(flags->apply(batch, operator_7).has_value());
    EXPECT_EQ(flags->snapshot(), before);
    EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "u"));
  }
  EXPECT_FALSE(flags->apply({off("epic_fhir_write")}, {"", "", {}}).has_value()) << "nobody did it";
  EXPECT_EQ(log.batches, 0U);
}

TEST(policy, changes_are_told_before_they_take_effect_with_before_after_and_who) {
  std::unique_ptr<service> flags;
  std::vector<policy_change> told;
  bool was_on = false;
  auto opened = service::open({{},
                               [&](std::span<const policy_change> changes) -> result<> {
                                 told.assign(changes.begin(), changes.end());
                                 was_on = flags->is_enabled(epic_fhir_write, "u");
                                 return {};
                               },
                               {}});
  flags = std::move(*opened);
  must_apply(*flags, {override_of("epic_fhir_write", "user_123", true), off("epic_fhir_write")});
  EXPECT_TRUE(was_on);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].what.aspect + told[0].what.user + told[0].what.before + told[0].what.after,
            "overrideuser_123unseton");
  EXPECT_EQ(told[1].what.aspect + told[1].what.before + told[1].what.after, "enabledonoff");
  EXPECT_EQ(told[2].what.user + told[2].what.before + told[2].what.after, "user_123onunset");
  EXPECT_EQ(told[1].flag, write_name);
  EXPECT_EQ(told[1].origin.actor, "admin_7");
  EXPECT_EQ(told[1].origin.reason, "a test");
  EXPECT_EQ(told[1].origin.at, operator_7.at);
  told.clear();
  must_apply(*flags, {off("epic_fhir_write")});
  EXPECT_TRUE(told.empty()) << "what is so already is no change";
}

TEST(policy, what_cannot_be_audited_does_not_happen) {
  audited log;
  const auto flags = open_service(log);
  log.refuses = true;
  const auto refused = flags->apply({off("epic_fhir_write")}, operator_7);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), make_error_code(errc::not_audited));
  ASSERT_NE(refused.error().cause(), nullptr);
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "u"));
  EXPECT_FALSE(service::open({}).has_value()) << "a service without an observer";
}

TEST(policy, an_ab_test_keeps_each_user_in_his_arm) {
  audited log;
  const auto flags = open_service(log, {}, {{"new_prompt", false, "Another prompt is spoken."}});
  const flag tested = *flags->flags().find("new_prompt");
  EXPECT_EQ(flags->variant_of(tested, "u"), "control");
  must_apply(*flags, {{"new_prompt", set_variants{{{"control", 2000}, {"short", 3000}, {"long", 5000}}}}});
  std::map<std::string, int> counts;
  for (int i = 0; i < 10'000; ++i) {
    const std::string user = "user_" + std::to_string(i);
    const std::string arm = flags->variant_of(tested, user);
    EXPECT_EQ(flags->variant_of(tested, user), arm);
    ++counts[arm];
  }
  EXPECT_NEAR(counts["control"], 2000, 240);
  EXPECT_NEAR(counts["short"], 3000, 275);
  EXPECT_NEAR(counts["long"], 5000, 300);
  must_apply(*flags, {{"new_prompt", set_variants{}}, on("new_prompt"), {"new_prompt", set_rollout{5000}}});
  EXPECT_EQ(flags->variant_of(tested, "user_1"),
            flags->is_enabled(tested, "user_1") ? "treatment" : "control");
}

// A model of the rules in a few lines, against random changes.
TEST(policy, random_changes_agree_with_a_model) {
  for (std::uint64_t seed = 1; seed <= testkit::seeds_or(5); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    testkit::draws random(seed);
    audited log;
    const auto flags = open_service(log);
    bool enabled = true;
    int rollout = whole;
    std::map<std::string, bool> overrides;
    for (int step = 0; step < 2000; ++step) {
      const std::string user = "u" + std::to_string(random.below(20));
      switch (random.below(4)) {
        case 0:
          enabled = random.below(2) == 0;
          must_apply(*flags, {{"epic_fhir_write", set_enabled{enabled}}});
          if (!enabled) std::erase_if(overrides, [](const auto& one) { return one.second; });
          break;
        case 1:
          rollout = static_cast<int>(random.below(3)) * 5000;
          must_apply(*flags, {{"epic_fhir_write", set_rollout{rollout}}});
          break;
        case 2:
          overrides[user] = random.below(2) == 0;
          must_apply(*flags, {override_of("epic_fhir_write", user, overrides[user])});
          break;
        default:
          overrides.erase(user);
          must_apply(*flags, {override_of("epic_fhir_write", user, std::nullopt)});
      }
      const std::string asked = "u" + std::to_string(random.below(20));
      const auto found = overrides.find(asked);
      const bool in_share = bucket_of(bucket_seed(write_name), asked) < rollout;
      const bool expected = found != overrides.end() ? found->second : enabled && in_share;
      ASSERT_EQ(flags->is_enabled(epic_fhir_write, asked), expected) << "step " << step << ' ' << asked;
    }
  }
}

// Odd: write is off for certain. Even: it may be either.
struct shared_view {
  std::unique_ptr<service> flags;
  std::atomic<int> epoch{0};
  std::atomic<int> wrong{0};
  std::atomic<int> looked{0};
  std::atomic<int> looked_while_off{0};
};

runtime::task<> flip(std::shared_ptr<shared_view> view) {
  for (int i = 0; i < 40; ++i) {
    must_apply(*view->flags, {off("epic_fhir_write"), override_of("epic_fhir_write", "other", true)});
    view->epoch.fetch_add(1);
    // Two looks more, of which the second began after the flip.
    for (const int seen = view->looked.load(); view->looked.load() < seen + 2;) continue;
    view->epoch.fetch_add(1);
    must_apply(*view->flags, {on("epic_fhir_write")});
  }
  view->epoch.store(-1);
  co_return;
}

runtime::task<> look(std::shared_ptr<shared_view> view) {
  while (true) {
    const int before = view->epoch.load();
    if (before < 0) co_return;
    const bool enabled = view->flags->is_enabled(epic_fhir_write, "user");
    const int after = view->epoch.load();
    if (before == after && before % 2 == 1) {
      view->looked_while_off.fetch_add(1);
      if (enabled) view->wrong.fetch_add(1);
    }
    view->looked.fetch_add(1);
  }
}

TEST(policy, a_flip_is_seen_by_the_next_call_of_every_thread) {
  audited log;
  auto view = std::make_shared<shared_view>();
  view->flags = open_service(log);
  runtime::runtime_team team(2);
  spawn(team.at(0), "flip", flip(view));
  spawn(team.at(1), "look", look(view));
  team.run();
  EXPECT_EQ(view->wrong.load(), 0);
  EXPECT_GE(view->looked_while_off.load(), 40);
}

}  // namespace
}  // namespace epicenter::policy
