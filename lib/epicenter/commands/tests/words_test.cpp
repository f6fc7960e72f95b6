#include <gtest/gtest.h>

#include <array>
#include <epicenter/commands/words.hpp>

#include "lib/epicenter/commands/tests/draws.hpp"

namespace epicenter::commands {
namespace {

std::string said(std::string_view text) {
  const auto words = words_of(text);
  return words ? joined(*words) : "(too long)";
}

TEST(words, case_punctuation_and_politeness_go) {
  EXPECT_EQ(said("  Hey Epic, please ORDER the CBC. "), "order cbc");
  EXPECT_EQ(said("what are the patient's allergies?"), "what are allergies");
  EXPECT_EQ(said("chest X-ray"), "chest x ray");
  EXPECT_EQ(said("don\xE2\x80\x99t"), "dont");
  EXPECT_EQ(said("H&P"), "h and p");
}

TEST(words, numbers_keep_their_digits) {
  EXPECT_EQ(said("120/80"), "120 over 80");
  EXPECT_EQ(said("98.60\xC2\xB0 F"), "98.60 degrees f");
  EXPECT_EQ(said("10mg"), "10 mg");
  EXPECT_EQ(said("1,000 mg"), "1000 mg");
  EXPECT_EQ(said("0.50"), "0.50");
  EXPECT_EQ(said("007"), "7");
  EXPECT_EQ(said("00"), "0");
  EXPECT_EQ(said("00.5"), "0.5");
  EXPECT_EQ(said("98%"), "98 percent");
  EXPECT_EQ(said("a1c"), "a1c");
  EXPECT_EQ(said("120 over 80."), "120 over 80");
}

TEST(words, feet_and_inches_by_their_signs) {
  for (const char* text : {"5'7\"", "5' 7\"",
                           "5\xE2\x80\x99"
                           "7\xE2\x80\x9D",
                           "5\xE2\x80\xB2"
                           "7\xE2\x80\xB3",
                           "5'7''", "\"5'7\"\""})
    EXPECT_EQ(said(text), "5 feet 7 inches") << text;
  EXPECT_EQ(said("5'11"), "5 feet 11");
  EXPECT_EQ(said("5'7.5\""), "5 feet 7.5 inches");
  EXPECT_EQ(said("6'"), "6 feet");
  EXPECT_EQ(said("'order CBC'"), "order cbc");
  EXPECT_EQ(said("\"record pulse 72\""), "record pulse 72");
  EXPECT_EQ(said("patient's 'H&P'"), "h and p");
  EXPECT_EQ(said("5 '7"), "5 7") << "a quotation, not feet";
}

TEST(words, what_is_no_plain_number_is_no_number) {
  for (const char* odd : {"1.2.3", "-5", "+5", "5e3", "1234567890", "<5", "5~", "\xC2\xBD", "\xD9\xA3"}) {
    const auto words = words_of(odd);
    ASSERT_TRUE(words.has_value());
    EXPECT_FALSE(words->size() == 1 && words->front().is_number) << odd << ": " << joined(*words);
  }
  EXPECT_EQ(said("1,00"), "1 0") << "no group of three digits";
}

struct spoken_number {
  const char* text;
  const char* number;
};
constexpr std::array<spoken_number, 30> numbers{{
    {"one twenty over eighty", "120 over 80"},
    {"one twenty two", "122"},
    {"one fifteen", "115"},
    {"one oh five", "105"},
    {"one hundred", "100"},
    {"a hundred and one", "101"},
    {"one hundred and twenty two", "122"},
    {"seventy two kilos", "72 kilos"},
    {"ninety eight point six", "98.6"},
    {"one hundred one point two", "101.2"},
    {"one oh one point two", "101.2"},
    {"98 point 6", "98.6"},
    {"thirty seven point oh", "~ oh"},
    {"thirty seven point zero", "37.0"},
    {"point five", "0.5"},
    {"zero point five", "0.5"},
    {"zero", "0"},
    {"one two zero over eight zero", "120 over 80"},
    {"five hundred", "500"},
    {"twelve hundred", "1200"},
    {"one thousand", "1000"},
    {"two thousand five hundred", "2500"},
    {"two thousand and five", "2005"},
    {"five twenty", "520"},
    {"ten", "10"},
    {"nineteen", "19"},
    {"chest x-ray two views", "chest x ray 2 views"},
    {"ten mg twice a day", "10 mg twice day"},
    {"sixty point twenty five", "60.25"},
    {"oh", "oh"},
}};

TEST(words, spoken_numbers) {
  for (const auto& one : numbers) EXPECT_EQ(said(one.text), one.number) << one.text;
}

TEST(words, two_numbers_in_a_row_are_no_number) {
  for (const char* unsure :
       {"twenty thirty", "one twenty eighty", "twelve fifty", "one hundred hundred", "twenty eleven",
        "98 point 6 5", "98.6 point five", "five hundred sixty seventy"}) {
    const std::string heard = said(unsure);
    EXPECT_NE(heard.find('~'), std::string::npos) << unsure << ": " << heard;
  }
}

TEST(words, every_number_below_ten_thousand_is_heard_as_said_in_full) {
  constexpr std::array<const char*, 20> small{"",        "one",     "two",       "three",    "four",
                                              "five",    "six",     "seven",     "eight",    "nine",
                                              "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                              "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr std::array<const char*, 10> tens{"",      "",      "twenty",  "thirty", "forty",
                                             "fifty", "sixty", "seventy", "eighty", "ninety"};
  for (unsigned n = 1; n < 10'000; ++n) {
    std::string text;
    if (n >= 1000) text += std::string(small.at(n / 1000)) + " thousand ";
    if (n % 1000 >= 100) text += std::string(small.at(n % 1000 / 100)) + " hundred ";
    if (n % 100 >= 20)
      text += std::string(tens.at(n % 100 / 10)) + (n % 10 != 0 ? "-" : "") + small.at(n % 10);
    else
      text += small.at(n % 100);
    ASSERT_EQ(said(text), std::to_string(n)) << text;
  }
}

TEST(words, length_is_bounded) {
  EXPECT_TRUE(words_of(std::string(512, 'a')).has_value());
  EXPECT_FALSE(words_of(std::string(513, 'a')).has_value());
  std::string many;
  for (int i = 0; i < 65; ++i) many += "w ";
  EXPECT_FALSE(words_of(many).has_value());
}

TEST(words, once_taken_apart_they_stay_as_they_are) {
  testing::draws random(7);
  const std::vector<std::string> pieces{
      "one ", "Twenty",  " oh ",     "10", "mg", "/", ".", "5", "-",  "point ",   "hundred ",
      "and ", "please ", "\xC2\xB0", "'",  "%",  "&", ",", "x", "  ", "hey epic "};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t n = random.below(12); n > 0; --n) text += random.one_of(pieces);
    const auto words = words_of(text);
    ASSERT_TRUE(words.has_value());
    for (const auto& one : *words) {
      ASSERT_FALSE(one.text.empty()) << text;
      if (!one.is_number) continue;
      ASSERT_EQ(one.text.find_first_not_of("0123456789."), std::string::npos) << text;
      ASSERT_TRUE(one.text.size() == 1 || one.text[0] != '0' || one.text[1] == '.') << text << one.text;
      ASSERT_NE(one.text.back(), '.') << text;
    }
  }
}

}  // namespace
}  // namespace epicenter::commands
