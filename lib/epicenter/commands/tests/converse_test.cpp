// From an utterance to what is said in the end, with somebody who files.
#include <epicenter/commands/executor.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/commands/tests/dictation.hpp"

namespace epicenter::commands {
namespace {

class filing_clerk final : public executor {
 public:
  explicit filing_clerk(runtime::runtime& rt) : runtime_(rt) {}

  runtime::task<result<read_answer>> read(read_intent what, session_context where) override {
    co_await sleep_for(runtime_, 5ms);
    asked_about.push_back(where.patient.id);
    if (is_down) co_return fail(epic::errc::circuit_open);
    if (what.target != read_target::notes) co_return read_answer{};
    read_answer answer;
    answer.resources = epic::resource_list(notes);
    co_return answer;
  }
  runtime::task<result<std::string>> read_note(json::value, session_context where) override {
    co_await sleep_for(runtime_, 5ms);
    asked_about.push_back(where.patient.id);
    if (words.empty()) co_return fail(epic::errc::protocol);
    co_return words;
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
  std::vector<json::value> notes;
  std::string words;

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

json::value progress_note() {
  return json::value(json::object{{"resourceType", "DocumentReference"},
                                  {"docStatus", "preliminary"},
                                  {"date", "2026-10-05"},
                                  {"type", json::object{{"text", "Progress Notes"}}}});
}

std::string sentences(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i)
    text += "Sentence " + std::to_string(i) + " says very little about anything at all. ";
  text.pop_back();
  return text;
}

TEST(converse, the_last_note_is_read_out_part_by_part) {
  bedside at;
  at.clerk.notes = {progress_note()};
  at.clerk.words = "Feels better.";
  EXPECT_EQ(say(at, "show last note"),
            "Notes. 1 entry: Progress Notes on 2026-10-05, not signed. It says: Feels better.");
  EXPECT_EQ(say(at, "more"), "There is nothing more to say.");
  at.clerk.words = sentences(20);
  std::string heard = say(at, "show last note");
  EXPECT_TRUE(heard.ends_with(more_hint)) << heard;
  std::string all = heard.substr(heard.find("It says: ") + 9);
  for (int parts = 0; all.ends_with(more_hint) && parts < 10; ++parts)
    all = all.substr(0, all.size() - more_hint.size()) + say(at, parts == 1 ? "go on" : "more");
  EXPECT_EQ(all, at.clerk.words);
  EXPECT_EQ(say(at, "more"), "There is nothing more to say.");
  EXPECT_EQ(at.log.kinds.back(), "refused");
}

runtime::task<> wait(bedside& at, duration how_long) {
  co_await sleep_for(at.rt, how_long);
}

TEST(converse, more_is_for_who_was_read_to_of_the_open_patient_and_for_two_minutes) {
  const auto begin = [](bedside& at) {
    at.clerk.notes = {progress_note()};
    at.clerk.words = sentences(20);
    say(at, "show last note");
  };
  bedside later;
  begin(later);
  EXPECT_NE(say(later, "more").find("Sentence"), std::string::npos);
  spawn(later.rt, "wait", wait(later, more_within));
  EXPECT_EQ(later.rt.run(), runtime::run_end::finished);
  EXPECT_EQ(say(later, "more"), "There is nothing more to say.");
  bedside other;
  begin(other);
  session_context lopez = testing::derrick();
  lopez.patient.id = "erXuFYUfucBZaryVksYEcMg3";
  other.who.set_context(lopez);
  EXPECT_EQ(say(other, "more"), "There is nothing more to say.");
  bedside between;
  begin(between);
  say(between, "show allergies");
  EXPECT_EQ(say(between, "more"), "There is nothing more to say.");
  bedside foreign;
  begin(foreign);
  utterance said;
  said.text = "more";
  said.speaker = "someone-else";
  EXPECT_EQ(foreign.who.hear(said, {foreign.rt.now(), foreign.rt.wall()}).say,
            "This session is another person's. Nothing was done.");
}

TEST(converse, a_note_that_cannot_be_read_is_still_named) {
  bedside at;
  EXPECT_EQ(say(at, "show last note"), "Notes. Nothing was found. That does not mean that there is nothing.");
  at.clerk.notes = {progress_note()};
  const std::string said = say(at, "show last note");
  EXPECT_NE(said.find("not signed. What it says could not be read: "), std::string::npos) << said;
  at.clerk.asked_about.clear();
  say(at, "show notes");
  EXPECT_EQ(at.clerk.asked_about.size(), 1U) << "of a list none is read out";
}

runtime::task<> open_another(bedside& at, duration when) {
  co_await sleep_for(at.rt, when);
  session_context lopez = testing::derrick();
  lopez.patient.id = "erXuFYUfucBZaryVksYEcMg3";
  at.who.set_context(lopez);
}

// The command was about the patient who was open then.
TEST(converse, a_patient_who_is_opened_meanwhile_is_neither_read_nor_told_of) {
  for (const duration when : {2ms, 7ms, 12ms}) {
    SCOPED_TRACE(when.count());
    bedside at;
    at.clerk.notes = {progress_note()};
    at.clerk.words = sentences(20);
    spawn(at.rt, "open another", open_another(at, when));
    const std::string said = say(at, "show last note");
    EXPECT_EQ(said, "Another patient was opened meanwhile. What was read is not said.");
    for (const auto& patient : at.clerk.asked_about) EXPECT_EQ(patient, testing::derrick().patient.id);
    EXPECT_EQ(say(at, "more"), "There is nothing more to say.");
  }
}

}  // namespace
}  // namespace epicenter::commands
