// What becomes of a draft after it was confirmed, and what a draft needs before.
#include "lib/epicenter/commands/tests/dictation.hpp"

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

TEST(session, undo_drops_a_draft_and_of_what_is_filed_tells_the_correction) {
  dictation bedside;
  EXPECT_EQ(bedside.say("undo").kind, reply_kind::refused);
  bedside.say("order CBC");
  EXPECT_EQ(bedside.say("undo").kind, reply_kind::dropped);
  bedside.say("order CBC");
  const auto confirmed = bedside.say("confirm");
  EXPECT_EQ(bedside.say("undo").kind, reply_kind::refused) << "its outcome is not known yet";
  const auto told =
      bedside.session().report(confirmed.write->draft, {write_end::filed, "ServiceRequest/abc", {}});
  EXPECT_EQ(told.say,
            "Filed. Derrick Lin, born 1973-06-03: Order, routine: CBC panel - Blood by Automated count.");
  const auto undone = bedside.say("undo");
  EXPECT_EQ(undone.kind, reply_kind::correction);
  EXPECT_FALSE(undone.write.has_value());
  EXPECT_FALSE(undone.draft.has_value());
  EXPECT_EQ(
      undone.say,
      "ServiceRequest/abc is in the chart and is not deleted from here. To correct it: cancel or discontinue "
      "the order in the EHR with a reason, and tell the laboratory where a specimen is on its way.");
}

TEST(session, undo_after_an_uncertain_or_failed_write_says_what_is_so) {
  for (const auto end : {write_end::unknown, write_end::needs_review}) {
    dictation bedside;
    bedside.say("file progress note");
    const auto confirmed = bedside.say("confirm");
    const auto told = bedside.session().report(confirmed.write->draft, {end, {}, {}});
    EXPECT_EQ(told.kind, reply_kind::refused);
    EXPECT_NE(told.say.find("Do not say it again"), std::string::npos);
    EXPECT_NE(bedside.say("undo").say.find("not certain"), std::string::npos);
  }
  for (const auto end : {write_end::rejected, write_end::not_sent}) {
    dictation bedside;
    bedside.say("file progress note");
    const auto confirmed = bedside.say("confirm");
    (void)bedside.session().report(confirmed.write->draft, {end, {}, {}});
    EXPECT_NE(bedside.say("undo").say.find("nothing to undo"), std::string::npos);
  }
}

TEST(session, another_context_takes_the_draft_and_the_undo_with_it) {
  dictation bedside;
  const auto drafted = bedside.say("order CBC");
  session_context other = derrick();
  other.patient.id = "erXuFYUfucBZaryVksYEcMg3";
  other.patient.name = "Camila Lopez";
  bedside.session().set_context(other);
  EXPECT_FALSE(bedside.say(said("confirm", drafted.draft->sha256)).write.has_value());
  bedside.say("order CBC");
  const auto confirmed = bedside.say("confirm");
  EXPECT_EQ(confirmed.write->draft.resource.string_at("subject.reference"),
            "Patient/erXuFYUfucBZaryVksYEcMg3");
  bedside.session().set_context(derrick());
  const auto told =
      bedside.session().report(confirmed.write->draft, {write_end::filed, "ServiceRequest/x", {}});
  EXPECT_NE(told.say.find("Camila Lopez"), std::string::npos) << "the outcome names its own patient";
  EXPECT_EQ(bedside.say("undo").kind, reply_kind::refused);
}

TEST(session, a_write_needs_patient_encounter_user_two_identifiers_and_text) {
  const auto refusal = [](auto&& change) {
    session_context where = derrick();
    change(where);
    dictation bedside(options_of_session(), where);
    return bedside.say("file progress note").say;
  };
  EXPECT_EQ(refusal([](session_context& c) { c.patient.id.clear(); }),
            "No patient is open. Nothing was drafted.");
  EXPECT_EQ(refusal([](session_context& c) { c.encounter.clear(); }),
            "No encounter is open. Nothing was drafted.");
  EXPECT_EQ(refusal([](session_context& c) { c.user.clear(); }),
            "It is not known who asks. Nothing was drafted.");
  EXPECT_EQ(refusal([](session_context& c) { c.note_text.clear(); }),
            "No note was dictated. Nothing was drafted.");
  EXPECT_EQ(refusal([](session_context& c) { c.patient.birth_date = c.patient.record_number = ""; }),
            "The patient cannot be read back by two identifiers. Nothing was drafted.");
  EXPECT_EQ(
      refusal([](session_context& c) { c.patient.birth_date.clear(); }),
      "Derrick Lin, record number 203711. File the dictated text as a draft: Progress note. Say confirm to "
      "file it, or cancel.");
}

}  // namespace
}  // namespace epicenter::commands
