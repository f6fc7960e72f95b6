#include <gtest/gtest.h>

#include <epicenter/commands/parse.hpp>

#include "lib/epicenter/commands/tests/random_command.hpp"

namespace epicenter::commands {
namespace {

const lexicon& known() {
  static const lexicon made = lexicon::standard();
  return made;
}

std::string heard(std::string_view text) {
  const auto made = parse(known(), text);
  if (const auto* understood = std::get_if<command>(&made)) return spoken(*understood);
  return "? " + std::get<misunderstanding>(made).say;
}
misunderstanding_kind refusal(std::string_view text) {
  const auto made = parse(known(), text);
  EXPECT_TRUE(std::holds_alternative<misunderstanding>(made)) << text;
  if (!std::holds_alternative<misunderstanding>(made)) return {};
  return std::get<misunderstanding>(made).kind;
}
bool is_write(const parsed& made) {
  const auto* understood = std::get_if<command>(&made);
  return understood != nullptr && std::holds_alternative<write_intent>(*understood);
}
std::vector<std::string> choices(std::string_view text) {
  const auto made = parse(known(), text);
  const auto* why = std::get_if<misunderstanding>(&made);
  return why == nullptr ? std::vector<std::string>{} : why->choices;
}

TEST(parse, ways_to_say_it) {
  EXPECT_EQ(heard("Prescribe Zestril ten milligrams tablet by mouth every day as needed for two weeks."),
            "start lisinopril 10 mg tablet once daily as needed for 14 days");
  EXPECT_EQ(heard("order a stat complete blood count for high blood pressure"),
            "order stat CBC for hypertension");
  EXPECT_EQ(heard("add allergy to sulfa with severe trouble breathing"),
            "add allergy to sulfa with severe shortness of breath");
  EXPECT_EQ(heard("add an allergy to penicillin with hives, mild"),
            "add allergy to penicillin with mild hives");
  EXPECT_EQ(heard("record BP one twenty over eighty mmHg"), "record blood pressure 120 over 80");
  EXPECT_EQ(heard("record temp 98.6"), "record temperature 98.6 °F");
  EXPECT_EQ(heard("record temperature of 37.0 degrees"), "record temperature 37.0 degrees celsius");
  EXPECT_EQ(heard("record pulse ox 98%"), "record oxygen saturation 98 percent");
  EXPECT_EQ(heard("What are the last three visits?"), "show last 3 encounters");
  EXPECT_EQ(heard("get potassium for the last 3 months"), "show potassium for 90 days");
  EXPECT_EQ(heard("show my last note"), "show last 1 notes");
  EXPECT_EQ(heard("show current meds"), "show active medications");
  EXPECT_EQ(heard("Cancel that."), "cancel");
  EXPECT_EQ(heard("option two"), "number 2");
}

TEST(parse, more_than_one_candidate_asks) {
  EXPECT_EQ(choices("order urgent chest x-ray for pneumonia"),
            (std::vector<std::string>{"order urgent chest x ray 2 views for pneumonia",
                                      "order urgent chest x ray 1 view for pneumonia"}));
  EXPECT_EQ(choices("order glucose"),
            (std::vector<std::string>{"order serum glucose", "order blood glucose"}));
  EXPECT_EQ(choices("add problem diabetes"),
            (std::vector<std::string>{"add problem type 2 diabetes", "add problem type 1 diabetes"}));
  EXPECT_EQ(choices("add allergy to nuts with hives").size(), 2U);
  EXPECT_EQ(choices("show glucose trend").size(), 2U);
  EXPECT_EQ(choices("record weight 72"),
            (std::vector<std::string>{"record weight 72 kilograms", "record weight 72 pounds"}));
  EXPECT_EQ(choices("start lisinopril daily"),
            (std::vector<std::string>{"start lisinopril 10 mg daily", "start lisinopril 20 mg daily"}));
  EXPECT_EQ(choices("file note").size(), 3U);
}

TEST(parse, what_is_offered_is_understood) {
  for (const auto of : {topic::lab, topic::imaging, topic::drug, topic::substance, topic::condition}) {
    for (const auto* one : known().entries(of)) {
      std::string_view phrases = one->phrases;
      while (true) {
        const std::string phrase(phrases.substr(0, phrases.find('|')));
        for (const std::string verb :
             {"order ", "start ", "add allergy to ", "add problem ", "show ", "record "}) {
          for (const auto& offered : choices(verb + phrase))
            EXPECT_TRUE(std::holds_alternative<command>(parse(known(), offered))) << offered;
        }
        if (phrases.find('|') == std::string_view::npos) break;
        phrases.remove_prefix(phrases.find('|') + 1);
      }
    }
  }
}

TEST(parse, negation_is_refused_wherever_it_stands) {
  for (const char* text :
       {"no allergy", "add no allergy to penicillin", "don't order CBC", "do not order a CBC",
        "order not CBC", "order CBC, no", "never start lisinopril 10 mg daily", "cancel the order",
        "cancel the CBC", "stop lisinopril", "discontinue lisinopril 10 mg",
        "patient denies allergy to penicillin", "delete the note", "undo the order",
        "add problem hypertension negative", "show no labs", "remove allergy to penicillin"})
    EXPECT_EQ(refusal(text), misunderstanding_kind::negated) << text;
  EXPECT_EQ(refusal("order CBC without"), misunderstanding_kind::not_found);
  EXPECT_EQ(refusal("start lisinopril 10 mg daily without food"), misunderstanding_kind::not_found);
  EXPECT_EQ(heard("order CT head without contrast"), "order CT head without contrast");
}

TEST(parse, nothing_found_says_so_with_what_is_near) {
  EXPECT_EQ(refusal("order potasium"), misunderstanding_kind::not_found);
  EXPECT_NE(heard("order potasium").find("Near it: potassium"), std::string::npos) << heard("order potasium");
  EXPECT_NE(heard("start lisinoprol 10 mg daily").find("lisinopril"), std::string::npos);
  EXPECT_NE(heard("add problem hipertension").find("hypertension"), std::string::npos);
  EXPECT_EQ(heard("order moonshine"), "? I know no test or study «moonshine».");
  EXPECT_NE(heard("make me a sandwich").find("I know: show"), std::string::npos);
  EXPECT_NE(heard("sign note").find("signed in the EHR"), std::string::npos);
}

TEST(parse, the_patient_is_never_taken_from_speech) {
  for (const char* text :
       {"order CBC for John Smith", "show allergies of Derrick Lin", "order CBC on patient 12345",
        "add problem hypertension to Derrick Lin", "show labs for Derrick"})
    EXPECT_TRUE(std::holds_alternative<misunderstanding>(parse(known(), text))) << text;
}

TEST(parse, two_commands_at_once_are_none) {
  for (const char* text :
       {"order CBC. order CMP", "order CBC and CMP", "order CBC confirm", "confirm order CBC",
        "record weight 72 kilos confirm", "file progress note confirm"})
    EXPECT_TRUE(std::holds_alternative<misunderstanding>(parse(known(), text))) << text;
}

TEST(parse, a_list_that_is_only_safe_whole_is_shown_whole) {
  EXPECT_EQ(refusal("show last allergies"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("show latest 3 medications"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("show problems for 7 days"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("show active allergies"), misunderstanding_kind::incomplete);
  EXPECT_EQ(heard("show all allergies"), "show allergies");
}

TEST(parse, a_drug_needs_a_strength_that_exists_with_its_unit) {
  EXPECT_EQ(refusal("start lisinopril"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("start lisinopril 15 mg daily"), misunderstanding_kind::out_of_range);
  EXPECT_EQ(refusal("start lisinopril 10 daily"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("start lisinopril 10 g daily"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("start lisinopril 10 mg"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("start lisinopril 10 mg capsule daily"), misunderstanding_kind::not_found);
  EXPECT_EQ(refusal("start lisinopril 10 mg daily for 53 weeks"), misunderstanding_kind::out_of_range);
  EXPECT_EQ(refusal("start lisinopril 10 mg daily for 0 days"), misunderstanding_kind::incomplete);
  EXPECT_EQ(refusal("start lisinopril 1.0 mg daily"), misunderstanding_kind::out_of_range);
}

TEST(parse, severity_needs_a_reaction) {
  EXPECT_EQ(refusal("add allergy to penicillin severe"), misunderstanding_kind::incomplete);
}

TEST(parse, every_command_comes_back_from_its_own_words_and_from_others) {
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(2); ++seed) {
    testing::draws random(seed);
    for (int i = 0; i < 2000; ++i) {
      const command wanted = testing::random_command(known(), random);
      const std::string text = spoken(wanted);
      const auto made = parse(known(), text);
      ASSERT_TRUE(std::holds_alternative<command>(made))
          << "seed " << seed << ": " << text << ": " << std::get<misunderstanding>(made).say;
      ASSERT_EQ(spoken(std::get<command>(made)), text) << "seed " << seed;
      ASSERT_EQ(std::get<command>(made), wanted) << "seed " << seed << ": " << text;
      const std::string other = testing::disguised(text, random);
      const auto again = parse(known(), other);
      ASSERT_TRUE(std::holds_alternative<command>(again))
          << "seed " << seed << ": " << other << ": " << std::get<misunderstanding>(again).say;
      ASSERT_EQ(std::get<command>(again), wanted) << "seed " << seed << ": " << other;
    }
  }
}

std::string with_inserted(const std::string& text, const std::string& extra, testing::draws& random) {
  const auto words = *words_of(text);
  const std::size_t at = random.below(words.size() + 1);
  return joined(std::span(words).first(at)) + ' ' + extra + ' ' + joined(std::span(words).subspan(at));
}

TEST(parse, one_word_too_many_never_writes) {
  const std::vector<std::string> foreign{"banana", "~",     "x9",       "confirm", "and",
                                         "or",     "maybe", "tomorrow", "smith"};
  const std::vector<std::string> negating{"no", "not", "don't", "never", "cancel", "denies", "unless"};
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(2); ++seed) {
    testing::draws random(seed);
    for (int i = 0; i < 2000; ++i) {
      const std::string text = spoken(testing::random_write(known(), random));
      for (const auto* list : {&foreign, &negating}) {
        const std::string& extra = random.one_of(*list);
        const std::string garbled = with_inserted(text, extra, random);
        const auto heard_as = parse(known(), garbled);
        // «5 ft and 7 in» is what it was before.
        const bool same = extra == "and" && is_write(heard_as) && spoken(std::get<command>(heard_as)) == text;
        ASSERT_FALSE(is_write(heard_as) && !same) << "seed " << seed << ": " << garbled;
      }
    }
  }
}

TEST(parse, random_bytes_never_write) {
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(2); ++seed) {
    testing::draws random(seed);
    for (int i = 0; i < 10'000; ++i) {
      std::string text(random.below(60), '\0');
      for (char& c : text) c = static_cast<char>(random.below(256));
      ASSERT_FALSE(is_write(parse(known(), text))) << "seed " << seed << ", text " << i;
    }
  }
}

// Words of the lexicon in any order: what is understood must be exactly what its own words say.
TEST(parse, word_salad_writes_only_what_it_says) {
  std::vector<std::string> vocabulary{"order", "start", "add",   "allergy", "problem", "record", "file",
                                      "to",    "with",  "for",   "stat",    "over",    "10",     "mg",
                                      "120",   "80",    "daily", "days",    "of"};
  for (const auto of : {topic::lab, topic::imaging, topic::drug, topic::substance, topic::reaction,
                        topic::condition, topic::vital, topic::note_type, topic::frequency}) {
    for (const auto* one : known().entries(of)) vocabulary.emplace_back(name_of(*one));
  }
  const std::vector<std::string> verbs{"order", "add problem", "add allergy to", "file", "record"};
  int written = 0;
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(2); ++seed) {
    testing::draws random(seed);
    for (int i = 0; i < 10'000; ++i) {
      std::string text = random.one_in(2) ? random.one_of(verbs) + ' ' : "";
      for (std::uint64_t n = random.between(1, 5); n > 0; --n) text += random.one_of(vocabulary) + ' ';
      const auto made = parse(known(), text);
      if (!is_write(made)) continue;
      ++written;
      const auto words = *words_of(text);
      const auto heard_as = *words_of(spoken(std::get<command>(made)));
      for (const auto& one : heard_as) {
        const bool said = std::find(words.begin(), words.end(), one) != words.end();
        ASSERT_TRUE(said || one.text == "once" || one.text == "tablet" || one.text == "capsule")
            << "seed " << seed << ": " << text << " heard as " << spoken(std::get<command>(made));
      }
    }
  }
  EXPECT_GT(written, 50) << "the salad must be able to hit";
}

}  // namespace
}  // namespace epicenter::commands
