// Bad disks, lost power and killed processes: what was acknowledged is there, and the chain verifies.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/store/sqlite.hpp>
#include <map>

#include "lib/epicenter/audit/tests/log_world.hpp"

namespace epicenter::audit::test {
namespace {

using store::ledger;
using store::write_state;

/// What a writer is told of its writes, in the order in which it is told.
struct acknowledgement {
  char what = 0;  // 'a': an audit entry; 'l': a state of the ledger
  std::uint32_t writer = 0;
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // the entry's number, or the state
};
using witness = std::function<void(acknowledgement)>;

std::string operation_of(std::uint32_t writer, std::uint32_t number, int run) {
  return std::to_string(run) + "." + std::to_string(writer) + "." + std::to_string(number);
}

struct shift {
  int run = 0;
  std::uint32_t writer = 0;
  std::uint32_t writes = 0;
};

// The order of a write: intent, row, SENDING, WRITTEN, outcome. Ends a write where something is refused.
task<> work(runtime::runtime& rt, ledger& rows, log& entries, shift mine, witness told) {
  using enum write_state;
  for (std::uint32_t i = 0; i < mine.writes; ++i) {
    const std::string operation = operation_of(mine.writer, i, mine.run);
    const auto tell = [&told, &mine, i](char what, std::uint64_t value) {
      told({what, mine.writer, i, value});
    };
    entry intent = entry_of(operation);
    intent.stage = stage::intent;
    intent.at = rt.wall();
    auto started = co_await entries.append(intent);
    if (!started) continue;
    tell('a', *started);
    auto planned = co_await rows.plan(store::test::row_of(operation));
    if (!planned) continue;
    tell('l', static_cast<std::uint64_t>(write_state::planned));
    bool good = true;
    for (const auto& [from, to] : {std::pair{write_state::planned, sending}, std::pair{sending, written}}) {
      auto change = store::test::move_of(operation, from, to);
      auto moved = co_await rows.advance(std::move(change));
      good = moved.has_value();
      if (!good) break;
      tell('l', static_cast<std::uint64_t>(to));
    }
    if (!good) continue;
    intent.stage = stage::outcome;
    auto ended = co_await entries.append(intent);
    if (ended) tell('a', *ended);
  }
}

/// All that was acknowledged by all runs.
struct record {
  std::map<std::string, write_state> rows;
  std::map<std::uint64_t, std::string> entries;
  void add(int run, const acknowledgement& one) {
    const std::string operation = operation_of(one.writer, one.number, run);
    if (one.what == 'a') {
      entries[one.value] = operation;
    } else {
      rows[operation] = static_cast<write_state>(one.value);
    }
  }
};

std::string missing(virtual_runtime& rt, ledger& rows, chained_log& log, const record& heard) {
  std::string list;
  for (const auto& [operation, state] : heard.rows) {
    const auto row = run(rt, rows.find(operation));
    if (!row || row->state < state) list += "row " + operation + ' ';
  }
  std::map<std::uint64_t, std::string> there;
  log.for_each([&there](const entry& one) { there[one.seq] = one.subject; });
  for (const auto& [seq, operation] : heard.entries) {
    const auto found = there.find(seq);
    if (found == there.end() || found->second != operation) list += "entry " + std::to_string(seq) + ' ';
  }
  const auto seen = run(rt, log.verify({}, {}));
  if (!seen) return list + "the log cannot be verified";
  for (const auto& one : seen->findings) {
    list += std::string(name_of(one.what)) + " at " + std::to_string(one.seq) + ' ';
  }
  return list;
}

// ---- a bad disk, then a loss of power, in virtual time

std::string missing_after_a_loss_of_power(std::uint64_t seed, std::int64_t fail_ppm, bool lie) {
  temporary_folder folder;
  watched_vfs disk(seed);
  disk.remember_syncs();
  if (lie) disk.lie_about_syncs();
  const auto options = with_keys(7);
  const std::string path = (folder.path() / "audit.db").string();
  record heard;
  {
    virtual_runtime rt({});
    const auto rows = store::open_ledger(rt, folder.ledger()).value();
    const auto log = open_chained_log(rt, path, options).value();
    disk.fail_at_random(fail_ppm);
    const witness told = [&heard](acknowledgement one) { heard.add(0, one); };
    for (std::uint32_t i = 0; i < 4; ++i) {
      const shift mine{0, i, 8};
      runtime::spawn(rt, "writer", work(rt, *rows, *log, mine, told));
    }
    const bool in_the_middle = seed % 2 == 0;
    const instant end =
        in_the_middle ? instant(runtime::random_stream(seed).between(1ms, 20ms)) : instant::max();
    EXPECT_NE(rt.run(end), runtime::run_end::stuck) << "somebody waits for ever";
    disk.fail_at_random(0);
    disk.lose_power();
  }
  disk.restore_power();
  virtual_runtime rt({});
  const auto rows = store::open_ledger(rt, folder.ledger());
  const auto log = open_chained_log(rt, path, options);
  if (!rows || !log) return "everything";
  return missing(rt, **rows, **log, heard);
}

TEST(AuditFailures, LoseNothingThatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= seeds(10); ++seed) {
    const std::int64_t fail_ppm = seed % 3 == 0 ? 0 : 40'000;
    ASSERT_EQ(missing_after_a_loss_of_power(seed, fail_ppm, false), "") << "seed " << seed;
  }
}

TEST(AuditFailures, FindADiskThatLiesAboutItsSyncs) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    lost += missing_after_a_loss_of_power(seed, 0, true).empty() ? 0 : 1;
  }
  EXPECT_GT(lost, 0);
}

// ---- a process that is killed, on real files

struct stores {
  std::string ledger;
  std::string log;
  chained_log_options options;
};

// The child's whole life: writes until it is killed, and tells what was acknowledged through the pipe.
[[noreturn]] void write_until_killed(const stores& where, int run_number, int pipe) {
  runtime::real_runtime rt;
  auto rows = store::open_ledger(rt, where.ledger);
  auto log = open_chained_log(rt, where.log, where.options);
  if (!rows || !log) ::_exit(3);
  const witness told = [pipe](acknowledgement one) {
    if (::write(pipe, &one, sizeof one) != sizeof one) ::_exit(4);
  };
  for (std::uint32_t i = 0; i < 16; ++i) {
    const shift mine{run_number, i, 1'000'000};
    runtime::spawn(rt, "writer", work(rt, **rows, **log, mine, told));
  }
  rt.run();
  ::_exit(5);
}

// Kills the child after so many acknowledgements, and takes down all of them.
void kill_after(std::uint64_t acknowledgements, const stores& where, int run_number, record& heard) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(where, run_number, ends[1]);
  }
  ::close(ends[1]);
  acknowledgement one;
  std::uint64_t count = 0;
  bool killed = false;
  while (::read(ends[0], &one, sizeof one) == sizeof one) {
    heard.add(run_number, one);
    if (++count >= acknowledgements && !killed) killed = ::kill(child, SIGKILL) == 0;
  }
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
}

TEST(Crash, LosesNothingThatWasAcknowledgedInTwentyKills) {
  temporary_folder folder;
  const stores where{folder.ledger(), (folder.path() / "audit.db").string(), with_keys(50)};
  record heard;
  runtime::random_stream random(7);
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t after = 1 + random.below(120);
    SCOPED_TRACE("run " + std::to_string(i) + ", killed after " + std::to_string(after));
    ASSERT_NO_FATAL_FAILURE(kill_after(after, where, i, heard));
    if (i % 5 != 4) continue;
    virtual_runtime rt({});
    const auto rows = store::open_ledger(rt, where.ledger).value();
    const auto log = open_chained_log(rt, where.log, where.options).value();
    ASSERT_EQ(missing(rt, *rows, *log, heard), "");
  }
  EXPECT_GT(heard.entries.size(), 300U);
  EXPECT_GT(heard.rows.size(), 200U);
}

TEST(Crash, IsNotTakenForGoodWhereARowIsMissing) {
  temporary_folder folder;
  const stores where{folder.ledger(), (folder.path() / "audit.db").string(), with_keys(50)};
  record heard;
  ASSERT_NO_FATAL_FAILURE(kill_after(60, where, 0, heard));
  {
    auto file = store::database::open(where.ledger).value();
    ASSERT_TRUE(file.execute("DELETE FROM ledger WHERE seq = 2"));
    auto other = store::database::open(where.log).value();
    ASSERT_TRUE(other.execute("DELETE FROM entries WHERE seq = 3"));
  }
  virtual_runtime rt({});
  const auto rows = store::open_ledger(rt, where.ledger).value();
  const auto log = open_chained_log(rt, where.log, where.options).value();
  const std::string found = missing(rt, *rows, *log, heard);
  EXPECT_THAT(found, testing::HasSubstr("row 0."));
  EXPECT_THAT(found, testing::HasSubstr("entry 3"));
  EXPECT_THAT(found, testing::HasSubstr("gap at 4"));
}

}  // namespace
}  // namespace epicenter::audit::test
