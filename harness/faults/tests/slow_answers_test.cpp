// slow_headers and slow_body: what they ask of the pace of a response.
#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::made;
using testing::refusal;

TEST(slow_headers, delays_the_head_and_slows_it) {
  runtime::random_stream random{9};
  const auto late = made("slow_headers", R"({"delay":"500ms..2s","rate":"20B/s"})");
  EXPECT_TRUE(late->acts_on().responses);
  EXPECT_FALSE(late->acts_on().requests || late->acts_on().connections || late->acts_on().chunks);
  duration low = 1h, high{};
  for (int i = 0; i < 1000; ++i) {
    const auto slower = std::get<pace>(late->on_response({}, random));
    low = std::min(low, slower.before_head);
    high = std::max(high, slower.before_head);
    EXPECT_EQ(slower.head_rate, 20);
    EXPECT_EQ(slower.before_body, 0ns);
    EXPECT_EQ(slower.body_rate, 0);
  }
  EXPECT_GE(low, 500ms);
  EXPECT_LT(low, 550ms);
  EXPECT_LE(high, 2s);
  EXPECT_GT(high, 1950ms);
  const auto plain = std::get<pace>(made("slow_headers", R"({"delay":"1s"})")->on_response({}, random));
  EXPECT_EQ(plain.before_head, 1s);
  EXPECT_EQ(plain.head_rate, 0) << "as they come";
}

TEST(slow_body, slows_the_body_and_leaves_the_head) {
  runtime::random_stream random{9};
  const auto slow = std::get<pace>(made("slow_body", R"({"rate":"1kB/s"})")->on_response({}, random));
  EXPECT_EQ(slow.body_rate, 1000);
  EXPECT_EQ(slow.before_body, 0ns);
  EXPECT_EQ(slow.before_head, 0ns);
  EXPECT_EQ(slow.head_rate, 0);
  const auto late =
      std::get<pace>(made("slow_body", R"({"rate":"64kB/s","delay":"3s"})")->on_response({}, random));
  EXPECT_EQ(late.before_body, 3s);
  EXPECT_EQ(late.body_rate, 64'000);
}

TEST(slow_answers, need_a_rate_above_nothing) {
  EXPECT_NE(refusal("slow_body", R"({"rate":"0B/s"})"), "");
  EXPECT_NE(refusal("slow_body", R"({"delay":"1s"})"), "");
  EXPECT_NE(refusal("slow_headers", R"({"rate":"1kB/s"})"), "");
  EXPECT_NE(refusal("slow_headers", R"({"delay":"1s","rate":"50%"})"), "");
}

}  // namespace
}  // namespace epicenter::faults
