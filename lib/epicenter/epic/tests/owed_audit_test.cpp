// What the audit log did not take while it was down, when the adapter ends.
#include "lib/epicenter/epic/tests/failing_log.hpp"
#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

failing_log& log_of(world& w) {
  return static_cast<failing_log&>(*w.audit);
}

// The log goes down while the write is on its way.
task<> write_while_it_fails(world& w) {
  w.epic_site.script = [&w](const http::request& asked) -> std::optional<rule> {
    if (asked.method == "POST" && asked.target.find("ServiceRequest") != std::string::npos)
      log_of(w).down = true;
    return std::nullopt;
  };
  auto order = w.order();
  const auto got = co_await w.epic().order_lab(std::move(order));
  EXPECT_TRUE(got);
  EXPECT_EQ(got->state, write_state::written) << "Epic has it, whatever the log says";
}

TEST(OwedAudit, IsPaidAtTheEndWhereTheLogIsUpAgain) {
  world w;
  w.audit = std::make_unique<failing_log>(w.rt());
  const auto body = [](world& here) -> task<> {
    co_await write_while_it_fails(here);
    log_of(here).down = false;
  };
  w.run(body);
  EXPECT_THAT(log_of(w).subjects(), testing::Contains("op-wWRITTEN"));
  EXPECT_EQ(log_of(w).told_lost(), 0U);
  EXPECT_THAT(w.alarms, testing::IsEmpty());
}

TEST(OwedAudit, IsCountedAndToldAtTheEndWhereTheLogIsDown) {
  world w;
  w.audit = std::make_unique<failing_log>(w.rt());
  instant began;
  w.run([&began](world& here) -> task<> {
    co_await write_while_it_fails(here);
    (void)co_await runtime::sleep_for(here.rt(), 100ms);
    began = here.now();
  });
  EXPECT_THAT(w.alarms, testing::ElementsAre("audit_entries_lost "));
  EXPECT_THAT(w.texts, testing::Contains("2 outcomes are not in the audit log, 0 are without its answer"));
  EXPECT_LE(w.now() - began, 1100ms) << "it stops in time";
}

TEST(OwedAudit, DoesNotHoldUpTheEndWhereTheLogHangs) {
  world w;
  w.audit = std::make_unique<failing_log>(w.rt());
  instant began;
  w.run([&began](world& here) -> task<> {
    const auto read = co_await here.epic().latest_labs(here.reading());
    EXPECT_TRUE(read);
    log_of(here).hung = true;
    const auto again = co_await here.epic().latest_labs(here.reading("op-2"));
    EXPECT_TRUE(again);
    began = here.now();
  });
  EXPECT_THAT(w.alarms, testing::ElementsAre("audit_entries_lost "));
  EXPECT_THAT(w.texts, testing::Contains("0 outcomes are not in the audit log, 1 are without its answer"));
  EXPECT_LE(w.now() - began, 1100ms);
}

}  // namespace
}  // namespace epicenter::epic::test
