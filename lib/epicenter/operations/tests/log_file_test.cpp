#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <epicenter/runtime/random.hpp>
#include <filesystem>

#include "lib/epicenter/operations/tests/log_folder.hpp"

namespace epicenter::operations {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const std::string& path) {
  struct stat is {};
  return ::stat(path.c_str(), &is) == 0 ? is.st_mode & 07777U : 0U;
}

struct LogFile : ::testing::Test {
  test::log_folder where;
  std::string path = where.file("api.log");
};

TEST_F(LogFile, IsForItsOwnerOnlyWhateverItWasBefore) {
  {
    log_file log({path, 1000, 2});
    ASSERT_TRUE(log.append("a line\n"));
  }
  EXPECT_EQ(mode_of(path), 0600U);
  ::chmod(path.c_str(), 0644);
  log_file again({path, 1000, 2});
  ASSERT_TRUE(again.append("another\n"));
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(test::read(path), "a line\nanother\n") << "an existing file is continued";
}

// Whatever is written, in whatever pieces: no file grows beyond its bound, all together hold the newest
// lines, each whole and in order.
TEST_F(LogFile, RotatesWithinItsBoundAndCutsNoLine) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    const std::string name = where.file("log" + std::to_string(seed));
    const auto keep = static_cast<unsigned>(random.below(4));
    log_file log({name, 500, keep});
    std::string all;
    for (int i = 0; i < 120; ++i) {
      const std::string line = std::to_string(i) + std::string(random.below(40), 'x') + '\n';
      ASSERT_TRUE(log.append(line));
      all += line;
    }
    std::string kept;
    for (unsigned number = keep; number > 0; --number) {
      const std::string older = name + '.' + std::to_string(number);
      EXPECT_LE(test::read(older).size(), 500U);
      EXPECT_EQ(mode_of(older), 0600U);
      kept += test::read(older);
    }
    kept += test::read(name);
    EXPECT_LE(test::read(name).size(), 500U);
    EXPECT_FALSE(fs::exists(name + '.' + std::to_string(keep + 1)));
    ASSERT_LE(kept.size(), all.size());
    EXPECT_EQ(kept, all.substr(all.size() - kept.size()));
    EXPECT_GE(kept.size(), keep * 400U) << "only the oldest goes";
  }
}

TEST_F(LogFile, BeginsAnewWhereAnotherProgramMovedItAway) {
  log_file log({path, 1000, 2});
  ASSERT_TRUE(log.append("one\n"));
  fs::rename(path, where.file("elsewhere"));
  ASSERT_TRUE(log.append("two\n"));
  EXPECT_EQ(test::read(path), "two\n");
  EXPECT_EQ(test::read(where.file("elsewhere")), "one\n");
}

TEST_F(LogFile, RefusesWhatIsNoFileAndRecovers) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  log_file log({path, 1000, 2});
  EXPECT_FALSE(log.append("one\n")) << "a pipe; and it does not wait for a reader";
  fs::remove(path);
  fs::create_symlink(where.file("target"), path);
  EXPECT_FALSE(log.append("one\n")) << "a link";
  EXPECT_FALSE(fs::exists(where.file("target")));
  fs::remove(path);
  EXPECT_TRUE(log.append("two\n"));
  EXPECT_EQ(test::read(path), "two\n");
}

TEST_F(LogFile, TakesHalfALineOffWhereThereIsNoRoom) {
  std::signal(SIGXFSZ, SIG_IGN);
  log_file log({path, 1'000'000, 2});
  ASSERT_TRUE(log.append("whole\n"));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{10, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto failed = log.append("longer than the room\n");
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), make_error_code(errc::log_unavailable));
  EXPECT_EQ(test::read(path), "whole\n");
  EXPECT_TRUE(log.append("next\n"));
  EXPECT_EQ(test::read(path), "whole\nnext\n");
}

}  // namespace
}  // namespace epicenter::operations
