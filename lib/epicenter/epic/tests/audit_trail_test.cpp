#include <gmock/gmock.h>

#include <epicenter/epic/audit_trail.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::epic::test {
namespace {

using runtime::task;
using testing::ElementsAre;

// A log that answers a moment later, and is down from time to time.
class slow_log final : public audit::log {
 public:
  explicit slow_log(runtime::runtime& rt) : rt_(rt) {}
  task<result<std::uint64_t>> append(audit::entry what) override { return later(*this, std::move(what)); }
  void start_append(audit::entry what, append_handler done) override {
    runtime::spawn(rt_, "log", answer(*this, std::move(what), std::move(done)));
  }
  void for_each(const std::function<void(const audit::entry&)>& see) const override {
    for (const auto& one : entries) see(one);
  }
  std::uint64_t size() const override { return entries.size(); }
  std::vector<std::string> subjects() const {
    std::vector<std::string> all;
    for (const auto& one : entries) all.push_back(one.subject + one.result);
    return all;
  }

  bool down = false;
  std::vector<audit::entry> entries;

 private:
  static task<result<std::uint64_t>> later(slow_log& in, audit::entry what) {
    (void)co_await runtime::sleep_for(in.rt_, 1ms);
    if (in.down) co_return fail(audit::errc::unavailable);
    in.entries.push_back(std::move(what));
    co_return in.entries.size();
  }
  static task<> answer(slow_log& in, audit::entry what, append_handler done) {
    auto got = co_await later(in, std::move(what));
    done(std::move(got));
  }
  runtime::runtime& rt_;
};

struct trail_world {
  runtime::virtual_runtime rt{{}};
  slow_log log{rt};
  audit_trail trail{rt, log, secret("key")};
  std::string user = "dr-1";
  std::string patient = "p";
  audit_trail::who by() const { return {user, patient}; }
  void run(task<> (*body)(trail_world&)) {
    runtime::spawn(rt, "test", body(*this));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }
};

TEST(AuditTrail, WaitsForIntentsAndHandsOutcomesOver) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    auto noted = co_await here.trail.intent(audited_write, "a", by);
    EXPECT_TRUE(noted);
    EXPECT_EQ(here.log.size(), 1U);
    here.trail.outcome(audited_write, "a", by, "WRITTEN");
    here.trail.outcome(audited_write, "b", by, "WRITTEN");
    EXPECT_EQ(here.log.size(), 1U);
    co_await here.trail.settled();
    EXPECT_EQ(here.log.size(), 3U);
  });
  EXPECT_THAT(w.log.subjects(), ElementsAre("a", "aWRITTEN", "bWRITTEN"));
}

TEST(AuditTrail, OwesWhatTheLogDidNotTakeAndPaysBeforeTheNextIntent) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    here.log.down = true;
    here.trail.outcome(audited_write, "a", by, "WRITTEN");
    here.trail.outcome(audited_write, "b", by, "WRITTEN");
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 2U);
    auto refused = co_await here.trail.intent(audited_write, "c", by);
    EXPECT_FALSE(refused) << "writes fail closed";
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), 2U) << "none is lost, none is there twice";
    here.log.down = false;
    auto taken = co_await here.trail.intent(audited_write, "d", by);
    EXPECT_TRUE(taken);
    EXPECT_EQ(here.trail.owed(), 0U);
  });
  EXPECT_THAT(w.log.subjects(), testing::UnorderedElementsAre("aWRITTEN", "bWRITTEN", "d"));
}

TEST(AuditTrail, TellsHowManyEntriesItCouldNotKeep) {
  trail_world w;
  w.run([](trail_world& here) -> task<> {
    const auto by = here.by();
    here.log.down = true;
    for (std::size_t i = 0; i < audit_trail::max_owed + 5; ++i) {
      here.trail.outcome(audited_call, "r", by, "200");
    }
    co_await here.trail.settled();
    EXPECT_EQ(here.trail.owed(), audit_trail::max_owed);
    here.log.down = false;
    while (here.trail.owed() > 0) {
      (void)co_await here.trail.intent(audited_call, "i", by);
      co_await here.trail.settled();
    }
    (void)co_await here.trail.intent(audited_call, "i", by);
  });
  const auto lost = [](const audit::entry& one) { return one.type == audit::event::entries_lost; };
  const auto told = std::find_if(w.log.entries.begin(), w.log.entries.end(), lost);
  ASSERT_NE(told, w.log.entries.end());
  EXPECT_EQ(told->result, "5");
}

}  // namespace
}  // namespace epicenter::epic::test
