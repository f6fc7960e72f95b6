#include <csignal>
#include <thread>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

task<> take_signal(task<result<int>> signal, int& received) {
  const auto got = co_await std::move(signal);
  received = got.value_or(-1);
}

task<> raise_soon(runtime& rt) {
  co_await sleep_for(rt, 5ms);
  ::raise(SIGUSR2);
}

TEST(real_runtime, waits_for_a_signal) {
  real_runtime rt;
  int received = 0;
  spawn(rt, "waiter", take_signal(wait_for_signal(rt, {SIGUSR1, SIGUSR2}), received));
  spawn(rt, "raiser", raise_soon(rt));
  rt.run();
  EXPECT_EQ(received, SIGUSR2);
}

TEST(real_runtime, has_a_signal_that_came_before_anybody_waited_for_it) {
  real_runtime rt;
  int received = 0;
  auto signal = wait_for_signal(rt, {SIGUSR1});
  ::raise(SIGUSR1);
  spawn(rt, "waiter", take_signal(std::move(signal), received));
  rt.run();
  EXPECT_EQ(received, SIGUSR1);
}

void hang_with_a_signal_held() {
  real_runtime rt;
  const auto signal = wait_for_signal(rt, {SIGUSR1});
  ::raise(SIGUSR1);
  ::raise(SIGUSR1);
}

TEST(real_runtime_death, the_same_signal_again_ends_a_process_whose_loop_hangs) {
  EXPECT_EXIT(hang_with_a_signal_held(), ::testing::KilledBySignal(SIGUSR1), "");
}

task<> read_for_ever(runtime& rt) {
  auto pair = co_await connect_pair(rt);
  co_await receive(*pair.client);
}

task<> own_children(runtime& rt) {
  task_group group(rt);
  group.spawn("reader", read_for_ever(rt));
  group.spawn("reader", read_for_ever(rt));
  co_await group.join();
}

TEST(real_runtime, stops_from_another_thread_and_gives_back_what_its_tasks_hold) {
  real_runtime rt;
  spawn(rt, "owner", own_children(rt));
  std::thread stopper([&rt] {
    std::this_thread::sleep_for(20ms);
    rt.stop();
  });
  rt.run();
  stopper.join();
  EXPECT_EQ(rt.live_tasks().at("reader"), 2);
}

task<> throw_soon(runtime& rt) {
  co_await sleep_for(rt, 1ms);
  throw std::logic_error("planted defect");
}

TEST(real_runtime, rethrows_what_a_task_threw) {
  real_runtime rt;
  spawn(rt, "owner", own_children(rt));
  spawn(rt, "thrower", throw_soon(rt));
  EXPECT_THROW(rt.run(), std::logic_error);
}

task<> work_elsewhere(runtime& rt, std::thread::id& where) {
  auto work = [] { return std::this_thread::get_id(); };
  auto running = blocking(rt, work);
  where = co_await std::move(running);
}

TEST(real_runtime, does_blocking_work_on_another_thread) {
  real_runtime rt;
  std::thread::id where = std::this_thread::get_id();
  spawn(rt, "worker", work_elsewhere(rt, where));
  rt.run();
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(real_runtime, draws_its_seed_when_none_is_given) {
  EXPECT_NE(real_runtime().seed(), real_runtime().seed());
  EXPECT_EQ(real_runtime(real_options{5, 1}).seed(), 5U);
}

}  // namespace
}  // namespace epicenter::runtime
