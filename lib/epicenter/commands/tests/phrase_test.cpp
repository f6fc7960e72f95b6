#include <gtest/gtest.h>

#include <epicenter/commands/parse.hpp>
#include <epicenter/commands/phrase.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/json/parse.hpp>

#include "lib/epicenter/commands/tests/random_command.hpp"

namespace epicenter::commands {
namespace {

const lexicon& known() {
  static const lexicon made = lexicon::standard();
  return made;
}
read_intent asked(std::string_view text) {
  return std::get<read_intent>(std::get<command>(parse(known(), text)));
}
read_answer answer_of(std::initializer_list<const char*> resources) {
  std::vector<json::value> list;
  for (const char* text : resources) list.push_back(*json::parse(text));
  read_answer made;
  made.resources = epic::resource_list(std::move(list));
  return made;
}
const wall_time now = *epic::parse_fhir_time("2026-10-10");

constexpr const char* penicillin =
    R"({"resourceType":"AllergyIntolerance","code":{"text":"Penicillin"},"clinicalStatus":{"coding":[{"code":"active"}]}})";
constexpr const char* mistaken =
    R"({"resourceType":"AllergyIntolerance","code":{"text":"Latex"},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}})";

std::string lab(const char* code, const char* value, const char* when) {
  return std::string(
             R"({"resourceType":"Observation","code":{"text":"K","coding":[{"system":"http://loinc.org","code":")") +
         code + R"("}]},"valueQuantity":{"value":)" + value + R"(,"unit":"mmol/L"})" +
         (*when == '\0' ? "" : std::string(R"(,"effectiveDateTime":")") + when + '"') + "}";
}

TEST(phrase, entries_are_said_with_value_and_date_newest_first) {
  const std::string old = lab("2823-3", "4.10", "2026-10-01T08:00:00Z");
  const std::string recent = lab("2823-3", "3.9", "2026-10-05T08:00:00Z");
  const std::string sodium = lab("2951-2", "140", "2026-10-06T08:00:00Z");
  const auto answer = answer_of({old.c_str(), recent.c_str(), sodium.c_str()});
  EXPECT_EQ(phrase(asked("show potassium trend"), answer, now),
            "potassium. 2 entries: K 3.9 mmol/L on 2026-10-05; K 4.10 mmol/L on 2026-10-01.");
  EXPECT_EQ(phrase(asked("show last potassium"), answer, now),
            "potassium. 1 entry: K 3.9 mmol/L on 2026-10-05.");
  EXPECT_EQ(select(asked("show labs for 5 days"), answer, now).resources.size(), 2U);
  EXPECT_EQ(select(asked("show labs for 4 days"), answer, now).resources.size(), 1U);
}

TEST(phrase, what_has_no_date_makes_a_span_of_time_partial) {
  const std::string undated = lab("2823-3", "4.1", "");
  EXPECT_FALSE(select(asked("show labs"), answer_of({undated.c_str()}), now).partial);
  const auto chosen = select(asked("show labs for 7 days"), answer_of({undated.c_str()}), now);
  EXPECT_TRUE(chosen.partial);
  EXPECT_TRUE(chosen.resources.empty());
}

TEST(phrase, partial_is_said_and_nothing_found_is_not_none) {
  auto answer = answer_of({penicillin, mistaken});
  EXPECT_EQ(phrase(asked("show allergies"), answer, now), "Allergies. 1 entry: Penicillin.");
  answer.partial = true;
  EXPECT_EQ(phrase(asked("show allergies"), answer, now),
            "Allergies, partial: more may be on the chart. 1 entry: Penicillin.");
  read_answer nothing;
  EXPECT_EQ(phrase(asked("show allergies"), nothing, now),
            "Allergies. Nothing was found. That does not mean that there is nothing.");
  nothing.partial = true;
  EXPECT_EQ(
      phrase(asked("show allergies"), nothing, now),
      "Allergies, partial: more may be on the chart. Nothing was found. That does not mean that there is "
      "nothing.");
}

TEST(phrase, a_stale_answer_and_a_failure_say_that_the_ehr_is_unavailable) {
  auto answer = answer_of({penicillin});
  answer.from.source = epic::source::stale;
  answer.from.age = 5min;
  EXPECT_EQ(
      phrase(asked("show allergies"), answer, now),
      "Allergies. EHR temporarily unavailable, from a copy that is 5 minutes old. 1 entry: Penicillin.");
  EXPECT_EQ(phrase_failure(asked("show allergies"), error(make_error_code(epic::errc::circuit_open))),
            "Allergies: EHR temporarily unavailable. Nothing was read.");
  const std::string denied =
      phrase_failure(asked("show labs"), error(make_error_code(epic::errc::auth_denied)));
  EXPECT_EQ(denied.rfind("Labs could not be read: ", 0), 0U) << denied;
}

TEST(phrase, a_merged_chart_is_said_to_be_one) {
  auto answer = answer_of({penicillin});
  answer.merged_into = "eOther";
  EXPECT_EQ(phrase(asked("show allergies"), answer, now),
            "Allergies. The chart was merged into another patient's record. 1 entry: Penicillin.");
}

TEST(phrase, active_ones_only_where_asked) {
  const auto answer = answer_of({R"({"resourceType":"MedicationRequest","status":"active",)"
                                 R"("medicationReference":{"display":"lisinopril 10 MG"}})",
                                 R"({"resourceType":"MedicationRequest","status":"stopped",)"
                                 R"("medicationCodeableConcept":{"coding":[{"display":"old drug"}]}})"});
  EXPECT_EQ(phrase(asked("show active medications"), answer, now),
            "Medications, active ones. 1 entry: lisinopril 10 MG.");
  EXPECT_EQ(phrase(asked("show medications"), answer, now),
            "Medications. 2 entries: lisinopril 10 MG; old drug.");
}

TEST(phrase, long_answers_are_cut_and_counted) {
  std::vector<json::value> many(25, *json::parse(penicillin));
  read_answer answer;
  answer.resources = epic::resource_list(std::move(many));
  const std::string text = phrase(asked("show allergies"), answer, now);
  EXPECT_EQ(text.rfind("Allergies. 25 entries: Penicillin; ", 0), 0U);
  EXPECT_NE(text.find("; and 5 more."), std::string::npos) << text;
}

// Whatever is asked and whatever is missing from the answer, no sentence denies.
TEST(phrase, no_answer_ever_denies) {
  testing::draws random(3);
  for (int i = 0; i < 500; ++i) {
    const auto intent = testing::random_read(known(), random);
    read_answer answer;
    if (random.one_in(2)) answer = answer_of({R"({"resourceType":"Observation"})", R"({})", R"({"code":7})"});
    answer.partial = random.one_in(2);
    const std::string text = phrase(intent, answer, now);
    for (const char* denial :
         {"no allerg", "No allerg", "none", "None", "no known", "There are no", "there is no "})
      EXPECT_EQ(text.find(denial), std::string::npos) << text;
    EXPECT_EQ(text.find("partial") != std::string::npos, select(intent, answer, now).partial) << text;
  }
}

}  // namespace
}  // namespace epicenter::commands
