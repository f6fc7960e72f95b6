#include <gtest/gtest.h>

#include <epicenter/fhir/moment.hpp>
#include <epicenter/fhir/read_back.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::fhir {
namespace {

json::value parsed(std::string_view text) {
  return json::parse(text).value();
}

TEST(fhir_read_back, sees_what_changes_the_meaning_and_nothing_else) {
  const auto changed = [](const char* a, const char* b) {
    std::string all;
    for (const auto& one : changed_elements(parsed(a), parsed(b))) all += one + ' ';
    EXPECT_EQ(changed_elements(parsed(a), parsed(b)), changed_elements(parsed(b), parsed(a)));
    return all;
  };
  const char* const meant =
      R"({"resourceType":"Condition","id":"c","code":{"coding":[{"system":"s","code":"1","display":"A"}],"text":"A"},
          "subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},
          "onsetDateTime":"2026-03-02T10:00:00+02:00","note":[{"text":"x"},{"text":"y"}]})";
  EXPECT_EQ(changed(meant, meant), "");
  EXPECT_EQ(
      changed(meant, R"({"resourceType":"Condition","id":"z","meta":{"versionId":"2"},"recordedDate":"2026",
      "code":{"coding":[{"system":"t","code":"9"},{"system":"s","code":"1","display":"Aa"}],"text":"rewritten"},
      "subject":{"reference":"https://h/R4/Patient/p","display":"Lin"},"encounter":{"reference":"Encounter/e"},
      "onsetDateTime":"2026-03-02T08:00:00.000Z","note":[{"text":"y"},{"text":"x"}]})"),
      "");
  // As Epic was seen to do: the category rewritten, encounter and onset lost.
  EXPECT_EQ(changed(meant, R"({"resourceType":"Condition","code":{"coding":[{"system":"s","code":"2"}]},
      "category":[{"coding":[{"system":"c","code":"problem-list-item"}]}],
      "subject":{"reference":"Patient/q"},"note":[{"text":"x"},{"text":"x"}]})"),
            "category code encounter note onsetDateTime subject ");
  const auto quantity = [&changed](const char* b) {
    return changed(R"({"resourceType":"Observation","valueQuantity":{"value":5.0,"unit":"mg","code":"mg"}})",
                   (std::string(R"({"resourceType":"Observation","valueQuantity":)") + b + "}").c_str());
  };
  EXPECT_EQ(quantity(R"({"value":5,"unit":"milligram","code":"mg"})"), "");
  EXPECT_EQ(quantity(R"({"value":5,"unit":"mg"})"), "");
  EXPECT_EQ(quantity(R"({"value":5,"unit":"g","code":"g"})"), "valueQuantity ");
  EXPECT_EQ(quantity(R"({"value":50,"unit":"mg","code":"mg"})"), "valueQuantity ");
  EXPECT_EQ(quantity(R"({"value":5,"unit":"mg","code":"mg","comparator":"<"})"), "valueQuantity ");
  EXPECT_EQ(changed(R"({"resourceType":"Goal","a":1,"text":{}})", R"({"resourceType":"Goal","a":1,"b":2})"),
            "b ");
}

// A Condition as it was sent to Epic's sandbox and as that gave it back: texts, versions and displays were
// added, the category was rewritten, encounter and onset were lost (write probe of 2026-05; catalogue row
// 42).
TEST(fhir_read_back, sees_what_epic_made_of_a_condition) {
  const auto sent = parsed(R"({"resourceType":"Condition",
    "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
    "verificationStatus":{"coding":[
      {"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"provisional"}]},
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category",
      "code":"encounter-diagnosis"}]}],
    "code":{"coding":[{"system":"http://snomed.info/sct","code":"41652007","display":"Eye pain"}],"text":"Eye pain"},
    "subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},"onsetDateTime":"2026-05-01"})");
  const auto stored = parsed(R"({"resourceType":"Condition","id":"O.kP2",
    "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",
      "version":"4.0.0","code":"active","display":"Active"}],"text":"Active"},
    "verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status",
      "version":"4.0.0","code":"provisional","display":"Provisional"}],"text":"Provisional"},
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category",
      "code":"problem-list-item","display":"Problem List Item"}],"text":"Problem List Item"}],
    "code":{"coding":[{"system":"http://snomed.info/sct","code":"41652007","display":"Eye pain"}]},
    "subject":{"reference":"Patient/p","display":"Lin, Derrick"}})");
  EXPECT_EQ(changed_elements(sent, stored),
            (std::vector<std::string>{"category", "encounter", "onsetDateTime"}));
}

TEST(fhir_moment, is_the_same_in_every_zone_and_nothing_where_it_is_not_certain) {
  const auto moment = parse_moment("2026-03-02T10:00:00.5+02:00");
  EXPECT_EQ(moment, parse_moment("2026-03-02T08:00:00.500Z"));
  EXPECT_EQ(moment, parse_moment("2026-03-01T22:30:00.5-09:30"));
  EXPECT_NE(moment, parse_moment("2026-03-02T08:00:00Z"));
  for (const char* no :
       {"", "2026", "2026-03-02", "2026-03-02T10:00:00", "2026-03-02T10:00Z", "2026-02-30T10:00:00Z",
        "2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z", "2026-03-02T10:00:00.Z", "2026-03-02T10:00:00+2:00",
        "2026-03-02T10:00:00Zx", "9999-03-02T10:00:00Z"})
    EXPECT_EQ(parse_moment(no), std::nullopt) << no;
}

}  // namespace
}  // namespace epicenter::fhir
