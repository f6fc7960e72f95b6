#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::bodiless;
using testing::chunked;
using testing::made;
using testing::plain;
using testing::read_back;

std::vector<std::size_t> differences(std::string_view a, std::string_view b) {
  std::vector<std::size_t> found;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i]) found.push_back(i);
  }
  return found;
}

TEST(corrupt, changes_the_bytes_meant_and_none_of_the_framing) {
  const auto whole = chunked("0123456789abcdefghij", 8);
  const auto fault = made("corrupt", R"({"offset":6,"bytes":4})");
  const auto changed = whole.through(*fault).value();
  EXPECT_EQ(differences(whole.received.body, read_back(changed.bytes).body),
            (std::vector<std::size_t>{6, 7, 8, 9}));
  EXPECT_EQ(differences(whole.raw, changed.bytes).size(), 4U);
  EXPECT_EQ(changed.after, delivery::then::go_on);
  const auto at_the_end = made("corrupt", R"({"offset":18,"bytes":4})");
  EXPECT_EQ(differences(whole.raw, whole.through(*at_the_end)->bytes).size(), 2U);
}

TEST(corrupt, changes_exactly_as_many_bytes_as_it_says_and_keeps_the_length) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    std::string body;
    for (std::uint64_t left = 1 + random.below(2000); left > 0; --left)
      body.push_back(static_cast<char>(random.below(256)));
    const auto count = 1 + random.below(60);
    const auto fault = made("corrupt", R"({"bytes":)" + std::to_string(count) + "}");
    const auto whole = random.chance_ppm(500'000) ? plain(body) : chunked(body, 1 + random.below(700));
    const auto changed = whole.through(*fault, seed);
    ASSERT_TRUE(changed);
    const auto expected = std::min<std::size_t>(count, body.size());
    EXPECT_EQ(differences(whole.raw, changed->bytes).size(), expected);
    EXPECT_EQ(differences(body, read_back(changed->bytes).body).size(), expected)
        << "all of them in the body";
    EXPECT_EQ(whole.through(*fault, seed)->bytes, changed->bytes) << "the seed alone decides";
  }
}

TEST(corrupt, without_an_offset_any_byte_may_be_hit) {
  const auto fault = made("corrupt", "{}");
  const auto whole = plain("0123456789");
  std::vector<int> hits(10);
  for (std::uint64_t seed = 1; seed <= 5000; ++seed)
    ++hits[differences(whole.received.body, read_back(whole.through(*fault, seed)->bytes).body).at(0)];
  for (const int n : hits) EXPECT_NEAR(n, 500, 110);
}

TEST(corrupt, what_has_no_such_byte_passes) {
  EXPECT_FALSE(plain("").through(*made("corrupt", "{}")));
  EXPECT_FALSE(plain("01").through(*made("corrupt", R"({"offset":2})")));
  for (const auto& none : bodiless()) EXPECT_FALSE(none.through(*made("corrupt", "{}")));
}

}  // namespace
}  // namespace epicenter::faults
