// How the upkeep is set up, asked and stopped.
#include "lib/epicenter/operations/tests/upkeep_world.hpp"

namespace epicenter::operations {
namespace {

using runtime::task;
using store::test::keep_answer;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct UpkeepControl : test::upkeep_world {
  using answer = std::optional<result<upkeep_ran>>;
  void ask(answer& into, upkeep_job job) { runtime::spawn(rt, "ask", keep_answer(into, kept->run_now(job))); }
};

TEST_F(UpkeepControl, RefusesNonsense) {
  const auto refused = [this](auto change, upkeep_stores stores) {
    auto chosen = options();
    change(chosen);
    const auto made = upkeep::make(rt, stores, chosen, {});
    return !made && made.error() == make_error_code(errc::invalid_option);
  };
  const upkeep_stores both{&ledger, &log};
  const auto nothing = [](upkeep_options&) {};
  EXPECT_FALSE(refused(nothing, both));
  EXPECT_TRUE(refused(nothing, {}));
  const std::vector<std::function<void(upkeep_options&)>> nonsense{
      [](auto& o) { o.folder.clear(); },
      [](auto& o) { o.copies = 0; },
      [](auto& o) { o.copies = 1001; },
      [](auto& o) { o.back_up_every = 59s; },
      [](auto& o) { o.verify_every = 32 * 24h; },
      [](auto& o) { o.purge_every = -24h; },
      [](auto& o) { o.at = 24h; },
      [](auto& o) { o.at = -1s; },
      [](auto& o) { o.jitter = 12h + 1s; },
      [](auto& o) { o.jitter = -1s; },
      [](auto& o) { o.first_pause = 999ms; },
      [](auto& o) { o.max_pause = 59s; },
      [](auto& o) { o.max_pause = 25h; },
      [](auto& o) { o.retention = std::chrono::years(0); },
      [](auto& o) { o.retention = std::chrono::years(101); },
      [](auto& o) { o.actor.clear(); }};
  for (std::size_t i = 0; i < nonsense.size(); ++i) EXPECT_TRUE(refused(nonsense[i], both)) << i;
  const auto with_heads = [](upkeep_options& o) { o.heads_path = "heads"; };
  EXPECT_FALSE(refused(with_heads, both));
  EXPECT_TRUE(refused(with_heads, {&ledger, nullptr})) << "nothing would read them";
  const auto no_copies = [](upkeep_options& o) {
    o.folder.clear();
    o.back_up_every = 0s;
  };
  EXPECT_FALSE(refused(no_copies, both));
}

TEST_F(UpkeepControl, DoesOnlyWhatItIsAskedToDo) {
  auto chosen = options();
  chosen.back_up_every = 0s;
  chosen.verify_every = 0s;
  open(chosen, {nullptr, &log});
  pass(3 * 24h);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(log.verified, IsEmpty());
  EXPECT_EQ(runs(upkeep_job::audit_purge, upkeep_end::ok), ran.size());
  EXPECT_THAT(kept->report().jobs, SizeIs(1));
  answer got;
  ask(got, upkeep_job::ledger_purge);
  pass(1s);
  EXPECT_EQ(got->error(), make_error_code(errc::no_such_job));
}

TEST_F(UpkeepControl, RunsAJobWhenAsked) {
  open(options());
  pass(6h);
  const auto before = ran.size();
  answer got;
  ask(got, upkeep_job::audit_back_up);
  pass(1min);
  EXPECT_FALSE(got);
  EXPECT_TRUE(status(upkeep_job::audit_back_up).running);
  pass(3min);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->job, upkeep_job::audit_back_up);
  EXPECT_EQ((*got)->took, 3min + 600us) << "the copy, and the folder read twice";
  EXPECT_EQ(ran.size(), before + 1);
}

TEST_F(UpkeepControl, AnswersWithARunThatBeganAfterTheQuestion) {
  open(options());
  pass(6h);
  const auto before = runs(upkeep_job::audit_verify, upkeep_end::ok);
  answer first;
  answer second;
  answer third;
  ask(first, upkeep_job::audit_verify);
  pass(1min);
  log.next.findings.push_back({audit::flaw::gap, 3});
  ask(second, upkeep_job::audit_verify);
  ask(third, upkeep_job::audit_verify);
  pass(20min);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ((*second)->end, upkeep_end::alarm);
  EXPECT_EQ((*third)->end, upkeep_end::alarm);
  EXPECT_EQ(runs(upkeep_job::audit_verify, upkeep_end::ok), before + 1) << "for the first";
  EXPECT_EQ(runs(upkeep_job::audit_verify, upkeep_end::alarm), 1U) << "one for both others";
}

TEST_F(UpkeepControl, AnswersWithTheFailureToo) {
  open(options());
  pass(6h);
  ledger_store.fails = true;
  answer got;
  ask(got, upkeep_job::ledger_purge);
  pass(10min);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->end, upkeep_end::failed);
  EXPECT_GT((*got)->next_in, 59s);
}

TEST_F(UpkeepControl, RemovesNothingFromALogThatNobodyHasLookedAt) {
  open(options());
  answer early;
  ask(early, upkeep_job::audit_purge);
  pass(10s);
  ASSERT_TRUE(early && *early);
  EXPECT_EQ((*early)->end, upkeep_end::failed);
  EXPECT_THAT(log_store.purged, IsEmpty());
  answer looked;
  ask(looked, upkeep_job::audit_verify);
  pass(4min);
  answer late;
  ask(late, upkeep_job::audit_purge);
  pass(1h);
  ASSERT_TRUE(late && *late);
  EXPECT_EQ((*late)->end, upkeep_end::ok);
}

TEST_F(UpkeepControl, IsStoppedInTheMiddleOfAnything) {
  std::size_t whole = 0;
  for (int minute = 0; minute < 60; ++minute) {
    SCOPED_TRACE(minute);
    const test::log_folder own;
    auto chosen = options();
    chosen.folder = own.file("");
    open(chosen);
    answer got;
    ask(got, upkeep_job::ledger_purge);
    pass(1min * minute);
    const instant asked = rt.now();
    stop();
    EXPECT_LT(rt.now() - asked, 1s);
    ASSERT_TRUE(got);
    EXPECT_TRUE(*got || got->error() == make_error_code(errc::stopped));
    whole += *got ? 1U : 0U;
    answer late;
    ask(late, upkeep_job::ledger_purge);
    pass(1s);
    EXPECT_EQ(late->error(), make_error_code(errc::stopped));
    kept.reset();
  }
  EXPECT_GT(whole, 20U);
  for (const auto& one : ran)
    EXPECT_EQ(one.end, upkeep_end::ok) << "what is given up at the end is no failure";
  EXPECT_THAT(rt.live_tasks(), IsEmpty());
}

TEST_F(UpkeepControl, CarriesOutWhatACallerGaveUp) {
  open(options());
  pass(6h);
  answer got;
  const auto give_up = [](runtime::runtime& world, upkeep& what, answer& into) -> task<> {
    runtime::task_group callers(world);
    callers.spawn("caller", keep_answer(into, what.run_now(upkeep_job::audit_verify)));
    auto slept = co_await runtime::sleep_for(world, 1min);
    EXPECT_TRUE(slept);
    callers.cancel();
    co_await callers.join();
  };
  const auto before = log.verified.size();
  runtime::spawn(rt, "test", give_up(rt, *kept, got));
  pass(10min);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->error(), make_error_code(errc::cancelled));
  EXPECT_EQ(log.verified.size(), before + 1);
}

TEST_F(UpkeepControl, ThinsOutAFileOfManyHeads) {
  const auto path = where.file("heads.jsonl");
  {
    std::ofstream file(path);
    audit::signed_head head;
    head.log_id = "log-1";
    head.hash = std::string(32, 'h');
    head.signature = std::string(64, 's');
    for (head.seq = 1; head.seq <= 20'000; ++head.seq) file << to_line(head) << '\n';
  }
  auto chosen = options();
  chosen.back_up_every = 0s;
  chosen.heads_path = path;
  open(chosen, {nullptr, &log});
  pass(40min);
  ASSERT_THAT(log.heads_given, SizeIs(1));
  EXPECT_LE(log.heads_given.front(), 1000U);
  EXPECT_GT(log.heads_given.front(), 900U);
}

}  // namespace
}  // namespace epicenter::operations
