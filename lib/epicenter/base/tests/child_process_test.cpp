#include "lib/epicenter/base/tests/child_process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace epicenter::testkit {
namespace {

child_process shell(const scratch_folder& where, const std::string& script, const variables& beside = {}) {
  return child_process(where, "/bin/sh", {"-c", script}, beside);
}

TEST(child_process, tells_what_was_said_and_how_it_ended) {
  const scratch_folder where;
  auto one = shell(where, "echo \"$GREETING\"; echo oops >&2; exit 7", {{"GREETING", "good morning"}});
  EXPECT_EQ(one.first_line(), "good morning");
  EXPECT_EQ(one.wait(), 7);
  EXPECT_EQ(one.err(), "oops\n");
  EXPECT_FALSE(one.killed());
}

TEST(child_process, an_exit_code_and_a_signal_of_the_same_number_differ) {
  const scratch_folder where;
  auto signalled = shell(where, "kill -TERM $$");
  auto ended = shell(where, "exit 143");
  EXPECT_EQ(signalled.wait(), 128 + SIGTERM);
  EXPECT_TRUE(signalled.killed());
  EXPECT_EQ(ended.wait(), 128 + SIGTERM);
  EXPECT_FALSE(ended.killed());
}

TEST(child_process, waits_no_longer_than_it_is_told_to) {
  const scratch_folder where;
  auto sleeper = shell(where, "echo up; exec sleep 60");
  EXPECT_TRUE(sleeper.says("up"));
  EXPECT_FALSE(sleeper.says("down", 40ms));
  EXPECT_EQ(sleeper.wait(1ms), -1);
  sleeper.die_after(1ms);
  EXPECT_EQ(sleeper.wait(), 128 + SIGKILL);
}

TEST(child_process, a_program_that_is_not_there_cannot_be_started) {
  const scratch_folder where;
  EXPECT_THROW(child_process(where, "/nonexistent/program", {}), std::runtime_error);
}

}  // namespace
}  // namespace epicenter::testkit
