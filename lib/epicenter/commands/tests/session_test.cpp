#include <cmath>
#include <epicenter/audit/log.hpp>

#include "lib/epicenter/commands/tests/dictation.hpp"
#include "lib/epicenter/commands/tests/random_command.hpp"

namespace epicenter::commands {
namespace {

using testing::derrick;
using testing::dictation;
using testing::doctor;
using testing::options_of_session;

utterance said(std::string text, std::string heard) {
  utterance made;
  made.text = std::move(text);
  made.speaker = doctor;
  made.heard_draft = std::move(heard);
  return made;
}

TEST(session, a_write_needs_confirm_and_is_handed_out_once) {
  dictation bedside;
  const auto drafted = bedside.say("order CBC");
  EXPECT_EQ(drafted.kind, reply_kind::drafted);
  EXPECT_FALSE(drafted.write.has_value());
  EXPECT_EQ(
      drafted.say,
      "Derrick Lin, born 1973-06-03. Order, routine: CBC panel - Blood by Automated count. Say confirm to "
      "file it, or cancel.");
  const auto confirmed = bedside.say("confirm");
  EXPECT_EQ(confirmed.kind, reply_kind::confirmed);
  ASSERT_TRUE(confirmed.write.has_value());
  EXPECT_EQ(confirmed.write->draft.operation, drafted.draft->operation);
  EXPECT_FALSE(bedside.say("confirm").write.has_value()) << "a second time";
}

TEST(session, a_confirmation_expires_after_thirty_seconds) {
  dictation in_time;
  in_time.say("order CBC");
  EXPECT_TRUE(in_time.say("confirm", 30s - 1ns).write.has_value());
  dictation late;
  late.say("order CBC");
  EXPECT_FALSE(late.say("confirm", 30s).write.has_value());
  EXPECT_FALSE(late.say("confirm", 0s).write.has_value()) << "it is gone";
  dictation late_repeat;
  late_repeat.say("order CBC");
  EXPECT_EQ(late_repeat.say("repeat", 30s).kind, reply_kind::refused);
  dictation back_in_time;
  back_in_time.say("order CBC");
  back_in_time.turn_back(10s);
  EXPECT_FALSE(back_in_time.say("confirm").write.has_value());
}

TEST(session, repeat_reads_back_again_and_gives_thirty_seconds_more) {
  dictation bedside;
  const auto drafted = bedside.say("order CBC");
  const auto again = bedside.say("repeat", 29s);
  EXPECT_EQ(again.say, drafted.say);
  EXPECT_EQ(again.draft->sha256, drafted.draft->sha256);
  EXPECT_TRUE(bedside.say("confirm", 29s).write.has_value());
}

TEST(session, a_confirmation_counts_for_the_draft_that_was_heard_and_no_other) {
  dictation bedside;
  const auto first = bedside.say("order CBC");
  const auto second = bedside.say("order stat CMP");
  EXPECT_NE(second.say.find("The draft before is dropped"), std::string::npos);
  EXPECT_FALSE(bedside.say(said("confirm", first.draft->sha256)).write.has_value());
  EXPECT_EQ(bedside.say("repeat").draft->sha256, second.draft->sha256);
  EXPECT_FALSE(bedside.say(said("confirm", "")).write.has_value()) << "nothing was heard";
  bedside.say("repeat");
  const auto confirmed = bedside.say(said("confirm", second.draft->sha256));
  ASSERT_TRUE(confirmed.write.has_value());
  EXPECT_EQ(confirmed.write->draft.sha256, second.draft->sha256);
}

TEST(session, a_confirmation_of_another_session_is_foreign) {
  dictation here(options_of_session("session-a"));
  dictation there(options_of_session("session-b"));
  const auto mine = here.say("order CBC");
  const auto theirs = there.say("order CMP");
  EXPECT_FALSE(here.say(said("confirm", theirs.draft->sha256)).write.has_value());
  EXPECT_NE(mine.draft->operation, theirs.draft->operation);
}

TEST(session, only_who_drafted_it_may_confirm_it) {
  dictation bedside;
  const auto drafted = bedside.say("order CBC");
  utterance foreign = said("confirm", drafted.draft->sha256);
  foreign.speaker = "someone-else";
  EXPECT_FALSE(bedside.say(foreign).write.has_value());
  foreign.speaker.clear();
  EXPECT_FALSE(bedside.say(foreign).write.has_value());
  bedside.say("repeat");
  EXPECT_TRUE(bedside.say("confirm").write.has_value()) << "the draft stands for its owner";
  utterance other = said("order CBC", "");
  other.speaker = "someone-else";
  EXPECT_FALSE(bedside.say(other).draft.has_value());
  other.text = "show labs";
  EXPECT_FALSE(bedside.say(other).read.has_value());
}

TEST(session, confirm_must_follow_the_read_back) {
  for (const char* between : {"show allergies", "make me a sandwich", "no", "order glucose", "undo it not"}) {
    dictation bedside;
    bedside.say("order CBC");
    bedside.say(between);
    EXPECT_FALSE(bedside.say("confirm").write.has_value()) << between;
    bedside.say("repeat");
    EXPECT_TRUE(bedside.say("confirm").write.has_value()) << between;
  }
}

TEST(session, what_is_heard_badly_neither_drafts_nor_confirms) {
  for (const double confidence : {0.79, 0.0, -1.0, 1.01, std::nan("")}) {
    dictation bedside;
    utterance order = said("order CBC", "");
    order.confidence = confidence;
    EXPECT_FALSE(bedside.say(order).draft.has_value()) << confidence;
    const auto drafted = bedside.say("order CBC");
    utterance confirm = said("confirm", drafted.draft->sha256);
    confirm.confidence = confidence;
    EXPECT_FALSE(bedside.say(confirm).write.has_value()) << confidence;
  }
}

TEST(session, cancel_drops_the_draft_and_nothing_else) {
  dictation bedside;
  EXPECT_EQ(bedside.say("cancel").kind, reply_kind::refused);
  bedside.say("order CBC");
  EXPECT_EQ(bedside.say("cancel the order").kind, reply_kind::refused);
  const auto dropped = bedside.say("cancel");
  EXPECT_EQ(dropped.kind, reply_kind::dropped);
  EXPECT_FALSE(dropped.record.operation.empty());
  EXPECT_FALSE(bedside.say("confirm").write.has_value());
}

TEST(session, a_choice_is_picked_by_number_while_it_is_offered) {
  dictation bedside;
  const auto asked = bedside.say("order chest x-ray");
  EXPECT_EQ(asked.kind, reply_kind::asked);
  EXPECT_EQ(asked.choices.size(), 2U);
  EXPECT_FALSE(asked.draft.has_value());
  const auto picked = bedside.say("number one");
  ASSERT_TRUE(picked.draft.has_value()) << picked.say;
  EXPECT_EQ(picked.draft->resource.string_at("code.coding.0.code"), "36643-5");
  EXPECT_FALSE(bedside.say("number one").draft.has_value()) << "nothing is offered any more";
  bedside.say("order chest x-ray");
  EXPECT_FALSE(bedside.say("number three").draft.has_value());
  bedside.say("order chest x-ray");
  EXPECT_FALSE(bedside.say("number two", 30s).draft.has_value());
}

TEST(session, the_record_holds_hash_confidence_confirmer_and_no_word) {
  dictation bedside;
  const auto drafted = bedside.say("order CBC");
  const auto confirmed = bedside.say("confirm");
  const auto& kept = confirmed.write->confirmation;
  EXPECT_EQ(kept.speaker, doctor);
  EXPECT_EQ(kept.confidence, 1);
  EXPECT_EQ(kept.operation, drafted.draft->operation);
  const std::string key(options_of_session().audit_key.reveal());
  EXPECT_EQ(kept.draft_hash, audit::pseudonym(key, drafted.draft->sha256));
  EXPECT_EQ(kept.patient, audit::pseudonym(key, derrick().patient.id));
  EXPECT_EQ(kept.lexicon_version, lexicon::version);
  EXPECT_EQ(kept.utterance_hash.size(), 32U);
  EXPECT_NE(kept.utterance_hash, drafted.record.utterance_hash);
  auto options = options_of_session();
  options.audit_key = secret("another key");
  EXPECT_NE(dictation(std::move(options)).say("order CBC").record.utterance_hash,
            drafted.record.utterance_hash);
}

// Whatever is said in whatever order: nothing is handed out but the draft that was read back last, within 30
// s, by a confirm that names it, and each at most once.
TEST(session, random_talk_files_only_what_was_read_back_and_confirmed) {
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(5); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    testing::draws random(seed);
    dictation bedside;
    std::string awaited;  // hash of the draft that may be confirmed
    duration since{};     // since it was read back
    std::vector<std::string> filed;
    for (int step = 0; step < 1500; ++step) {
      const duration later = random.one_in(8) ? 30s : 2s;
      utterance what = said("confirm", random.one_in(4) ? "stale" : bedside.heard());
      switch (random.below(6)) {
        case 0:
          what.text = spoken(testing::random_write(*testing::standard_lexicon(), random));
          break;
        case 1:
          what.text = random.one_in(2) ? "repeat" : "cancel";
          break;
        case 2:
          what.text = random.one_in(2) ? "show allergies" : "blah";
          break;
        default:
          break;
      }
      if (random.one_in(10)) what.speaker = "intruder";
      since += later;
      const auto made = bedside.say(what, later);
      const bool may = what.text == "confirm" && !awaited.empty() && since < 30s && what.speaker == doctor &&
                       what.heard_draft == awaited;
      ASSERT_EQ(made.write.has_value(), may) << "step " << step << ": " << what.text << ": " << made.say;
      if (made.write) {
        ASSERT_EQ(made.write->draft.sha256, awaited);
        ASSERT_EQ(sha256_of(made.write->draft), awaited);
        ASSERT_EQ(std::count(filed.begin(), filed.end(), made.write->draft.operation), 0);
        filed.push_back(made.write->draft.operation);
      }
      awaited = made.draft ? made.draft->sha256 : std::string();
      since = {};
    }
    EXPECT_GT(filed.size(), 20U);
  }
}

}  // namespace
}  // namespace epicenter::commands
