// From text to the store of the mock Epic, and back to what is said.
#include "lib/epicenter/commands/tests/ward.hpp"

namespace epicenter::commands {
namespace {

using testing::ward;

struct filed_example {
  const char* text;
  const char* type;
  const char* code;
};

const std::vector<filed_example>& examples() {
  static const std::vector<filed_example> all{
      {"order CBC", "ServiceRequest", "58410-2"},
      {"order stat CMP", "ServiceRequest", "24323-8"},
      {"order lipid panel", "ServiceRequest", "24331-1"},
      {"order chest x-ray two views", "ServiceRequest", "36643-5"},
      {"order A1c", "ServiceRequest", "4548-4"},
      {"order TSH", "ServiceRequest", "3016-3"},
      {"order troponin", "ServiceRequest", "89579-7"},
      {"order UA", "ServiceRequest", "24356-8"},
      {"add allergy to penicillin with hives", "AllergyIntolerance", "70618"},
      {"add problem hypertension", "Condition", "38341003"},
      {"start lisinopril 10 mg daily", "MedicationRequest", "314076"},
      {"record blood pressure 120 over 80", "Observation", "85354-9"},
      {"record weight 72 kilos", "Observation", "29463-7"},
      {"file progress note", "DocumentReference", "11506-3"},
  };
  return all;
}

TEST(bedside, each_example_reaches_the_store_once_and_only_after_confirm) {
  for (const auto& one : examples()) {
    SCOPED_TRACE(one.text);
    ward at(mock::profile::orders);
    EXPECT_EQ(at.say({one.text}).size(), 1U);
    EXPECT_TRUE(at.creates().empty());
    const auto answers = at.say({"confirm", "confirm"});
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].rfind("Filed. Derrick Lin", 0), 0U) << answers[0];
    EXPECT_EQ(at.creates(), std::vector<std::string>{std::string(one.type) + ' ' + at.drafted().operation});
    const std::string state = at.epic().state();
    EXPECT_NE(state.find(one.code), std::string::npos) << state;
    EXPECT_NE(state.find("Patient/" + at.where().patient.id), std::string::npos);
    // Epic drops the encounter of what goes to its holding tank (reference: epic, section 2.6).
    const bool reconciled_later =
        std::string_view(one.type) == "AllergyIntolerance" || std::string_view(one.type) == "Condition";
    if (!reconciled_later) {
      EXPECT_NE(state.find("Encounter/" + at.where().encounter), std::string::npos) << state;
    }
  }
}

TEST(bedside, each_read_of_the_examples_is_answered) {
  ward at(mock::profile::orders);
  const auto answers = at.say({"show latest labs", "show potassium trend", "show allergies",
                               "show active medications", "show last note"});
  ASSERT_EQ(answers.size(), 5U);
  for (const auto& said : answers) {
    EXPECT_EQ(said.find("could not be read"), std::string::npos) << said;
    EXPECT_EQ(said.find("unavailable"), std::string::npos) << said;
  }
  EXPECT_EQ(answers[0].rfind("Labs", 0), 0U) << answers[0];
  EXPECT_EQ(answers[2].rfind("Allergies", 0), 0U) << answers[2];
  EXPECT_TRUE(at.creates().empty());
}

TEST(bedside, a_site_that_takes_no_orders_refuses_before_anything_is_sent) {
  ward at(mock::profile::strict);
  const auto answers = at.say({"order CBC", "confirm", "add problem hypertension", "confirm"});
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[1].rfind("Not filed", 0), 0U) << answers[1];
  EXPECT_EQ(answers[3].rfind("Filed.", 0), 0U) << answers[3];
  EXPECT_EQ(at.creates().size(), 1U);
}

TEST(bedside, a_flag_that_is_switched_off_stops_the_next_call) {
  ward at(mock::profile::orders);
  const policy::change_origin who{"admin_7", "Epic is down", {}};
  at.say({"order CBC"});
  ASSERT_TRUE(at.flags().apply({{"epic_fhir_write", policy::set_enabled{false}}}, who).has_value());
  EXPECT_NE(at.say({"confirm"}).at(0).find("Writing is switched off"), std::string::npos);
  EXPECT_TRUE(at.creates().empty());
  ASSERT_TRUE(at.flags().apply({{"epic_fhir_read_only", policy::set_enabled{false}}}, who).has_value());
  EXPECT_EQ(at.say({"show allergies"}).at(0), "Allergies: EHR temporarily unavailable. Nothing was read.");
  ASSERT_TRUE(at.flags().apply({{"epic_voice_commands", policy::set_enabled{false}}}, who).has_value());
  at.say({"order CBC"});
  EXPECT_NE(at.say({"confirm"}).at(0).find("Voice commands are switched off"), std::string::npos);
}

TEST(bedside, the_last_note_is_the_one_that_was_just_filed_and_is_read_out) {
  // One site keeps the text in the document, Epic's own puts it into a Binary.
  for (const auto site : {mock::profile::orders, mock::profile::strict}) {
    ward at(site);
    const auto before = at.say({"show last note"}).at(0);
    EXPECT_NE(before.find("It says: "), std::string::npos) << before;
    EXPECT_EQ(before.find('<'), std::string::npos) << before;
    EXPECT_LT(before.size(), 700U);
    at.say({"file progress note", "confirm"});
    const auto after = at.say({"show last note"}).at(0);
    EXPECT_NE(after.find(", not signed. It says: Feels better."), std::string::npos) << after;
  }
}

TEST(bedside, vital_signs_are_recorded_but_not_read_and_that_is_said) {
  ward at(mock::profile::orders);
  EXPECT_EQ(
      at.say({"show vitals"}).at(0),
      "Vitals cannot be read by voice; record files them, and the EHR shows them in its flowsheets. What can "
      "be shown: labs, allergies, problems, medications, notes, immunizations, encounters.");
}

}  // namespace
}  // namespace epicenter::commands
