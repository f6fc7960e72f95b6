// The hash that places users is a contract: these numbers never change.
#include <gtest/gtest.h>

#include <array>
#include <epicenter/policy/bucket.hpp>
#include <string>

namespace epicenter::policy {
namespace {

int bucket(std::string_view flag, std::string_view user) {
  return bucket_of(bucket_seed(flag), user);
}

TEST(bucket, keeps_to_its_test_vectors) {
  EXPECT_EQ(bucket("epic_fhir_write", "user_123"), 8341);
  EXPECT_EQ(bucket("epic_fhir_write", "user_124"), 7176);
  EXPECT_EQ(bucket("epic_fhir_read_only", "user_123"), 1984);
  EXPECT_EQ(bucket("epic_fhir_write", ""), 458);
  EXPECT_EQ(bucket("epic_voice_commands", "ärztin@example.org"), 9231);
}

TEST(bucket, users_are_spread_evenly_and_flags_are_independent) {
  constexpr int users = 100'000;
  std::array<int, 100> first{};
  std::array<std::array<int, 2>, 2> halves{};
  for (int i = 0; i < users; ++i) {
    const std::string user = "user_" + std::to_string(i);
    const int write = bucket("epic_fhir_write", user);
    const int read = bucket("epic_fhir_read_only", user);
    ASSERT_TRUE(write >= 0 && write < whole && read >= 0 && read < whole);
    ++first.at(static_cast<std::size_t>(write / 100));
    ++halves.at(write < whole / 2 ? 0 : 1).at(read < whole / 2 ? 0 : 1);
  }
  // 1000 are expected in each of the 100; six standard deviations are 189.
  for (const int count : first) EXPECT_NEAR(count, 1000, 189);
  for (const auto& row : halves) {
    for (const int count : row) EXPECT_NEAR(count, users / 4, 822);
  }
}

}  // namespace
}  // namespace epicenter::policy
