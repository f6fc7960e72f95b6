#include <epicenter/runtime/cancel_scope.hpp>
#include <stdexcept>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

task<std::string> told_after(runtime& rt, duration wait, std::string text) {
  const auto slept = co_await sleep_for(rt, wait);
  if (!slept) co_return "cancelled";
  co_return text;
}

task<> cancel_after(runtime& rt, duration wait, cancel_scope& scope) {
  const auto slept = co_await sleep_for(rt, wait);
  EXPECT_TRUE(slept);
  scope.cancel();
}

CONFORMANCE(a_scope_gives_what_its_tasks_give_one_after_the_other) {
  cancel_scope scope(rt);
  auto first = scope.run(told_after(rt, 1ms, "first"));
  EXPECT_EQ(co_await std::move(first), "first");
  auto second = scope.run(told_after(rt, 1ms, "second"));
  EXPECT_EQ(co_await std::move(second), "second");
}

task<int> at_once() {
  co_return 7;
}

CONFORMANCE(a_scope_takes_a_task_that_never_waits) {
  cancel_scope scope(rt);
  auto running = scope.run(at_once());
  EXPECT_EQ(co_await std::move(running), 7);
}

CONFORMANCE(a_scope_is_cancelled_from_outside) {
  cancel_scope scope(rt);
  task_group others(rt);
  others.spawn("cancel", cancel_after(rt, 5ms, scope));
  const instant start = rt.now();
  auto running = scope.run(told_after(rt, 1h, "never"));
  EXPECT_EQ(co_await std::move(running), "cancelled");
  EXPECT_LT(rt.now() - start, 10s);
  EXPECT_FALSE(co_await is_cancelled()) << "the scope was, and not its owner";
  auto later = scope.run(told_after(rt, 1h, "never"));
  EXPECT_EQ(co_await std::move(later), "cancelled") << "it stays cancelled";
  co_await others.join();
}

task<> run_in_scope(runtime& rt, std::string& got) {
  cancel_scope scope(rt);
  auto running = scope.run(told_after(rt, 1h, "never"));
  got = co_await std::move(running);
  auto later = scope.run(told_after(rt, 1h, "never"));
  got += " " + co_await std::move(later);
}

CONFORMANCE(a_cancelled_owner_cancels_its_scope) {
  std::string got;
  task_group owners(rt);
  owners.spawn("owner", run_in_scope(rt, got));
  const auto slept = co_await sleep_for(rt, 5ms);
  EXPECT_TRUE(slept);
  owners.cancel();
  co_await owners.join();
  EXPECT_EQ(got, "cancelled cancelled");
}

task<> fails(runtime& rt) {
  const auto slept = co_await sleep_for(rt, 1ms);
  EXPECT_TRUE(slept);
  throw std::runtime_error("broken");
}

CONFORMANCE(what_a_task_throws_comes_out_of_its_scope) {
  cancel_scope scope(rt);
  std::string caught;
  try {
    auto running = scope.run(fails(rt));
    co_await std::move(running);
  } catch (const std::runtime_error& thrown) {
    caught = thrown.what();
  }
  EXPECT_EQ(caught, "broken");
  auto later = scope.run(at_once());
  EXPECT_EQ(co_await std::move(later), 7);
}

}  // namespace
}  // namespace epicenter::runtime
