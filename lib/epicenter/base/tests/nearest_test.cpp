#include <gtest/gtest.h>

#include <array>
#include <epicenter/base/nearest.hpp>
#include <string>

namespace epicenter {
namespace {

using words = std::vector<std::string_view>;
constexpr std::array<std::string_view, 4> known{"lisinopril", "losartan", "labs", "last"};

TEST(nearest, best_first_and_no_more_than_asked) {
  EXPECT_EQ(nearest("lisinoprol", known), words{"lisinopril"});
  EXPECT_EQ(nearest("lsa", known, 3), words{});
  EXPECT_EQ(nearest("lasb", known, 3), (words{"labs", "last"}));
  EXPECT_EQ(nearest("lasb", known, 1), words{"labs"});
}

TEST(nearest, far_words_and_endless_ones_have_no_neighbours) {
  EXPECT_TRUE(nearest("", known).empty());
  EXPECT_TRUE(nearest("metformin", known).empty());
  EXPECT_TRUE(nearest("x", known).empty());
  EXPECT_TRUE(nearest(std::string(100'000, 'l'), known).empty());
}

}  // namespace
}  // namespace epicenter
