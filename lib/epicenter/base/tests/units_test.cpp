#include <gtest/gtest.h>
#include <epicenter/base/units.hpp>

#include <cstdint>

namespace epicenter {
namespace {

TEST(parse_duration, reads_what_people_write) {
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("1m30s").value(), 90s);
  EXPECT_EQ(parse_duration("2h").value(), 2h);
  EXPECT_EQ(parse_duration("1h0m0.5s").value(), 1h + 500ms);
  EXPECT_EQ(parse_duration("7ns").value(), 7ns);
  EXPECT_EQ(parse_duration("10us").value(), 10us);
  EXPECT_EQ(parse_duration("0").value(), 0s);
}

struct refused {
  const char* text;
  units_errc code;
};

TEST(parse_duration, refuses_what_can_be_misread) {
  for (const auto& [text, code] :
       {refused{"30", units_errc::missing_unit}, refused{"1m30", units_errc::missing_unit},
        refused{"30x", units_errc::unknown_unit}, refused{"30 s", units_errc::unknown_unit},
        refused{"30S", units_errc::unknown_unit}, refused{"", units_errc::malformed},
        refused{"s", units_errc::malformed}, refused{"014s", units_errc::malformed},
        refused{"1s1s", units_errc::malformed}, refused{"1s1m", units_errc::malformed},
        refused{"1.s", units_errc::malformed}, refused{".5s", units_errc::malformed},
        refused{"1e3s", units_errc::unknown_unit}, refused{"+1s", units_errc::malformed},
        refused{"0.5ns", units_errc::malformed}, refused{"-1s", units_errc::out_of_range},
        refused{".nan", units_errc::malformed}, refused{"9999999h", units_errc::out_of_range},
        refused{"99999999999999999999s", units_errc::out_of_range}}) {
    const auto read = parse_duration(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code(), code) << text << ": " << read.error().message();
  }
}

TEST(parse_size, knows_powers_of_1000_and_1024) {
  EXPECT_EQ(parse_size("64kB").value(), 64'000U);
  EXPECT_EQ(parse_size("1MiB").value(), 1'048'576U);
  EXPECT_EQ(parse_size("512B").value(), 512U);
  EXPECT_EQ(parse_size("1.5KiB").value(), 1536U);
  EXPECT_EQ(parse_size("0").value(), 0U);
  EXPECT_EQ(parse_size("512").error().code(), units_errc::missing_unit);
  EXPECT_EQ(parse_size("1kb").error().code(), units_errc::unknown_unit);
  EXPECT_EQ(parse_size("0.5B").error().code(), units_errc::malformed);
  EXPECT_EQ(parse_size("9999999999GB").error().code(), units_errc::out_of_range);
}

TEST(parse_rate, keeps_the_period_as_written) {
  EXPECT_EQ(parse_rate("50/s").value(), (rate{50, 1s}));
  EXPECT_EQ(parse_rate("600/m").value(), (rate{600, 1min}));
  EXPECT_EQ(parse_rate("10/h").value(), (rate{10, 1h}));
  EXPECT_EQ(parse_rate("50").error().code(), units_errc::missing_unit);
  EXPECT_EQ(parse_rate("50/d").error().code(), units_errc::unknown_unit);
  EXPECT_EQ(parse_rate("0.5/s").error().code(), units_errc::malformed);
  EXPECT_EQ(parse_rate("-1/s").error().code(), units_errc::malformed);
}

TEST(parse_share, is_exact_and_asks_about_30) {
  EXPECT_EQ(parse_share("0.3").value().ppm, 300'000);
  EXPECT_EQ(parse_share("30%").value().ppm, 300'000);
  EXPECT_EQ(parse_share("99.5%").value().ppm, 995'000);
  EXPECT_EQ(parse_share("1").value().ppm, 1'000'000);
  EXPECT_EQ(parse_share("1.0").value().ppm, 1'000'000);
  EXPECT_EQ(parse_share("100%").value().ppm, 1'000'000);
  EXPECT_EQ(parse_share("0").value().ppm, 0);
  const auto bare = parse_share("30");
  EXPECT_EQ(bare.error().code(), units_errc::percent_or_share);
  EXPECT_EQ(bare.error().detail(), "did you mean 30% or 0.3?");
  EXPECT_EQ(parse_share("101%").error().code(), units_errc::out_of_range);
  EXPECT_EQ(parse_share("0.0000001").error().code(), units_errc::malformed);
  EXPECT_EQ(parse_share("x").error().code(), units_errc::malformed);
}

TEST(format, writes_the_short_form) {
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(1500ms), "1.5s");
  EXPECT_EQ(format_duration(500ms), "500ms");
  EXPECT_EQ(format_duration(1h + 500ms), "1h500ms");
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(-90s), "-1m30s");
  EXPECT_EQ(format_rate({600, 1min}), "600/m");
  EXPECT_EQ(format_share({995'000}), "99.5%");
  EXPECT_EQ(format_share({990'000}), "99%");
  EXPECT_EQ(format_share({1}), "0.0001%");
}

TEST(format, what_is_written_reads_back_to_the_same_value) {
  std::uint64_t state = 20261123;  // splitmix64, so that every run sees the same values
  for (int i = 0; i < 20'000; ++i) {
    state += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    const duration time{static_cast<std::int64_t>(z >> (1 + z % 62))};
    EXPECT_EQ(parse_duration(format_duration(time)).value(), time) << format_duration(time);
    const share part{static_cast<std::int64_t>(z % 1'000'001)};
    EXPECT_EQ(parse_share(format_share(part)).value(), part) << format_share(part);
  }
}

}  // namespace
}  // namespace epicenter
