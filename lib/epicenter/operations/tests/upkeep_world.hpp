// What the tests of the upkeep share: stores that only look like it, and a folder for their copies.
#pragma once

#include <gmock/gmock.h>

#include <epicenter/operations/upkeep.hpp>
#include <fstream>

#include "lib/epicenter/operations/tests/log_folder.hpp"
#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::operations::test {

using runtime::task;
using runtime::virtual_runtime;

/// What both stores do when they are kept: take their time, fail when told to, and remember.
struct kept_store {
  explicit kept_store(runtime::runtime& world) : rt(world) {}

  runtime::runtime& rt;
  duration latency = 3min;
  bool fails = false;
  int at_once = 0;
  int most_at_once = 0;
  std::vector<wall_time> copied;
  std::vector<wall_time> purged;
  std::vector<wall_time> purge_limits;
  std::vector<wall_time> tried;
  std::function<void()> when_whole;

  task<result<>> back_up(std::string to) {
    auto done = co_await take_time();
    if (!done) co_return done;
    std::ofstream(to) << "a copy";
    copied.push_back(rt.wall());
    if (when_whole) when_whole();
    co_return done;
  }
  task<result<std::uint64_t>> purge(wall_time before) {
    auto done = co_await take_time();
    if (!done) co_return fail(std::move(done.error()));
    purged.push_back(rt.wall());
    purge_limits.push_back(before);
    co_return std::uint64_t{3};
  }
  task<result<>> take_time() {
    tried.push_back(rt.wall());
    most_at_once = std::max(most_at_once, ++at_once);
    auto slept = co_await runtime::sleep_for(rt, latency);
    --at_once;
    if (!slept || fails) co_return fail(store::errc::unavailable, "the disk is full");
    co_return result<>();
  }
};

class fake_ledger final : public store::ledger {
 public:
  explicit fake_ledger(kept_store& store) : store_(store) {}
  task<result<>> plan(store::ledger_row) override { co_return unused(); }
  task<result<>> advance(change) override { co_return unused(); }
  task<result<store::ledger_row>> find(std::string) override { co_return unused(); }
  task<result<std::vector<store::ledger_row>>> list(store::write_state, std::size_t) override {
    co_return unused();
  }
  task<result<std::vector<store::ledger_row>>> all() override { co_return unused(); }
  task<result<std::uint64_t>> purge(wall_time before) override { return store_.purge(before); }
  task<result<>> back_up(std::string to) override { return store_.back_up(std::move(to)); }

 private:
  static tl::unexpected<error> unused() { return fail(store::errc::unavailable, "not in this test"); }
  kept_store& store_;
};

class fake_chained_log final : public audit::chained_log {
 public:
  explicit fake_chained_log(kept_store& store) : store_(store) {}

  audit::verification next;  ///< what verify() finds
  std::vector<std::size_t> heads_given;
  std::vector<wall_time> verified;
  std::string purged_by;

  task<result<std::uint64_t>> append(audit::entry) override { co_return unused(); }
  void start_append(audit::entry, append_handler done) override { done(unused()); }
  void for_each(const std::function<void(const audit::entry&)>&) const override {}
  std::uint64_t size() const override { return 0; }
  task<result<std::vector<audit::entry>>> find(audit::query) override { co_return unused(); }
  task<result<std::uint64_t>> export_json(audit::query, std::string) override { co_return unused(); }
  task<result<std::vector<audit::accounted_disclosure>>> accounting(std::string, wall_time,
                                                                    wall_time) override {
    co_return unused();
  }
  task<result<bool>> forget(audit::erasure) override { co_return unused(); }
  task<result<audit::verification>> verify(std::vector<audit::signed_head> kept,
                                           std::vector<std::string>) override {
    heads_given.push_back(kept.size());
    const audit::verification found = next;
    auto done = co_await store_.take_time();
    if (!done) co_return fail(std::move(done.error()));
    verified.push_back(store_.rt.wall());
    co_return found;
  }
  task<result<std::optional<audit::signed_head>>> sign_head() override { co_return unused(); }
  task<result<std::uint64_t>> purge(wall_time before, std::string actor) override {
    purged_by = std::move(actor);
    return store_.purge(before);
  }
  task<result<>> back_up(std::string to) override { return store_.back_up(std::move(to)); }
  const std::string& id() const override { return id_; }

 private:
  static tl::unexpected<error> unused() { return fail(audit::errc::unavailable, "not in this test"); }
  kept_store& store_;
  std::string id_ = "log-1";
};

/// A world in which a process lives for days.
struct upkeep_world : ::testing::Test {
  upkeep_options options() const {
    upkeep_options made;
    made.folder = where.file("");
    return made;
  }
  void open(upkeep_options chosen, upkeep_stores stores) {
    auto made = upkeep::make(rt, stores, std::move(chosen), [this](const upkeep_ran& one) {
      ran.push_back(one);
      ran_at.push_back(rt.wall());
    });
    ASSERT_TRUE(made) << made.error().message();
    kept = std::move(*made);
    kept->start();
  }
  void open(upkeep_options chosen) { open(std::move(chosen), {&ledger, &log}); }
  void pass(duration how_long) {
    const auto wait = [](runtime::runtime& world, duration d) -> task<> {
      auto slept = co_await runtime::sleep_for(world, d);
      EXPECT_TRUE(slept);
    };
    const instant end = rt.now() + how_long;
    runtime::spawn(rt, "time", wait(rt, how_long));
    rt.run(end);
  }
  void stop() {
    const auto end = [](upkeep& what) -> task<> { co_await what.stop(); };
    runtime::spawn(rt, "stop", end(*kept));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
  }
  void TearDown() override {
    if (kept) stop();
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator(where.file(""))) {
      names.push_back(one.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::size_t runs(upkeep_job job, upkeep_end end) const {
    return static_cast<std::size_t>(std::count_if(
        ran.begin(), ran.end(), [=](const upkeep_ran& one) { return one.job == job && one.end == end; }));
  }
  upkeep_status status(upkeep_job job) const {
    const auto report = kept->report();
    for (const auto& one : report.jobs) {
      if (one.job == job) return one;
    }
    ADD_FAILURE() << "no such job";
    return {};
  }

  log_folder where;
  virtual_runtime rt{{}};
  kept_store ledger_store{rt};
  kept_store log_store{rt};
  fake_ledger ledger{ledger_store};
  fake_chained_log log{log_store};
  std::vector<upkeep_ran> ran;
  std::vector<wall_time> ran_at;
  std::unique_ptr<upkeep> kept;
};

}  // namespace epicenter::operations::test
