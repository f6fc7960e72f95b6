// From an utterance to what is said in the end, with somebody who files.
#include <epicenter/commands/executor.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/commands/tests/dictation.hpp"

namespace epicenter::commands {
namespace {

class filing_clerk final : public executor {
 public:
  explicit filing_clerk(runtime::runtime& rt) : runtime_(rt) {}

  runtime::task<result<read_answer>> read(read_intent, session_context where) override {
    co_await sleep_for(runtime_, 5ms);
    asked_about.push_back(where.patient.id);
    if (is_down) co_return fail(epic::errc::circuit_open);
    co_return read_answer{};
  }
  runtime::task<write_report> file(confirmed_write what) override {
    co_await sleep_for(runtime_, 5ms);
    filed.push_back(what.draft.sha256);
    const write_report ended = is_down ? write_report{write_end::not_sent, {}, "It is down."}
                                       : write_report{write_end::filed, "ServiceRequest/1", {}};
    co_return ended;
  }

  bool is_down = false;
  std::vector<std::string> asked_about;
  std::vector<std::string> filed;

 private:
  runtime::runtime& runtime_;
};

class kept_records final : public utterance_log {
 public:
  explicit kept_records(runtime::runtime& rt) : runtime_(rt) {}

  runtime::task<result<>> keep(utterance_record record, reply_kind kind) override {
    co_await sleep_for(runtime_, takes);
    if (is_down) co_return fail(epic::errc::audit_unavailable);
    kinds.emplace_back(name_of(kind));
    records.push_back(std::move(record));
    co_return result<>();
  }
  bool is_down = false;
  duration takes = 5ms;
  std::vector<std::string> kinds;
  std::vector<utterance_record> records;

 private:
  runtime::runtime& runtime_;
};

struct bedside {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  session who{testing::options_of_session(), testing::standard_lexicon(), testing::derrick()};
  filing_clerk clerk{rt};
  kept_records log{rt};
  std::string heard;
};

runtime::task<> say_one(bedside& at, std::string text, std::string& said) {
  utterance what;
  what.text = std::move(text);
  what.speaker = testing::doctor;
  what.heard_draft = at.heard;
  const clock_reading now{at.rt.now(), at.rt.wall()};
  const reply made = co_await converse(at.who, at.clerk, at.log, what, now);
  if (made.draft) at.heard = made.draft->sha256;
  said = made.say;
}

std::string say(bedside& at, std::string text) {
  std::string said;
  spawn(at.rt, "say", say_one(at, std::move(text), said));
  EXPECT_EQ(at.rt.run(), runtime::run_end::finished);
  return said;
}

TEST(converse, a_confirmed_write_is_filed_and_its_end_is_said) {
  bedside at;
  EXPECT_NE(say(at, "order CBC").find("Say confirm"), std::string::npos);
  EXPECT_TRUE(at.clerk.filed.empty());
  const std::string said = say(at, "confirm");
  EXPECT_EQ(said.rfind("Filed. Derrick Lin, born 1973-06-03: Order", 0), 0U) << said;
  EXPECT_EQ(at.clerk.filed, std::vector<std::string>{at.heard});
  EXPECT_NE(say(at, "undo").find("ServiceRequest/1 is in the chart"), std::string::npos);
  EXPECT_EQ(at.log.kinds, (std::vector<std::string>{"drafted", "confirmed", "correction"}));
  EXPECT_FALSE(at.log.records[1].draft_hash.empty());
  EXPECT_EQ(at.log.records[1].draft_hash, at.log.records[0].draft_hash);
}

TEST(converse, what_cannot_be_audited_is_not_filed) {
  bedside at;
  say(at, "order CBC");
  at.log.is_down = true;
  const std::string said = say(at, "confirm");
  EXPECT_EQ(said.rfind("Not filed", 0), 0U) << said;
  EXPECT_TRUE(at.clerk.filed.empty());
  EXPECT_NE(say(at, "undo").find("nothing to undo"), std::string::npos);
}

runtime::task<> leave_after(bedside& at, runtime::task_group& all, duration when) {
  co_await sleep_for(at.rt, when);
  all.cancel();
}

runtime::task<> say_and_leave(bedside& at, std::string& said, duration when) {
  runtime::task_group all(at.rt);
  all.spawn("say", say_one(at, "confirm", said));
  runtime::spawn(at.rt, "leave", leave_after(at, all, when));
  co_await all.join();
  co_await sleep_for(at.rt, 1s);
}

// Whoever leaves before the record is durable has ordered nothing; after that the write is on its way.
TEST(converse, a_caller_who_leaves_before_the_record_is_kept_files_nothing) {
  for (const duration when : {0ms, 1ms, 4ms, 6ms, 20ms}) {
    SCOPED_TRACE(when.count());
    bedside at;
    say(at, "order CBC");
    std::string said;
    spawn(at.rt, "say and leave", say_and_leave(at, said, when));
    EXPECT_EQ(at.rt.run(), runtime::run_end::finished);
    const bool kept_before = when > at.log.takes;
    EXPECT_EQ(at.clerk.filed.size(), kept_before ? 1U : 0U);
    EXPECT_EQ(said.rfind(kept_before ? "Filed." : "Not filed", 0), 0U) << said;
    if (!kept_before) {
      EXPECT_NE(say(at, "undo").find("nothing to undo"), std::string::npos);
    }
    say(at, "confirm");
    EXPECT_EQ(at.clerk.filed.size(), kept_before ? 1U : 0U) << "not by a second confirm";
  }
}

TEST(converse, a_read_is_of_the_patient_of_the_session_and_says_when_the_ehr_is_away) {
  bedside at;
  EXPECT_NE(say(at, "show allergies").find("That does not mean that there is nothing"), std::string::npos);
  EXPECT_EQ(at.clerk.asked_about, std::vector<std::string>{testing::derrick().patient.id});
  at.clerk.is_down = true;
  EXPECT_EQ(say(at, "show allergies"), "Allergies: EHR temporarily unavailable. Nothing was read.");
  say(at, "order CBC");
  EXPECT_EQ(say(at, "confirm").rfind("Not filed, nothing reached the EHR.", 0), 0U);
}

}  // namespace
}  // namespace epicenter::commands
