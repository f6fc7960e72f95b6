// Durable writes a second through ledger and audit log on a real disk, and how many syncs they need.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/ledger.hpp>
#include <epicenter/store/seal.hpp>
#include <filesystem>

#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::audit {
namespace {

using runtime::task;
using store::write_state;

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "epicenter_bench_XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~folder() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct stores {
  store::ledger& rows;
  log& entries;
};

entry entry_of(const std::string& operation, stage at, wall_time now) {
  entry what;
  what.at = now;
  what.stage = at;
  what.type = "ehr.write";
  what.subject = operation;
  what.user = "Practitioner/e3MBXCOmcoLKl7ayLD51AWA3";
  what.patient = "5bdcc146bf60754e6a042426089575c7";
  if (at == stage::outcome) what.result = "WRITTEN";
  return what;
}

store::ledger_row row_of(const std::string& operation, wall_time now) {
  store::ledger_row row;
  row.operation = operation;
  row.kind = "order_lab";
  row.resource_type = "ServiceRequest";
  row.patient = "erXuFYUfucBZaryVksYEcMg3";
  row.payload_sha256 = std::string(64, 'a');
  row.payload = std::string(900, 'p');
  row.planned_at = now;
  return row;
}

void expect(bool good) {
  if (!good) throw std::runtime_error("a store refused");
}

// One write as the adapter makes it: intent, row, SENDING, WRITTEN, outcome; each durable before the next.
task<> whole_write(runtime::runtime& rt, stores into, std::string operation) {
  auto begun = co_await into.entries.append(entry_of(operation, stage::intent, rt.wall()));
  expect(begun.has_value());
  auto planned = co_await into.rows.plan(row_of(operation, rt.wall()));
  expect(planned.has_value());
  store::ledger::change change{operation, write_state::planned, write_state::sending, {}, "sending",
                               rt.wall()};
  auto sent = co_await into.rows.advance(change);
  expect(sent.has_value());
  change.from = write_state::sending;
  change.to = write_state::written;
  auto written = co_await into.rows.advance(change);
  expect(written.has_value());
  auto ended = co_await into.entries.append(entry_of(operation, stage::outcome, rt.wall()));
  expect(ended.has_value());
}

// A row, and the intent before it: the least that has to be durable before a byte is sent.
task<> row_and_intent(runtime::runtime& rt, stores into, std::string operation) {
  auto begun = co_await into.entries.append(entry_of(operation, stage::intent, rt.wall()));
  expect(begun.has_value());
  auto planned = co_await into.rows.plan(row_of(operation, rt.wall()));
  expect(planned.has_value());
}

using one_write = task<> (*)(runtime::runtime&, stores, std::string);

task<> writer(runtime::runtime& rt, stores into, std::string name, int writes, one_write how) {
  for (int i = 0; i < writes; ++i) {
    auto writing = how(rt, into, name + std::to_string(i));
    co_await std::move(writing);
  }
}

void write_durably(benchmark::State& state, one_write how, double durable_steps) {
  constexpr int writers = 256;
  constexpr int writes = 40;
  store::test::watched_vfs disk;
  std::uint64_t syncs = 0;
  for (auto _ : state) {
    state.PauseTiming();
    folder where;
    runtime::real_runtime rt;
    store::ledger_options options;
    options.key = store::make_key();
    chained_log_options log_options;
    log_options.signer = head_key::from_seed(store::make_key()).value();
    auto rows = store::open_ledger(rt, where.file("ledger.db"), options).value();
    auto log = open_chained_log(rt, where.file("audit.db"), log_options).value();
    const stores into{*rows, *log};
    for (int i = 0; i < writers; ++i) {
      runtime::spawn(rt, "writer", writer(rt, into, std::to_string(i) + ".", writes, how));
    }
    const auto before = disk.syncs();
    state.ResumeTiming();
    rt.run();
    state.PauseTiming();
    syncs += disk.syncs() - before;
    rows.reset();
    log.reset();
    state.ResumeTiming();
  }
  const double done = static_cast<double>(state.iterations()) * writers * writes;
  state.counters["writes/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
  state.counters["durable/s"] = benchmark::Counter(done * durable_steps, benchmark::Counter::kIsRate);
  state.counters["fsyncs/s"] = benchmark::Counter(static_cast<double>(syncs), benchmark::Counter::kIsRate);
}

void intent_and_row(benchmark::State& state) {
  write_durably(state, row_and_intent, 2);
}
BENCHMARK(intent_and_row)->UseRealTime()->Unit(benchmark::kMillisecond);

void whole_writes(benchmark::State& state) {
  write_durably(state, whole_write, 5);
}
BENCHMARK(whole_writes)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epicenter::audit

BENCHMARK_MAIN();
