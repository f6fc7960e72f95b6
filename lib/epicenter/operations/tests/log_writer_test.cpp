#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/operations/log_writer.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"
#include "lib/epicenter/operations/tests/log_folder.hpp"

namespace epicenter::operations {
namespace {

using runtime::task;

epic::event numbered(std::uint64_t number) {
  epic::event told;
  told.what = epic::events::token_refreshed{number, 1s};
  return told;
}

struct LogWriter : ::testing::Test {
  log_options options() const {
    log_options made;
    made.name = "api";
    made.line = api_line;
    made.file = log_file_options{path, 1'000'000, 2};
    return made;
  }
  static std::vector<std::int64_t> tokens(const std::string& file) {
    std::vector<std::int64_t> found;
    for (const auto& line : test::lines_of(file)) {
      const auto parsed = json::parse(line);
      EXPECT_TRUE(parsed) << line;
      const auto* token = parsed ? parsed->find("token") : nullptr;
      found.push_back(token != nullptr ? token->to_int64().value_or(-1) : -1);
    }
    return found;
  }
  test::log_folder where;
  std::string path = where.file("api.log");
  event_stream stream;
  epic::event_observer tell = stream.observer("north");
};

task<> flush(runtime::runtime& rt, log_writer& log) {
  const instant deadline = rt.now() + 10s;
  const bool done = co_await log.flush(deadline);
  EXPECT_TRUE(done);
}

TEST_F(LogWriter, WritesEverythingInOrderAndStampsItWithTheWallClock) {
  runtime::virtual_runtime rt({});
  log_writer log(rt, stream, options(), [] { return wall_time(1'790'000'000s); });
  for (std::uint64_t i = 1; i <= 2500; ++i) tell(numbered(i));
  runtime::spawn(rt, "flush", flush(rt, log));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
  const auto got = tokens(path);
  ASSERT_EQ(got.size(), 2500U);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(log.figures().written, 2500U);
  EXPECT_EQ(log.figures().lost, 0U);
  EXPECT_NE(test::read(path).find("2026-09-21T14:13:20.000000Z"), std::string::npos);
}

task<> tell_late(runtime::runtime& rt, log_writer& log, epic::event_observer tell) {
  auto slept = co_await runtime::sleep_for(rt, 5s);
  EXPECT_TRUE(slept);
  auto told = numbered(1);
  told.at = instant(2s);
  tell(told);
  co_await flush(rt, log);
}

TEST_F(LogWriter, StampsALineWithWhenItHappenedNotWithWhenItIsWritten) {
  runtime::virtual_runtime rt({});
  log_writer log(rt, stream, options(), [] { return wall_time(1'790'000'000s); });
  runtime::spawn(rt, "tell", tell_late(rt, log, tell));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
  EXPECT_NE(test::read(path).find("2026-09-21T14:13:17.000000Z"), std::string::npos);
}

TEST_F(LogWriter, NeverTouchesTheFileWhileItIsTold) {
  runtime::virtual_runtime rt({});
  log_writer log(rt, stream, options(), [&rt] { return rt.wall(); });
  tell(numbered(1));
  EXPECT_FALSE(std::filesystem::exists(path));
}

task<> overrun(runtime::runtime& rt, log_writer& log, const epic::event_observer& tell) {
  for (std::uint64_t i = 1; i <= 100; ++i) tell(numbered(i));
  co_await flush(rt, log);
  tell(numbered(101));
  co_await flush(rt, log);
}

TEST_F(LogWriter, CountsWhatItCouldNotKeepAndSaysSoInTheFile) {
  runtime::virtual_runtime rt({});
  auto small = options();
  small.waiting = 10;
  log_writer log(rt, stream, small, [&rt] { return rt.wall(); });
  runtime::spawn(rt, "overrun", overrun(rt, log, tell));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
  const auto lines = test::lines_of(path);
  ASSERT_EQ(lines.size(), 12U);
  EXPECT_NE(lines.front().find("\"event\":\"log.lost\""), std::string::npos);
  EXPECT_NE(lines.front().find("\"lines\":90"), std::string::npos);
  EXPECT_EQ(tokens(path).back(), 101);
  EXPECT_EQ(log.figures().lost, 90U);
  EXPECT_EQ(log.figures().written, 11U);
}

task<> break_and_mend(runtime::runtime& rt, log_writer& log, const epic::event_observer& tell,
                      std::string folder) {
  tell(numbered(1));
  co_await flush(rt, log);
  EXPECT_EQ(log.figures().written, 0U);
  EXPECT_EQ(log.figures().lost, 1U);
  EXPECT_GE(log.figures().failures, 1U);
  std::filesystem::create_directory(folder);
  tell(numbered(2));
  co_await flush(rt, log);
}

TEST_F(LogWriter, GoesOnWhereTheFileCouldNotBeWritten) {
  runtime::virtual_runtime rt({});
  auto elsewhere = options();
  elsewhere.file.path = where.file("missing") + "/api.log";
  log_writer log(rt, stream, elsewhere, [&rt] { return rt.wall(); });
  runtime::spawn(rt, "test", break_and_mend(rt, log, tell, where.file("missing")));
  EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
  EXPECT_EQ(tokens(elsewhere.file.path), (std::vector<std::int64_t>{-1, 2})) << "the loss, then the line";
  EXPECT_EQ(log.figures().written, 1U);
}

// Any pace, any ring, a file that fails now and then: every event is a line or is counted.
task<> at_random(runtime::runtime& rt, log_writer& log, epic::event_observer tell, std::string folder,
                 std::uint64_t seed) {
  runtime::random_stream random(seed);
  for (std::uint64_t i = 1; i <= 300; ++i) {
    tell(numbered(i));
    if (random.below(10) == 0) {
      auto slept = co_await runtime::sleep_for(rt, 1ms * static_cast<int>(random.below(20)));
      EXPECT_TRUE(slept);
    }
    if (random.below(40) != 0) continue;
    const std::string away = folder + ".away";
    const bool there = std::filesystem::exists(folder);
    std::filesystem::rename(there ? folder : away, there ? away : folder);
  }
  const std::string away = folder + ".away";
  if (std::filesystem::exists(away)) std::filesystem::rename(away, folder);
  co_await flush(rt, log);
}

TEST_F(LogWriter, AccountsForEveryEvent) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::virtual_runtime rt({});
    event_stream own;
    auto random = options();
    const auto folder = where.file("logs" + std::to_string(seed));
    std::filesystem::create_directory(folder);
    random.file.path = folder + "/api.log";
    random.waiting = 1 + seed * 3;
    random.batch = 1 + seed % 7;
    log_writer log(rt, own, random, [&rt] { return rt.wall(); });
    runtime::spawn(rt, "test", at_random(rt, log, own.observer("north"), folder, seed));
    EXPECT_EQ(rt.run(instant(1min)), runtime::run_end::finished);
    const auto got = tokens(random.file.path);
    const auto lines =
        static_cast<std::uint64_t>(std::count_if(got.begin(), got.end(), [](auto n) { return n > 0; }));
    EXPECT_EQ(lines, log.figures().written);
    EXPECT_EQ(lines + log.figures().lost, 300U);
    std::int64_t last = 0;
    for (const auto one : got) {
      if (one < 0) continue;
      EXPECT_GT(one, last);
      last = one;
    }
    std::uint64_t told_lost = 0;
    for (const auto& line : test::lines_of(random.file.path)) {
      const auto parsed = json::parse(line);
      const auto* missing = parsed ? parsed->find("lines") : nullptr;
      if (missing != nullptr) told_lost += static_cast<std::uint64_t>(missing->to_int64().value_or(0));
    }
    EXPECT_EQ(told_lost, log.figures().lost) << "the file tells of all that is missing";
  }
}

TEST_F(LogWriter, WritesFromAThreadOfThePoolInTheRealWorld) {
  runtime::real_runtime rt;
  log_writer log(rt, stream, options(), [&rt] { return rt.wall(); });
  for (std::uint64_t i = 1; i <= 5000; ++i) tell(numbered(i));
  runtime::spawn(rt, "flush", flush(rt, log));
  rt.run();
  EXPECT_EQ(test::lines_of(path).size(), 5000U);
}

TEST_F(LogWriter, MayGoWhileABatchIsUnderWay) {
  runtime::real_runtime rt;
  {
    log_writer log(rt, stream, options(), [&rt] { return rt.wall(); });
    for (std::uint64_t i = 1; i <= 100; ++i) tell(numbered(i));
    runtime::spawn(rt, "flush", flush(rt, log));
    rt.run();
    tell(numbered(101));  // its batch is asked for and never begins
  }
  EXPECT_EQ(test::lines_of(path).size(), 100U);
}

}  // namespace
}  // namespace epicenter::operations
