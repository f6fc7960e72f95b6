#include <gtest/gtest.h>

#include <cstdlib>

#include "lib/epicenter/smart/tests/token_model_run.hpp"

namespace epicenter::smart {
namespace {

constexpr int whole_run = 100'000;

int number_in(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

// EPICENTER_SEEDS: how many; EPICENTER_STEPS: how many of each.
TEST(token_model, the_manager_does_what_the_model_does) {
  const auto start = static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed());
  const int seeds = number_in("EPICENTER_SEEDS", 1);
  const int steps = number_in("EPICENTER_STEPS", whole_run);
  model_run_result sum;
  for (std::uint64_t seed = start; seed != start + static_cast<std::uint64_t>(seeds); ++seed) {
    const auto run = run_token_model(seed, steps);
    ASSERT_EQ(run.difference, "") << "seed " << seed;
    EXPECT_EQ(run.steps, steps);
    EXPECT_GT(run.holding, steps / 5) << "seed " << seed;
    EXPECT_GT(run.refreshed, steps / 50) << "seed " << seed;
    EXPECT_GT(run.failed, steps / 50) << "seed " << seed;
    EXPECT_GT(run.invalidated, steps / 50) << "seed " << seed;
    EXPECT_GT(run.cancelled, steps / 200) << "seed " << seed;
    EXPECT_GT(run.timed_out, steps / 200) << "seed " << seed;
    sum.flights += run.flights;
    sum.steps += run.steps;
  }
  RecordProperty("steps", sum.steps);
  RecordProperty("flights", sum.flights);
}

TEST(token_model, every_planted_defect_is_found) {
  for (const auto defect :
       {token_defect::blind_invalidation, token_defect::no_negative_cache, token_defect::late_refresh,
        token_defect::two_flights, token_defect::deaf_to_dates, token_defect::one_401_too_many,
        token_defect::same_jti}) {
    const auto run = run_token_model(1, 5000, defect);
    EXPECT_NE(run.difference, "") << "defect " << static_cast<int>(defect);
  }
}

TEST(token_model, the_same_seed_is_the_same_run) {
  const auto first = run_token_model(3, 3000);
  const auto second = run_token_model(3, 3000);
  EXPECT_EQ(first.difference, "");
  EXPECT_EQ(first.flights, second.flights);
  EXPECT_EQ(first.cancelled, second.cancelled);
  EXPECT_EQ(first.timed_out, second.timed_out);
}

}  // namespace
}  // namespace epicenter::smart
