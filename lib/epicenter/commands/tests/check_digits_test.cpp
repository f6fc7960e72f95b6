// Every code of the lexicon has the check digit that its terminology gives it. A digit that was mistyped is
// seen; whether the code means what its display says is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <epicenter/commands/lexicon.hpp>

namespace epicenter::commands {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// LOINC Users' Guide, appendix on check digits: mod 10 (Luhn) over the part before the hyphen.
bool is_loinc_code(std::string_view code) {
  const auto hyphen = code.find('-');
  if (hyphen == std::string_view::npos || hyphen + 2 != code.size()) return false;
  const auto number = code.substr(0, hyphen);
  if (!all_digits(number) || !all_digits(code.substr(hyphen + 1))) return false;
  int sum = 0;
  bool doubled = true;
  for (auto c = number.rbegin(); c != number.rend(); ++c, doubled = !doubled) {
    const int digit = (*c - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return (10 - sum % 10) % 10 == code.back() - '0';
}

// SNOMED CT Release File Specification, appendix on check digits: Verhoeff's dihedral check.
int composed(int a, int b) {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b) % 5;
  return b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5;
}
bool is_snomed_code(std::string_view code) {
  constexpr std::array<int, 10> shuffle{1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  if (!all_digits(code) || code.size() < 6 || code.size() > 18 || code.front() == '0') return false;
  int check = 0;
  int times = 0;
  for (auto c = code.rbegin(); c != code.rend(); ++c, ++times) {
    int digit = *c - '0';
    for (int i = 0; i < times % 8; ++i) digit = shuffle.at(static_cast<std::size_t>(digit));
    check = composed(check, digit);
  }
  // The two digits before the check digit say that it is a concept, of the international edition or another.
  const auto partition = code.substr(code.size() - 3, 2);
  return check == 0 && (partition == "00" || partition == "10");
}

bool is_icd_code(std::string_view code) {
  const bool category = code.size() >= 3 && code[0] >= 'A' && code[0] <= 'Z' && all_digits(code.substr(1, 2));
  return category && (code.size() == 3 || (code[3] == '.' && code.size() >= 5 && code.size() <= 8));
}

bool has_its_form(const coding& c) {
  if (c.system == loinc) return is_loinc_code(c.code);
  if (c.system == snomed) return is_snomed_code(c.code);
  if (c.system == icd10) return is_icd_code(c.code);
  return c.system == rxnorm && all_digits(c.code) && c.code.size() <= 8;
}

std::vector<coding> codes_of_the_lexicon() {
  const auto known = lexicon::standard();
  std::vector<coding> all;
  for (std::size_t i = 0; i < topic_count; ++i) {
    for (const auto* one : known.entries(static_cast<topic>(i))) {
      for (const auto& code : {one->code, one->also}) {
        if (!code.empty()) all.push_back(code);
      }
    }
  }
  return all;
}

TEST(check_digits, every_code_of_the_lexicon_has_the_right_one) {
  const auto all = codes_of_the_lexicon();
  EXPECT_GT(all.size(), 130U);
  for (const auto& one : all)
    EXPECT_TRUE(has_its_form(one)) << one.system << ' ' << one.code << ' ' << one.display;
}

// A digit that was mistyped, and two neighbours that changed places.
TEST(check_digits, a_mistyped_digit_is_seen_in_every_code) {
  std::size_t tried = 0;
  for (const auto& one : codes_of_the_lexicon()) {
    if (one.system != loinc && one.system != snomed) continue;
    for (std::size_t i = 0; i < one.code.size(); ++i) {
      if (one.code[i] == '-') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string other(one.code);
        other[i] = digit;
        if (other == one.code) continue;
        ++tried;
        EXPECT_FALSE(has_its_form({one.system, other, {}})) << one.code << " as " << other;
      }
    }
    for (std::size_t i = 0; one.system == snomed && i + 1 < one.code.size(); ++i) {
      std::string other(one.code);
      std::swap(other[i], other[i + 1]);
      if (other == one.code) continue;
      ++tried;
      EXPECT_FALSE(has_its_form({one.system, other, {}})) << one.code << " as " << other;
    }
  }
  EXPECT_GT(tried, 5000U);
}

TEST(check_digits, known_codes_and_known_mistakes) {
  EXPECT_TRUE(is_loinc_code("2823-3"));
  EXPECT_FALSE(is_loinc_code("2832-3"));
  EXPECT_TRUE(is_snomed_code("22298006"));
  EXPECT_FALSE(is_snomed_code("22298060"));
  EXPECT_FALSE(is_snomed_code("91935004")) << "as public code has it for peanuts";
  EXPECT_TRUE(is_icd_code("J45.909"));
  EXPECT_FALSE(is_icd_code("J45909"));
}

// One code twice would file one thing under the name of another.
TEST(check_digits, no_code_has_two_displays) {
  std::map<std::string, std::string_view> displays;
  for (const auto& one : codes_of_the_lexicon()) {
    const auto [there, is_new] =
        displays.emplace(std::string(one.system) + '|' + std::string(one.code), one.display);
    EXPECT_EQ(there->second, one.display) << one.code;
  }
}

}  // namespace
}  // namespace epicenter::commands
