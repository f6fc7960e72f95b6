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
  result<> keep(const utterance_record& record, reply_kind kind) override {
    if (is_down) return fail(epic::errc::audit_unavailable);
    kinds.emplace_back(name_of(kind));
    records.push_back(record);
    return {};
  }
  bool is_down = false;
  std::vector<std::string> kinds;
  std::vector<utterance_record> records;
};

struct bedside {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  session who{testing::options_of_session(), testing::standard_lexicon(), testing::derrick()};
  filing_clerk clerk{rt};
  kept_records log;
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
  EXPECT_EQ(at.log.records[1].draft_sha256, at.heard);
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

TEST(converse, a_read_is_of_the_patient_of_the_session_and_says_when_the_ehr_is_away) {
  bedside at;
  EXPECT_NE(say(at, "show allergies").find("That does not mean that there is nothing"), std::string::npos);
  EXPECT_EQ(at.clerk.asked_about, std::vector<std::string>{testing::derrick().patient.id});
  at.clerk.is_down = true;
  EXPECT_EQ(say(at, "show allergies"), "Allergies: EHR temporarily unavailable. Nothing was read.");
  say(at, "order CBC");
  EXPECT_EQ(say(at, "confirm").rfind("Not filed, the EHR could not be reached in time.", 0), 0U);
}

}  // namespace
}  // namespace epicenter::commands
