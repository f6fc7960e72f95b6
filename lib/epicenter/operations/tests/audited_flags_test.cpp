#include <gmock/gmock.h>

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/json/parse.hpp>
#include <filesystem>

#include "lib/epicenter/operations/tests/audited_flags_world.hpp"
#include "lib/epicenter/operations/tests/log_folder.hpp"

namespace epicenter::operations {
namespace {

using runtime::task;
using test::admin;
using test::changes;
using test::keep;
using test::updates;
using test::writing;
struct AuditedFlags : test::audited_flags_world {};
using policy::set_enabled;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What the log held at the moment the flag flipped.
task<> watch(runtime::runtime& rt, const policy::service& flags, const test::unsteady_log& log,
             std::vector<std::size_t>& at_flip) {
  while (flags.is_enabled(policy::epic_fhir_write, {})) {
    auto slept = co_await runtime::sleep_for(rt, 10us);
    if (!slept) co_return;
  }
  at_flip.push_back(log.size());
}

TEST_F(AuditedFlags, ArePairsOfEntriesAroundTheChange) {
  open(log);
  std::vector<std::size_t> at_flip;
  runtime::spawn(rt, "watch", watch(rt, *flags->service(), log, at_flip));
  const auto made = change(writing(false));
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_THAT(*made, SizeIs(1));
  EXPECT_FALSE(writes());
  EXPECT_THAT(at_flip, ElementsAre(1U)) << "the intent, and not yet the outcome";
  const auto all = log.entries();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].stage, audit::stage::intent);
  EXPECT_EQ(all[0].type, audit::event::policy_changed);
  EXPECT_EQ(all[0].user, "admin_7");
  const auto details = json::parse(all[0].details).value();
  EXPECT_EQ(details.string_at("reason"), "Epic is down");
  EXPECT_EQ(details.string_at("changes.0.flag"), "epic_fhir_write");
  EXPECT_EQ(details.string_at("changes.0.aspect"), "enabled");
  EXPECT_EQ(details.string_at("changes.0.before"), "on");
  EXPECT_EQ(details.string_at("changes.0.after"), "off");
  EXPECT_EQ(all[1].stage, audit::stage::outcome);
  EXPECT_EQ(all[1].subject, all[0].subject);
  EXPECT_EQ(all[1].result, "in_effect");
  EXPECT_EQ(all[1].user, "admin_7");
  EXPECT_TRUE(audit::find_event_type(audit::event::policy_changed)->has_intent);
}

TEST_F(AuditedFlags, LeaveNoEntryWhereNothingChanges) {
  open(log);
  const auto made = change(writing(true));
  ASSERT_TRUE(made);
  EXPECT_THAT(*made, IsEmpty());
  log.down = true;
  EXPECT_TRUE(change(writing(true))) << "nobody needs the log for it";
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(AuditedFlags, LeaveNoEntryOfWhatCouldNotBe) {
  open(log);
  updates unknown = writing(false);
  unknown.push_back({"epic_fhir_wirte", set_enabled{false}});
  EXPECT_EQ(change(unknown).error().code(), make_error_code(policy::errc::unknown_flag));
  const policy::change_origin nobody{};
  const auto refused = store::test::run(rt, flags->change(writing(false), nobody));
  EXPECT_EQ(refused.error().code(), make_error_code(policy::errc::invalid_value));
  EXPECT_EQ(log.size(), 0U);
  EXPECT_TRUE(writes());
}

TEST_F(AuditedFlags, StayAsTheyAreWhileTheLogIsDown) {
  open(log);
  log.down = true;
  const auto refused = change(writing(false));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), make_error_code(policy::errc::not_audited));
  EXPECT_THAT(refused.error().message(), HasSubstr("the disk is full"));
  EXPECT_TRUE(writes());
  log.down = false;
  EXPECT_TRUE(change(writing(false)));
  EXPECT_FALSE(writes());
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(AuditedFlags, RefuseWhatIsAppliedPastTheLog) {
  open(log);
  const auto refused = flags->service()->apply(writing(false), admin);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), make_error_code(policy::errc::not_audited));
  EXPECT_TRUE(writes());
  ASSERT_TRUE(change(writing(false)));
  EXPECT_FALSE(flags->service()->apply(writing(true), admin)) << "after an audited change as before it";
  EXPECT_FALSE(writes());
}

// At every moment of a change, another one and the very same one by the same person.
task<> apply_past(runtime::runtime& rt, policy::service& flags, std::size_t& passed, std::size_t& tried) {
  policy::change_origin same = admin;
  same.at = rt.wall();
  for (int i = 0; i < 400; ++i) {
    for (const auto& what : {writing(true), updates{{"epic_fhir_read_only", set_enabled{false}}}}) {
      const auto made = flags.apply(what, same);
      if (made && !made->empty()) ++passed;
      ++tried;
    }
    auto slept = co_await runtime::sleep_for(rt, 7us);
    if (!slept) co_return;
  }
}

TEST_F(AuditedFlags, RefuseWhatIsAppliedPastTheLogWhileAChangeIsUnderWay) {
  open(log);
  std::size_t passed = 0;
  std::size_t tried = 0;
  runtime::spawn(rt, "past", apply_past(rt, *flags->service(), passed, tried));
  ASSERT_TRUE(change(writing(false)));
  EXPECT_EQ(tried, 800U);
  EXPECT_EQ(passed, 0U);
  EXPECT_FALSE(writes());
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(AuditedFlags, ChangeOneAfterTheOtherInTheOrderOfTheCalls) {
  open(log);
  std::optional<result<changes>> first;
  std::optional<result<changes>> second;
  runtime::spawn(rt, "first", keep(first, flags->change(writing(false), admin)));
  policy::change_origin other{"admin_8", "Epic is up again", {}};
  runtime::spawn(rt, "second", keep(second, flags->change(writing(true), std::move(other))));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(first && *first && second && *second);
  EXPECT_THAT(**first, SizeIs(1));
  EXPECT_THAT(**second, SizeIs(1)) << "planned when its turn came: against what the first had changed";
  EXPECT_TRUE(writes());
  std::vector<std::string> order;
  for (const auto& one : log.entries()) order.push_back(one.user + '/' + one.result);
  EXPECT_THAT(order, ElementsAre("admin_7/", "admin_7/in_effect", "admin_8/", "admin_8/in_effect"));
}

TEST_F(AuditedFlags, OweTheOutcomeThatTheLogDidNotTakeAndChangeNothingBefore) {
  open(log);
  log.fail_from = 2;
  const auto made = change(writing(false));
  ASSERT_TRUE(made) << "in effect is in effect";
  EXPECT_FALSE(writes());
  EXPECT_EQ(flags->owed(), 1U);
  EXPECT_EQ(change(writing(true)).error().code(), make_error_code(policy::errc::not_audited));
  EXPECT_FALSE(writes());
  log.fail_from = 0;
  ASSERT_TRUE(change(writing(true)));
  EXPECT_EQ(flags->owed(), 0U);
  std::vector<std::string> results;
  for (const auto& one : log.entries()) results.push_back(one.result);
  EXPECT_THAT(results, ElementsAre("", "in_effect", "", "in_effect"));
}

task<> pass_time(runtime::runtime& rt, duration how_long) {
  auto slept = co_await runtime::sleep_for(rt, how_long);
  EXPECT_TRUE(slept);
}

TEST_F(AuditedFlags, PayWhatIsOwedByThemselves) {
  open(log);
  log.fail_from = 2;
  ASSERT_TRUE(change(writing(false)));
  runtime::spawn(rt, "time", pass_time(rt, 1h));
  rt.run();
  EXPECT_EQ(flags->owed(), 1U);
  EXPECT_LT(log.asked, 75U) << "the pause has grown to a minute";
  log.fail_from = 0;
  runtime::spawn(rt, "time", pass_time(rt, 61s));
  rt.run();
  EXPECT_EQ(flags->owed(), 0U);
  EXPECT_EQ(log.entries().back().result, "in_effect");
}

TEST_F(AuditedFlags, LeaveNoEntryWhereTheDiskHasNoRoomFromTheStart) {
  const test::log_folder where;
  open(log, where.file("missing/flags.json"));
  const auto refused = change(writing(false));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), make_error_code(policy::errc::not_saved));
  EXPECT_EQ(log.size(), 0U);
  EXPECT_TRUE(writes());
}

TEST_F(AuditedFlags, TellTheLogWhatTheDiskRefused) {
  const test::log_folder where;
  const std::string path = where.file("flags.json");
  open(log, path);
  // Nothing can take the place of a folder that is not empty.
  const auto block = [&path] { std::filesystem::create_directories(path + "/x"); };
  std::optional<result<changes>> made;
  runtime::spawn(rt, "change", keep(made, flags->change(writing(false), admin)));
  const auto late = [](runtime::runtime& world, const test::unsteady_log& seen, auto then) -> task<> {
    while (seen.asked == 0) {
      auto slept = co_await runtime::sleep_for(world, 10us);
      if (!slept) co_return;
    }
    then();
  };
  runtime::spawn(rt, "block", late(rt, log, block));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_TRUE(made && !*made);
  EXPECT_EQ(made->error().code(), make_error_code(policy::errc::not_saved));
  EXPECT_TRUE(writes());
  ASSERT_EQ(log.size(), 2U);
  EXPECT_THAT(log.entries().back().result, HasSubstr("refused: the change could not be saved"));
}

TEST_F(AuditedFlags, AreThereAfterARestart) {
  const test::log_folder where;
  const std::string path = where.file("flags.json");
  open(log, path);
  ASSERT_TRUE(change(writing(false)));
  flags.reset();
  open(log, path);
  EXPECT_FALSE(writes());
}

task<> stop_after(runtime::runtime& rt, audited_flags& flags, duration after) {
  auto slept = co_await runtime::sleep_for(rt, after);
  EXPECT_TRUE(slept);
  co_await flags.stop();
}

TEST_F(AuditedFlags, EndTheChangeUnderWayAndRefuseTheRestWhenStopped) {
  open(log);
  std::optional<result<changes>> first;
  std::optional<result<changes>> second;
  runtime::spawn(rt, "first", keep(first, flags->change(writing(false), admin)));
  runtime::spawn(rt, "second", keep(second, flags->change(writing(true), admin)));
  runtime::spawn(rt, "stop", stop_after(rt, *flags, 1ms));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_TRUE(first && *first);
  ASSERT_TRUE(second && !*second);
  EXPECT_EQ(second->error().code(), make_error_code(errc::stopped));
  EXPECT_EQ(change(writing(true)).error().code(), make_error_code(errc::stopped));
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(AuditedFlags, BoundWhatWaits) {
  open(log);
  std::vector<std::optional<result<changes>>> all(audited_flags::max_waiting + 10);
  for (auto& one : all) runtime::spawn(rt, "caller", keep(one, flags->change(writing(true), admin)));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  const auto refused = std::count_if(all.begin(), all.end(), [](const auto& one) {
    return one && !*one && one->error() == make_error_code(errc::too_many_wait);
  });
  EXPECT_GE(refused, 8);
  EXPECT_LE(refused, 10);
}

TEST_F(AuditedFlags, WorkWithTheChainedLog) {
  const auto chained = audit::open_chained_log(rt, ":memory:").value();
  open(*chained);
  for (const bool on : {false, true, false}) ASSERT_TRUE(change(writing(on)));
  EXPECT_EQ(chained->size(), 6U);
  const auto checked = store::test::run(rt, chained->verify({}, {}));
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->intact());
  audit::query asked;
  asked.type = audit::event::policy_changed;
  const auto found = store::test::run(rt, chained->find(asked));
  EXPECT_THAT(found.value(), SizeIs(6));
}

}  // namespace
}  // namespace epicenter::operations
