#include <epicenter/base/units.hpp>

#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::bodiless;
using testing::chunked;
using testing::made;
using testing::plain;
using testing::read_back;
using testing::until_close;

TEST(truncate, keeps_the_promised_length_and_ends_early) {
  const auto whole = plain("0123456789");
  const auto cut = whole.through(*made("truncate", "{}")).value();
  EXPECT_EQ(cut.bytes, whole.raw.substr(0, whole.raw.size() - 5));
  EXPECT_EQ(read_back(cut.bytes).fields.get("Content-Length"), "10");
  EXPECT_EQ(cut.after, delivery::then::close);
  const auto early = whole.through(*made("truncate", R"({"bytes":"3B","by":"reset"})")).value();
  EXPECT_EQ(read_back(early.bytes).body, "012");
  EXPECT_EQ(early.after, delivery::then::reset);
  const auto headless = whole.through(*made("truncate", R"({"keep":"0%"})")).value();
  EXPECT_EQ(read_back(headless.bytes).body, "");
}

TEST(truncate, chunks_stay_chunks_and_the_last_never_comes) {
  const auto whole = chunked("0123456789abcdefghij", 8);
  for (std::size_t kept = 0; kept < 20; ++kept) {
    const auto cut = whole.through(*made("truncate", R"({"bytes":)" + std::to_string(kept) + "}")).value();
    EXPECT_EQ(cut.bytes, whole.raw.substr(0, cut.bytes.size())) << "nothing but the end is missing";
    EXPECT_EQ(cut.after, delivery::then::close);
    const auto body = read_back(cut.bytes).body;
    EXPECT_EQ(body, whole.received.body.substr(0, kept));
    EXPECT_FALSE(cut.bytes.ends_with("0\r\n\r\n"));
  }
}

TEST(truncate, what_has_nothing_to_lose_passes) {
  const auto ten = made("truncate", R"({"bytes":10})");
  EXPECT_FALSE(plain("0123456789").through(*ten));
  EXPECT_FALSE(chunked("0123456789", 4).through(*ten));
  EXPECT_TRUE(plain("0123456789a").through(*ten));
  EXPECT_TRUE(until_close("0123456789a").through(*ten));
  EXPECT_FALSE(plain("").through(*made("truncate", "{}")));
  for (const auto& none : bodiless()) EXPECT_FALSE(none.through(*made("truncate", R"({"keep":"1%"})")));
  EXPECT_NE(testing::refusal("truncate", R"({"keep":"100%"})"), "");
}

TEST(truncate, every_share_loses_at_least_a_byte) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    const std::string body(1 + random.below(3000), 'x');
    const share kept{random.between(std::int64_t{0}, std::int64_t{999'999})};
    const auto fault = made("truncate", R"({"keep":")" + format_share(kept) + R"("})");
    const auto whole = random.chance_ppm(500'000) ? plain(body) : chunked(body, 1 + random.below(700));
    const auto cut = whole.through(*fault);
    ASSERT_TRUE(cut);
    EXPECT_EQ(read_back(cut->bytes).body.size(),
              body.size() * static_cast<std::uint64_t>(kept.ppm) / 1'000'000);
    EXPECT_TRUE(whole.raw.starts_with(cut->bytes));
  }
}

}  // namespace
}  // namespace epicenter::faults
