// The six invariants of the specification hold at every step, and every planted defect is found.
#include <gtest/gtest.h>

#include "lib/epicenter/resilience/tests/breaker_walk.hpp"

namespace epicenter::resilience::testing {
namespace {

constexpr std::uint64_t first_seed = 20'261'123;

TEST(breaker_invariants, hold_at_each_of_a_hundred_thousand_steps_a_seed) {
  const std::uint64_t seeds = seeds_or(100, 5);
  std::printf("seeds %llu..+%llu\n", static_cast<unsigned long long>(first_seed),
              static_cast<unsigned long long>(seeds - 1));
  std::array<std::uint64_t, 9> reached{};
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    breaker_walk walk(seed);
    ASSERT_EQ(walk.run(100'000), "") << "seed " << seed;
    for (std::size_t i = 0; i < reached.size(); ++i) reached[i] += walk.transitions()[i];
  }
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto cause = static_cast<transition_cause>(i);
    std::printf("%s %llu\n", std::string(name_of(cause)).c_str(),
                static_cast<unsigned long long>(reached[i]));
    EXPECT_GE(reached[i], seeds * 10) << "hardly ever reached: " << name_of(cause);
  }
}

class planted_defect : public ::testing::TestWithParam<int> {};

TEST_P(planted_defect, is_found) {
  std::string found;
  std::uint64_t seed = first_seed;
  for (; seed < first_seed + 20 && found.empty(); ++seed)
    found = breaker_walk(seed, static_cast<defect>(GetParam())).run(20'000);
  EXPECT_NE(found, "") << "defect " << GetParam() << " passed 20 seeds";
  std::printf("defect %d: %s, seed +%llu\n", GetParam(), found.c_str(),
              static_cast<unsigned long long>(seed - 1 - first_seed));
}
INSTANTIATE_TEST_SUITE_P(breaker, planted_defect, ::testing::Range(1, defect_count));

}  // namespace
}  // namespace epicenter::resilience::testing
