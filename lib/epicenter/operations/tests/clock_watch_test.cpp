#include <gtest/gtest.h>

#include <epicenter/operations/clock_watch.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::operations {
namespace {

TEST(ClockWatch, TellsSizeAndDirectionOfAStepOnce) {
  clock_watch watch;
  EXPECT_EQ(watch.compare(instant(10s), wall_time(1000s)), std::nullopt) << "nothing to compare with";
  EXPECT_EQ(watch.compare(instant(20s), wall_time(1010s)), std::nullopt);
  EXPECT_EQ(watch.compare(instant(30s), wall_time(4620s)), duration(1h));
  EXPECT_EQ(watch.compare(instant(40s), wall_time(4630s)), std::nullopt) << "told once";
  EXPECT_EQ(watch.compare(instant(50s), wall_time(4610s)), duration(-30s));
}

TEST(ClockWatch, TakesSuspendForNoStep) {
  clock_watch watch;
  (void)watch.compare(instant(10s), wall_time(1000s));
  EXPECT_EQ(watch.compare(instant(10s + 8h), wall_time(1000s + 8h)), std::nullopt);
}

// The kernel slews by at most 500 ppm; whatever the time between two comparisons that is no step, and a
// second beyond it is one.
TEST(ClockWatch, TellsStepsFromSlewingAtEveryPace) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    clock_watch watch;
    instant boot{1h};
    wall_time wall{100h};
    (void)watch.compare(boot, wall);
    for (int i = 0; i < 200; ++i) {
      const duration gone = random.between(0ns, random.below(2) == 0 ? duration(1s) : duration(24h));
      const duration slew = random.between(-gone / 2000, gone / 2000);
      boot += gone;
      wall += gone + slew;
      const bool stepped = random.below(10) == 0;
      const duration size = 1s + gone / 500 + random.between(0ns, duration(1h));
      const duration step = random.below(2) == 0 ? size : -size;
      if (stepped) wall += step;
      const auto told = watch.compare(boot, wall);
      EXPECT_EQ(told.has_value(), stepped);
      EXPECT_EQ(told.value_or(duration{}), stepped ? step + slew : duration{});
    }
  }
}

}  // namespace
}  // namespace epicenter::operations
