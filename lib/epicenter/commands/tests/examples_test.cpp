// The sixteen examples of the reference (epic, section 6), from text to what would be asked of Epic.
#include <array>
#include <epicenter/commands/canonical.hpp>
#include <epicenter/json/write.hpp>

#include "lib/epicenter/commands/tests/dictation.hpp"
#include "lib/epicenter/commands/tests/random_command.hpp"

namespace epicenter::commands {
namespace {

struct member {
  const char* path;
  const char* value;
};
struct example {
  const char* text;
  std::vector<member> members;
};

const std::vector<example>& write_examples() {
  static const std::vector<example> all{
      {"order CBC",
       {{"resourceType", "ServiceRequest"},
        {"code.coding.0.code", "58410-2"},
        {"code.coding.0.display", "CBC panel - Blood by Automated count"},
        {"intent", "order"},
        {"status", "active"},
        {"priority", "routine"},
        {"category.0.coding.0.code", "108252007"}}},
      {"order stat CMP",
       {{"resourceType", "ServiceRequest"}, {"code.coding.0.code", "24323-8"}, {"priority", "stat"}}},
      {"order lipid panel", {{"resourceType", "ServiceRequest"}, {"code.coding.0.code", "24331-1"}}},
      {"order chest x-ray two views",
       {{"resourceType", "ServiceRequest"},
        {"code.coding.0.code", "36643-5"},
        {"category.0.coding.0.code", "363679005"}}},
      {"order A1c", {{"code.coding.0.code", "4548-4"}}},
      {"order TSH", {{"code.coding.0.code", "3016-3"}}},
      {"order troponin", {{"code.coding.0.code", "89579-7"}}},
      {"order UA", {{"code.coding.0.code", "24356-8"}}},
      {"add allergy to penicillin with hives",
       {{"resourceType", "AllergyIntolerance"},
        {"code.coding.0.system", "http://www.nlm.nih.gov/research/umls/rxnorm"},
        {"code.coding.0.code", "70618"},
        {"clinicalStatus.coding.0.code", "active"},
        {"verificationStatus.coding.0.code", "unconfirmed"},
        {"reaction.0.manifestation.0.coding.0.code", "247472004"},
        {"patient.reference", "Patient/eq081-VQEgP8drUUqCWzHfw3"}}},
      {"add problem hypertension",
       {{"resourceType", "Condition"},
        {"code.coding.0.code", "38341003"},
        {"category.0.coding.0.code", "problem-list-item"},
        {"verificationStatus.coding.0.code", "provisional"}}},
      {"start lisinopril 10 mg daily",
       {{"resourceType", "MedicationRequest"},
        {"medicationCodeableConcept.coding.0.code", "314076"},
        {"status", "active"},
        {"intent", "order"},
        {"dosageInstruction.0.text", "10 mg by mouth once daily"}}},
      {"record blood pressure 120 over 80",
       {{"resourceType", "Observation"},
        {"status", "final"},
        {"code.coding.0.code", "85354-9"},
        {"component.0.code.coding.0.code", "8480-6"},
        {"component.0.valueQuantity.value", "120"},
        {"component.0.valueQuantity.code", "mm[Hg]"},
        {"component.1.code.coding.0.code", "8462-4"},
        {"component.1.valueQuantity.value", "80"},
        {"category.0.coding.0.code", "vital-signs"},
        {"encounter.reference", "Encounter/e6kBx6PwnxIv.5kCifScsWg3"}}},
      {"record weight 72 kilos",
       {{"resourceType", "Observation"},
        {"code.coding.0.code", "29463-7"},
        {"valueQuantity.value", "72"},
        {"valueQuantity.code", "kg"}}},
      {"file progress note",
       {{"resourceType", "DocumentReference"},
        {"docStatus", "preliminary"},
        {"status", "current"},
        {"type.coding.0.code", "11506-3"},
        {"content.0.attachment.contentType", "text/plain"},
        {"content.0.attachment.data", "RmVlbHMgYmV0dGVyLg=="},
        {"context.encounter.0.reference", "Encounter/e6kBx6PwnxIv.5kCifScsWg3"}}},
      // The other vital signs and note types that the table names.
      {"record heart rate 72", {{"code.coding.0.code", "8867-4"}, {"valueQuantity.code", "/min"}}},
      {"record respiratory rate 16", {{"code.coding.0.code", "9279-1"}}},
      {"record temperature 37.0", {{"code.coding.0.code", "8310-5"}, {"valueQuantity.value", "37.0"}}},
      {"record oxygen saturation 98%", {{"code.coding.0.code", "59408-5"}, {"valueQuantity.code", "%"}}},
      {"record height 180 cm", {{"code.coding.0.code", "8302-2"}, {"valueQuantity.code", "cm"}}},
      {"file consult note", {{"type.coding.0.code", "11488-4"}}},
      {"file H&P", {{"type.coding.0.code", "34117-2"}}},
      {"order CBC with diff", {{"code.coding.0.code", "57021-8"}}},
      {"start metformin 500 mg tablet twice daily", {{"medicationCodeableConcept.coding.0.code", "861007"}}},
      {"start amoxicillin 500 mg capsule three times daily for 10 days",
       {{"medicationCodeableConcept.coding.0.code", "308191"},
        {"dispenseRequest.expectedSupplyDuration.value", "10"}}},
  };
  return all;
}

std::string text_at(const json::value& resource, const char* path) {
  const auto* found = resource.at_path(path);
  if (found == nullptr) return "(absent)";
  return found->is_string() ? std::string(*found->if_string()) : json::write(*found);
}

TEST(examples, writes_become_the_resources_that_epic_takes) {
  for (const auto& one : write_examples()) {
    testing::dictation bedside;
    const auto made = bedside.say(one.text);
    ASSERT_TRUE(made.draft.has_value()) << one.text << ": " << made.say;
    for (const auto& [path, value] : one.members)
      EXPECT_EQ(text_at(made.draft->resource, path), value) << one.text << ' ' << path;
    EXPECT_NE(made.say.find("Derrick Lin, born 1973-06-03"), std::string::npos) << made.say;
    const auto confirmed = bedside.say("confirm");
    ASSERT_TRUE(confirmed.write.has_value()) << one.text << ": " << confirmed.say;
    EXPECT_EQ(confirmed.write->draft.resource, made.draft->resource);
  }
}

struct read_example {
  const char* text;
  const char* type;
  read_target target;
  const char* code;
  bool trend;
  bool active;
  unsigned newest;
};

TEST(examples, reads_become_typed_intents) {
  constexpr std::array<read_example, 5> all{{
      {"show latest labs", "Observation", read_target::labs, "", false, false, 0},
      {"show potassium trend", "Observation", read_target::labs, "2823-3", true, false, 0},
      {"show allergies", "AllergyIntolerance", read_target::allergies, "", false, false, 0},
      {"show active medications", "MedicationRequest", read_target::medications, "", false, true, 0},
      {"show last note", "DocumentReference", read_target::notes, "", false, false, 1},
  }};
  for (const auto& one : all) {
    const auto made = testing::dictation().say(one.text);
    ASSERT_TRUE(made.read.has_value()) << one.text << ": " << made.say;
    EXPECT_FALSE(made.draft.has_value());
    EXPECT_EQ(resource_type_of(*made.read), one.type);
    EXPECT_EQ(made.read->target, one.target) << one.text;
    EXPECT_EQ(made.read->only == nullptr ? "" : made.read->only->code.code, one.code) << one.text;
    EXPECT_EQ(made.read->trend, one.trend);
    EXPECT_EQ(made.read->active_only, one.active);
    EXPECT_EQ(made.read->newest.value_or(0), one.newest) << one.text;
  }
}

TEST(examples, the_order_of_the_reference_member_by_member) {
  testing::dictation bedside;
  const auto made = bedside.say("order urgent CBC for pneumonia");
  ASSERT_TRUE(made.draft.has_value());
  EXPECT_EQ(
      json::write(made.draft->resource),
      R"({"resourceType":"ServiceRequest","status":"active","intent":"order","priority":"urgent",)"
      R"("category":[{"coding":[{"system":"http://snomed.info/sct","code":"108252007",)"
      R"("display":"Laboratory procedure"}],"text":"Laboratory procedure"}],)"
      R"("code":{"coding":[{"system":"http://loinc.org","code":"58410-2",)"
      R"("display":"CBC panel - Blood by Automated count"}],"text":"CBC panel - Blood by Automated count"},)"
      R"("subject":{"reference":"Patient/eq081-VQEgP8drUUqCWzHfw3"},)"
      R"("encounter":{"reference":"Encounter/e6kBx6PwnxIv.5kCifScsWg3"},)"
      R"("requester":{"reference":"Practitioner/eM5CWtq15N0WJeuCet5bJlQ3"},)"
      R"("reasonCode":[{"text":"Pneumonia"}]})");
}

struct conversion {
  const char* text;
  const char* value;
  const char* note;
};

TEST(examples, units_are_converted_and_the_conversion_is_stated) {
  constexpr std::array<conversion, 7> all{{
      {"record weight 158 lb", "71.67", "Converted from 158 lb"},
      {"record weight 3200 grams", "3.20", "Converted from 3200 g"},
      {"record height 70 inches", "177.8", "Converted from 70 in"},
      {"record height 1.80 m", "180.0", "Converted from 1.80 m"},
      {"record temperature 98.6", "37.0", "Converted from 98.6 °F"},
      {"record temperature 212 degrees fahrenheit", "", ""},
      {"record weight 72.50 kg", "72.50", "(absent)"},
  }};
  for (const auto& one : all) {
    testing::dictation bedside;
    const auto made = bedside.say(one.text);
    EXPECT_EQ(made.draft.has_value(), *one.value != '\0') << one.text << made.say;
    if (!made.draft) continue;
    EXPECT_EQ(text_at(made.draft->resource, "valueQuantity.value"), one.value) << one.text;
    EXPECT_EQ(text_at(made.draft->resource, "note.0.text"), one.note) << one.text;
    const bool said = made.say.find("converted from") != std::string::npos;
    EXPECT_EQ(said, std::string_view(one.note) != "(absent)") << made.say;
  }
}

struct bound {
  const char* inside;
  const char* outside;
};

TEST(examples, ranges_are_inclusive_and_beyond_them_nothing_is_drafted) {
  constexpr std::array<bound, 20> all{{
      {"record blood pressure 300 over 200", "record blood pressure 301 over 200"},
      {"record blood pressure 40 over 20", "record blood pressure 39 over 20"},
      {"record blood pressure 81 over 80", "record blood pressure 80 over 80"},
      {"record blood pressure 120 over 20", "record blood pressure 120 over 19"},
      {"record blood pressure 300 over 80", "record blood pressure 80 over 120"},
      {"record blood pressure 120 over 80", "record blood pressure 120.5 over 80"},
      {"record weight 500 kg", "record weight 500.1 kg"},
      {"record weight 0.2 kg", "record weight 0.1 kg"},
      {"record weight 1102 lb", "record weight 1103 lb"},
      {"record pulse 20", "record pulse 19"},
      {"record pulse 300", "record pulse 301"},
      {"record pulse 72", "record pulse 72.5"},
      {"record temp 25", "record temp 24.9"},
      {"record temp 45", "record temp 45.1"},
      {"record temp 113 f", "record temp 113.1 f"},
      {"record sats 50", "record sats 49"},
      {"record sats 100", "record sats 101"},
      {"record respirations 4", "record respirations 3"},
      {"record respirations 80", "record respirations 81"},
      {"record height 260 cm", "record height 261 cm"},
  }};
  for (const auto& one : all) {
    EXPECT_TRUE(testing::dictation().say(one.inside).draft.has_value()) << one.inside;
    EXPECT_FALSE(testing::dictation().say(one.outside).draft.has_value()) << one.outside;
  }
}

TEST(examples, the_canonical_form_keeps_digits_and_no_order) {
  const json::value one(json::object{{"b", json::number{"1.50"}}, {"a", json::array{}}});
  const json::value other(json::object{{"a", json::array{}}, {"b", json::number{"1.50"}}});
  const json::value digits(json::object{{"a", json::array{}}, {"b", json::number{"1.5"}}});
  EXPECT_EQ(canonical(one), R"({"a":[],"b":1.50})");
  EXPECT_EQ(canonical(one), canonical(other));
  EXPECT_NE(canonical(one), canonical(digits));
}

// Two drafts that differ in anything a clinician would see differ in what is read back and in their hash.
TEST(examples, different_writes_sound_different_and_hash_differently) {
  testing::draws random(11);
  std::map<std::string, std::string> heard;
  for (int i = 0; i < 3000; ++i) {
    const auto what = testing::random_write(*testing::standard_lexicon(), random);
    const auto made = make_draft(what, testing::derrick(), "op", wall_time(0s));
    ASSERT_TRUE(made.has_value());
    const auto [there, is_new] = heard.emplace(made->read_back, made->sha256);
    EXPECT_EQ(there->second, made->sha256) << made->read_back;
  }
  std::map<std::string, std::string> by_hash;
  for (const auto& [text, hash] : heard) EXPECT_TRUE(by_hash.emplace(hash, text).second) << text;
}

}  // namespace
}  // namespace epicenter::commands
