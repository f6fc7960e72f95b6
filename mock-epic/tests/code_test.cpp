// Codes have check digits: a mistyped one shows.
#include <array>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/tests/chart_properties.hpp"

namespace epicenter::mock::test {
namespace {

/// LOINC users' guide, appendix: the digit after the dash, modulus 10.
bool is_loinc(std::string_view code) {
  const std::size_t dash = code.find('-');
  if (dash == code.npos || dash + 2 != code.size() || code.find_first_not_of("0123456789-") != code.npos)
    return false;
  int sum = 0;
  bool twice = true;
  for (std::size_t i = dash; i-- > 0; twice = !twice) {
    const int digit = (code[i] - '0') * (twice ? 2 : 1);
    sum += digit / 10 + digit % 10;
  }
  return (10 - sum % 10) % 10 == code.back() - '0';
}

/// SNOMED CT identifiers end in a check digit after Verhoeff's dihedral scheme.
bool is_snomed(std::string_view code) {
  static constexpr std::array<std::string_view, 10> product{
      "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
      "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"};
  static constexpr std::array<std::string_view, 8> permuted{"0123456789", "1576283094", "5803796142",
                                                            "8916043527", "9453126870", "4286573901",
                                                            "2793806415", "7046913258"};
  if (code.size() < 6 || code.find_first_not_of("0123456789") != code.npos) return false;
  std::size_t check = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto digit = static_cast<std::size_t>(code[code.size() - 1 - i] - '0');
    check = static_cast<std::size_t>(product[check][static_cast<std::size_t>(permuted[i % 8][digit] - '0')] -
                                     '0');
  }
  return check == 0;
}

TEST(Codes, CheckDigitsAreFoundWrongWhereTheyAre) {
  EXPECT_TRUE(is_loinc("4548-4"));
  EXPECT_FALSE(is_loinc("4548-5"));
  EXPECT_TRUE(is_snomed("38341003"));
  EXPECT_FALSE(is_snomed("38341004"));
}

TEST(Codes, AllInChartsHaveTheirCheckDigits) {
  const whole_hospital all(small_hospital(3, 60));
  std::size_t checked = 0;
  const auto check = [&](const whole_hospital::page& page) {
    for_each_coding(page.tree, [&](std::string_view system, std::string_view code) {
      const bool answer = code.starts_with("LA");
      if (system == data::loinc && !answer) {
        EXPECT_TRUE(is_loinc(code)) << code << " " << page.made.text;
      }
      if (system == data::snomed) {
        EXPECT_TRUE(is_snomed(code)) << code << " " << page.made.text;
      }
      ++checked;
    });
  };
  for (const auto& page : all.shared) check(page);
  for (const auto& chart : all.charts)
    for (const auto& page : chart) check(page);
  EXPECT_GT(checked, 10'000U);
}

TEST(Codes, TablesHaveTheirCheckDigits) {
  for (const data::problem& one : data::problems()) EXPECT_TRUE(is_snomed(one.snomed)) << one.text;
  for (const data::complaint& one : data::complaints()) EXPECT_TRUE(is_snomed(one.snomed)) << one.text;
  for (const data::operation& one : data::operations()) EXPECT_TRUE(is_snomed(one.snomed)) << one.text;
  for (const data::coded& one : data::reactions()) EXPECT_TRUE(is_snomed(one.code)) << one.display;
  for (const data::allergen& one : data::allergens())
    if (one.code.system == data::snomed) {
      EXPECT_TRUE(is_snomed(one.code.code)) << one.text;
    }
  for (const data::lab_test& one : data::lab_tests()) {
    EXPECT_TRUE(is_loinc(one.loinc)) << one.text;
    EXPECT_LE(one.least, one.low) << one.text;
    EXPECT_LT(one.low, one.high) << one.text;
    EXPECT_LE(one.high, one.most) << one.text;
  }
  for (std::size_t i = 0; i < data::lab_panels().size(); ++i) {
    const data::lab_panel& one = data::lab_panels()[i];
    EXPECT_EQ(static_cast<std::size_t>(one.id), i);
    EXPECT_TRUE(is_loinc(one.loinc)) << one.text;
    EXPECT_TRUE(is_snomed(one.tube)) << one.text;
  }
}

}  // namespace
}  // namespace epicenter::mock::test
