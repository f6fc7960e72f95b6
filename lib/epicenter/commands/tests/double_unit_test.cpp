// Heights in feet and inches, weights in pounds and ounces.
#include <array>
#include <cmath>

#include "lib/epicenter/commands/tests/dictation.hpp"
#include "lib/epicenter/commands/tests/draws.hpp"

namespace epicenter::commands {
namespace {

using testing::dictation;

std::string value_of(const reply& made) {
  if (!made.draft) return "none: " + made.say;
  return made.draft->resource.find("valueQuantity")->find("value")->if_number()->text;
}

TEST(double_unit, ways_to_say_a_height) {
  for (const char* text :
       {"record height 5 feet 7 inches", "record height five foot seven",
        "record height five feet seven inches", "record height 5'7\"",
        "record height 5\xE2\x80\x99"
        "7\xE2\x80\x9D",
        "record height 5 ft 7 in", "record height 5 feet and 7 inches", "record height of 5 foot 7"}) {
    const auto made = dictation().say(text);
    EXPECT_EQ(value_of(made), "170.2") << text;
    EXPECT_NE(made.say.find("Record height 170.2 cm, converted from 5 ft 7"), std::string::npos) << made.say;
  }
  EXPECT_EQ(value_of(dictation().say("record height five feet eleven inches")), "180.3");
  EXPECT_EQ(value_of(dictation().say("record height six feet")), "182.9");
  EXPECT_EQ(value_of(dictation().say("record height six foot zero")), "182.9");
  EXPECT_EQ(value_of(dictation().say("record height 5 feet 7.2 inches")), "170.7");
  EXPECT_EQ(value_of(dictation().say("record weight 7 pounds 8 ounces")), "3.40");
  EXPECT_EQ(value_of(dictation().say("record weight seven pounds and eight ounces")), "3.40");
  EXPECT_EQ(value_of(dictation().say("record weight 158 pounds")), "71.67");
}

TEST(double_unit, what_is_no_such_value_is_not_recorded) {
  for (const char* text :
       {"record height 5 feet 12 inches", "record height 5.5 feet", "record height 5.5 feet 2 inches",
        "record height 0 feet 7 inches", "record height 8 feet 7 inches", "record height 5 feet and",
        "record height 5 feet and a half", "record height 5 7", "record height five eleven",
        "record height 5 feet 7 pounds", "record height 5 feet 7 inches 3", "record height 5 feet 7 feet",
        "record weight 5'7\"", "record weight 7 pounds 8", "record weight 7 pounds 16 ounces",
        "record weight 7.5 pounds 8 ounces", "record pulse 5 feet 7 inches"}) {
    const auto made = dictation().say(text);
    EXPECT_FALSE(made.draft.has_value()) << text << ": " << made.say;
  }
  const auto made = dictation().say("record height 5 feet 12 inches");
  EXPECT_EQ(
      made.say,
      "A height must be 20 to 260 cm, said as whole feet and less than 12 inches. Nothing was recorded.");
}

TEST(double_unit, a_bare_number_that_can_only_be_feet_is_asked_for) {
  dictation bedside;
  const auto asked = bedside.say("record height 6");
  EXPECT_EQ(asked.choices, std::vector<std::string>{"record height 6 feet"});
  EXPECT_EQ(value_of(bedside.say("number one")), "182.9");
}

struct spelling {
  const char* between;
  const char* after;
};
constexpr std::array<spelling, 5> spellings{
    {{" feet ", " inches"}, {" foot ", ""}, {"'", "\""}, {" ft ", " in"}, {" feet and ", " inches"}}};

// Whatever is said: the digits that are filed are the value to a millimetre, both units are read back, and a
// drafted value lies within the bounds.
TEST(double_unit, a_height_is_the_same_in_every_spelling_and_in_both_units) {
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(2); ++seed) {
    testing::draws random(seed);
    int drafted = 0;
    for (int i = 0; i < 300; ++i) {
      const unsigned feet = random.between(0, 10);
      const unsigned inches = random.between(0, 14);
      const double exact = (feet * 12 + inches) * 2.54;
      const bool possible = inches < 12 && exact >= 20 && exact <= 260;
      for (const auto& how : spellings) {
        const std::string text =
            "record height " + std::to_string(feet) + how.between + std::to_string(inches) + how.after;
        const auto made = dictation().say(text);
        ASSERT_EQ(made.draft.has_value(), possible) << "seed " << seed << ": " << text << ": " << made.say;
        if (!possible) continue;
        ++drafted;
        ASSERT_LE(std::abs(std::stod(value_of(made)) - exact), 0.05 + 1e-9)
            << "seed " << seed << ": " << text;
        const std::string both = value_of(made) + " cm, converted from " + std::to_string(feet) + " ft " +
                                 std::to_string(inches) + " in";
        ASSERT_NE(made.say.find(both), std::string::npos) << "seed " << seed << ": " << made.say;
        ASSERT_EQ(made.draft->resource.string_at("note.0.text"),
                  "Converted from " + both.substr(both.rfind("from ") + 5));
      }
    }
    EXPECT_GT(drafted, 300);
  }
}

}  // namespace
}  // namespace epicenter::commands
