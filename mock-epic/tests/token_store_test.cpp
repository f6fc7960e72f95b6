#include "mock-epic/oauth/token_store.hpp"

#include <gtest/gtest.h>

#include "mock-epic/oauth/replay_store.hpp"

namespace epicenter::mock::oauth {
namespace {

TEST(ReplayStore, ForgetsWhatHasExpiredAndTakesNoMoreThanItsBound) {
  replay_store seen(2);
  using enum replay_store::outcome;
  const wall_time t{};
  EXPECT_EQ(seen.take("c", "1", t + 10s, t), taken);
  EXPECT_EQ(seen.take("d", "1", t + 20s, t), taken);
  EXPECT_EQ(seen.take("c", "2", t + 20s, t), full);
  EXPECT_EQ(seen.take("c", "1", t + 10s, t + 9s), replayed);
  EXPECT_EQ(seen.take("c", "2", t + 20s, t + 10s), taken);
  EXPECT_EQ(seen.size(), 2U);
}

TEST(TokenStore, ExpiresByTimeAndByLeverAndForgetsTheOldest) {
  token_store tokens(runtime::random_stream(1), 10s, 2);
  const instant t{};
  const auto first = tokens.issue(t);
  EXPECT_TRUE(tokens.look_up(first.token, t + 10s - 1ns).valid);
  EXPECT_FALSE(tokens.look_up(first.token, t + 10s).valid);
  const auto second = tokens.issue(t + 9s);
  EXPECT_EQ(tokens.expire_all(t + 10s, "why"), 1U);
  EXPECT_EQ(tokens.look_up(second.token, t + 10s).expired_by, "why");
  EXPECT_EQ(tokens.look_up(first.token, t + 10s).expired_by, "");
  const auto third = tokens.issue(t + 10s);
  EXPECT_TRUE(tokens.look_up(third.token, t + 10s).valid);
  EXPECT_EQ(tokens.look_up(first.token, t).number, 0U);
  EXPECT_EQ(tokens.look_up(second.token, t).number, 2U);
}

TEST(TokenStore, RevokesOneAFamilyOrNone) {
  token_store tokens(runtime::random_stream(1), 10s);
  const instant t{};
  const auto issue = [&](std::uint64_t family) {
    access what;
    what.family = family;
    return tokens.issue(t, std::move(what));
  };
  const auto first = issue(7);
  const auto second = issue(7);
  const auto third = issue(8);
  EXPECT_TRUE(tokens.revoke(first.number, t, "one"));
  EXPECT_FALSE(tokens.revoke(first.number, t, "again"));
  EXPECT_FALSE(tokens.revoke(99, t, "none"));
  EXPECT_EQ(tokens.look_up(first.token, t).expired_by, "one");
  EXPECT_EQ(tokens.revoke_family(7, t, "family"), 1U);
  EXPECT_EQ(tokens.look_up(second.token, t).expired_by, "family");
  EXPECT_EQ(tokens.look_up(first.token, t).expired_by, "one");
  EXPECT_EQ(tokens.valid(t), 1U);
  EXPECT_EQ(tokens.look_up(third.token, t).what->family, 8U);
}

TEST(TokenStore, FindsTextsThatEndAlike) {
  token_store tokens(runtime::random_stream(1), 10s, 1000);
  const std::string tail(40, 'x');
  for (int i = 0; i < 100; ++i) tokens.issue(instant{}, {}, std::to_string(i) + tail);
  for (std::uint64_t i = 0; i < 100; ++i)
    EXPECT_EQ(tokens.look_up(std::to_string(i) + tail, instant{}).number, i + 1);
  EXPECT_EQ(tokens.look_up(tail, instant{}).number, 0U);
  EXPECT_EQ(tokens.look_up("", instant{}).number, 0U);
}

}  // namespace
}  // namespace epicenter::mock::oauth
