// Bad disks and lost power: what was acknowledged is there, and nobody waits for ever.
#include <gmock/gmock.h>

#include <map>

#include "lib/epicenter/store/tests/ledger_world.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::store::test {
namespace {

/// What the callers were told: by operation the last state that was acknowledged.
struct told {
  std::map<std::string, write_state> states;
  int refused = 0;
};

// One writer: plans rows and takes them to their end, whatever the disk says.
task<> write_rows(ledger& to, std::string name, int rows, told& heard) {
  using enum write_state;
  for (int i = 0; i < rows; ++i) {
    const std::string operation = name + "." + std::to_string(i);
    auto planned = co_await to.plan(row_of(operation));
    if (planned) {
      heard.states[operation] = write_state::planned;
    } else {
      ++heard.refused;
    }
    write_state at = write_state::planned;
    for (const auto next : {sending, written}) {
      if (!planned) break;
      auto change = move_of(operation, at, next);
      auto moved = co_await to.advance(std::move(change));
      if (!moved) {
        EXPECT_EQ(moved.error(), make_error_code(errc::unavailable));
        ++heard.refused;
        break;
      }
      heard.states[operation] = at = next;
    }
  }
}

// Every acknowledged state is there. Where the answer to a later change failed, or was still to come, the row
// may be further.
std::string missing(virtual_runtime& rt, ledger& at, const told& heard) {
  std::string list;
  for (const auto& [operation, state] : heard.states) {
    const auto row = run(rt, at.find(operation));
    if (!row || row->state < state) list += operation + ' ';
  }
  return list;
}

struct run_options {
  std::uint64_t seed = 1;
  std::int64_t fail_ppm = 0;
  bool lie = false;
  instant end = instant::max();  ///< of the power; the end of time: when the writers are done
};

// Writers on a bad disk, then a loss of power; what is missing afterwards.
std::string missing_after_a_loss_of_power(const run_options& how, told& heard) {
  temporary_folder folder;
  watched_vfs disk(how.seed);
  disk.remember_syncs();
  if (how.lie) disk.lie_about_syncs();
  {
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger()).value();
    disk.fail_at_random(how.fail_ppm);
    for (int i = 0; i < 5; ++i) {
      runtime::spawn(rt, "writer", write_rows(*ledger, "w" + std::to_string(i), 12, heard));
    }
    EXPECT_NE(rt.run(how.end), runtime::run_end::stuck) << "somebody waits for ever";
    disk.fail_at_random(0);
    disk.lose_power();
  }
  disk.restore_power();
  virtual_runtime rt({});
  auto ledger = open_ledger(rt, folder.ledger());
  if (!ledger) return "everything: " + ledger.error().message();
  return missing(rt, **ledger, heard);
}

TEST(LedgerFailures, LoseNothingThatWasAcknowledged) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= seeds(12); ++seed) {
    told heard;
    run_options how;
    how.seed = seed;
    how.fail_ppm = seed % 3 == 0 ? 0 : 60'000;
    if (seed % 2 == 0) how.end = instant(runtime::random_stream(seed).between(1ms, 20ms));
    ASSERT_EQ(missing_after_a_loss_of_power(how, heard), "") << "seed " << seed;
    refused += heard.refused;
  }
  EXPECT_GT(refused, 20) << "the disk has to fail for this to say something";
}

TEST(LedgerFailures, FindADiskThatLiesAboutItsSyncs) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    told heard;
    run_options how;
    how.seed = seed;
    how.lie = true;
    lost += missing_after_a_loss_of_power(how, heard).empty() ? 0 : 1;
  }
  EXPECT_GT(lost, 0);
}

TEST(LedgerFailures, EndWithTheDisksTrouble) {
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  disk.fail_at_random(1'000'000);
  EXPECT_EQ(run(rt, ledger->plan(row_of("a"))).error(), make_error_code(errc::unavailable));
  EXPECT_GT(disk.failures(), 0U);
  disk.fail_at_random(0);
  EXPECT_TRUE(run(rt, ledger->plan(row_of("a"))));
}

TEST(GroupCommit, NeedsOneSyncForAllThatWait) {
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  const auto before = disk.syncs();
  told heard;
  for (int i = 0; i < 100; ++i) {
    runtime::spawn(rt, "writer", write_rows(*ledger, "w" + std::to_string(i), 1, heard));
  }
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(heard.states.size(), 100U);
  EXPECT_LE(disk.syncs() - before, 10U) << "300 durable changes";
}

TEST(GroupCommit, TakesNothingBackWhenACallerGivesUp) {
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, ":memory:").value();
  {
    runtime::task_group callers(rt);
    const auto body = [](store::ledger& to, runtime::task_group& group) -> task<> {
      group.spawn("caller", [](store::ledger& at) -> task<> {
        auto planned = co_await at.plan(row_of("a"));
        EXPECT_EQ(planned.error(), make_error_code(errc::unavailable));
      }(to));
      group.cancel();
      co_await group.join();
    };
    runtime::spawn(rt, "test", body(*ledger, callers));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }
  const auto row = run(rt, ledger->find("a"));
  EXPECT_TRUE(!row || row->state == write_state::planned) << "there or not, but never half";
}

}  // namespace
}  // namespace epicenter::store::test
