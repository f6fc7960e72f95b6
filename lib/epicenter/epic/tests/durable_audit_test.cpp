// The adapter over the audit log of a production installation.
#include <gmock/gmock.h>

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/epic/audit_trail.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

task<> ask_into(world& w, std::vector<result<write_outcome>>& answers) {
  auto order = w.order("op-w");
  auto got = co_await w.epic().order_lab(std::move(order));
  answers.push_back(std::move(got));
}

// Appending takes time here: who asks in the meantime must meet the write that is under way.
TEST(DurableAudit, HoldsTheIntentBeforeTheWireAndTheOutcomeBeforeTheAnswer) {
  world w;
  auto opened = audit::open_chained_log(w.rt(), ":memory:").value();
  audit::chained_log* log = opened.get();
  w.audit = std::move(opened);
  std::vector<result<write_outcome>> answers;
  const auto body = [&answers](world& here) -> task<> {
    runtime::task_group callers(here.rt());
    callers.spawn("first", ask_into(here, answers));
    callers.spawn("second", ask_into(here, answers));
    co_await callers.join();
    bool outcome = false;
    here.audit->for_each([&outcome](const audit::entry& one) {
      outcome = outcome || (one.type == audited_write && one.stage == audit::stage::outcome);
    });
    EXPECT_TRUE(outcome) << "durable before the caller was told";
  };
  w.run(body);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& one : answers) {
    ASSERT_TRUE(one);
    EXPECT_EQ(one->state, write_state::written);
  }
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
  std::vector<std::string> of_the_write;
  log->for_each([&of_the_write](const audit::entry& one) {
    if (one.subject == "op-w") of_the_write.push_back(one.result);
  });
  EXPECT_THAT(of_the_write, testing::ElementsAre("", "WRITTEN")) << "one intent, one outcome";
}

task<> release_and_look(world& w) {
  lab_order asked = w.order("op-w");
  asked.who.deadline = w.now() + 10min;
  const auto lost = co_await w.epic().order_lab(std::move(asked));
  EXPECT_EQ(lost->state, write_state::needs_review);
  w.epic_site.script = nullptr;
  const auto seen = co_await w.seen_by("nurse-1", "op-w");
  const auto released = co_await w.epic().release_once(seen);
  EXPECT_EQ(released->state, write_state::written);
  std::vector<std::string> ends;
  w.audit->for_each([&ends](const audit::entry& one) {
    if (one.subject == "op-w" && one.stage == audit::stage::outcome) ends.push_back(one.result);
  });
  EXPECT_THAT(ends, testing::ElementsAre("NEEDS_REVIEW", "PLANNED", "WRITTEN"));
}

TEST(DurableAudit, HoldsTheOutcomeOfAReleaseBeforeTheAnswer) {
  world w;
  w.audit = audit::open_chained_log(w.rt(), ":memory:").value();
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token") return std::nullopt;
    return rule{twist::reset, std::nullopt};
  };
  w.options.read_back = false;  // what is asked after the outcome would give it time
  w.run(release_and_look);
}

// An append takes its time: the disk is slow, or something large is being purged.
class slow_log final : public audit::log {
 public:
  slow_log(runtime::runtime& rt, duration each) : rt_(rt), each_(each) {}
  task<result<std::uint64_t>> append(audit::entry what) override {
    auto slept = co_await runtime::sleep_for(rt_, each_);
    if (!slept) co_return fail(audit::errc::unavailable);
    co_return co_await kept_->append(std::move(what));
  }
  void start_append(audit::entry what, append_handler done) override {
    kept_->start_append(std::move(what), std::move(done));
  }
  void for_each(const std::function<void(const audit::entry&)>& see) const override { kept_->for_each(see); }
  std::uint64_t size() const override { return kept_->size(); }

 private:
  runtime::runtime& rt_;
  duration each_;
  std::unique_ptr<audit::log> kept_ = audit::memory_log();
};

task<> read_often(world& w, int times, std::optional<errc> expected) {
  for (int i = 0; i < times; ++i) {
    const auto got = co_await w.epic().latest_labs(w.reading("op-" + std::to_string(i)));
    if (expected)
      EXPECT_EQ(got.error(), make_error_code(*expected));
    else
      EXPECT_TRUE(got);
  }
}

TEST(DurableAudit, ThatIsSlowIsNoSlownessOfEpic) {
  world w;
  w.audit = std::make_unique<slow_log>(w.rt(), 4s);
  w.run([](world& here) { return read_often(here, 20, std::nullopt); });
  EXPECT_EQ(w.circuit(resilience::endpoint_class::search), resilience::breaker_state::closed);
  for (const auto& one : w.told<events::call_ended>()) EXPECT_LT(one.took, 1s);
}

TEST(DurableAudit, ThatTakesAllTheTimeThereIsKeepsTheCallHere) {
  world w;
  w.audit = std::make_unique<slow_log>(w.rt(), 40s);
  w.run([](world& here) { return read_often(here, 20, errc::deadline); });
  EXPECT_EQ(w.circuit(resilience::endpoint_class::search), resilience::breaker_state::closed);
  EXPECT_EQ(w.epic_site.count("GET", "Observation"), 0U);
}

}  // namespace
}  // namespace epicenter::epic::test
