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

}  // namespace
}  // namespace epicenter::epic::test
