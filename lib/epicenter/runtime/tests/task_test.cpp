#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

using codes = std::vector<std::error_code>;

// ---- cancellation at each kind of wait

static task<> note_sleep(runtime& rt, codes& seen) {
  const auto slept = co_await sleep_for(rt, 1h);
  seen.push_back(code_of(slept));
  const auto again = co_await sleep_for(rt, 1h);  // cancellation sticks
  seen.push_back(code_of(again));
}
static task<> note_accept(runtime&, listener& from, codes& seen) {
  const auto got = co_await accept(from);
  seen.push_back(code_of(got));
}
static task<> note_read(runtime&, stream& from, codes& seen) {
  const auto got = co_await receive(from);
  seen.push_back(code_of(got));
}
static task<> note_write(runtime&, stream& to, const std::string& text, codes& seen) {
  const auto sent = co_await send(to, text);
  seen.push_back(code_of(sent));
}
static task<> note_event(runtime&, event& from, codes& seen) {
  const auto woken = co_await from.wait(never);
  seen.push_back(code_of(woken));
}
static task<> note_connect(runtime& rt, endpoint to, codes& seen) {
  const auto got = co_await connect(rt, std::move(to), rt.now() + 1h);
  seen.push_back(code_of(got));
}
static task<> note_join(runtime& rt, codes& seen) {
  task_group inner(rt);
  inner.spawn("inner", note_sleep(rt, seen));
  co_await inner.join();
}

CONFORMANCE(cancellation_reaches_every_kind_of_wait) {
  auto pair = co_await connect_pair(rt);
  auto full = co_await connect_pair(rt);
  const std::string text(std::size_t{32} << 20, 'x');
  event bell(rt);
  codes seen;
  task_group group(rt);
  group.spawn("sleep", note_sleep(rt, seen));
  group.spawn("accept", note_accept(rt, *pair.listener, seen));
  group.spawn("read", note_read(rt, *pair.client, seen));
  group.spawn("write", note_write(rt, *full.client, text, seen));
  group.spawn("event", note_event(rt, bell, seen));
  group.spawn("join", note_join(rt, seen));
  co_await sleep_for(rt, 20ms);
  EXPECT_EQ(group.size(), 6U);
  EXPECT_EQ(bell.waiters(), 1U);
  group.cancel();
  EXPECT_EQ(bell.waiters(), 0U);
  co_await group.join();
  EXPECT_EQ(seen, codes(8, make_error_code(errc::cancelled)));
  EXPECT_EQ(group.size(), 0U);
}

CONFORMANCE(cancellation_reaches_a_connect) {
  auto listening = rt.listen(any_loopback_port());
  codes seen;
  task_group group(rt);
  group.cancel();  // children of a cancelled group start cancelled
  group.spawn("connect", note_connect(rt, (*listening)->local_endpoint(), seen));
  co_await group.join();
  EXPECT_EQ(seen, codes(1, make_error_code(errc::cancelled)));
}

// ---- with_timeout

static task<result<int>> answer_after(runtime& rt, duration delay, bool& ended) {
  const auto slept = co_await sleep_for(rt, delay);
  ended = true;
  if (!slept) co_return fail(slept.error());
  co_return 42;
}
static task<> note_limited(runtime& rt, codes& seen, bool& ended) {
  auto work = answer_after(rt, 1h, ended);
  const auto got = co_await with_timeout(rt, rt.now() + 1h, std::move(work));
  seen.push_back(code_of(got));
}

CONFORMANCE(with_timeout_returns_what_comes_in_time) {
  bool ended = false;
  auto work = answer_after(rt, 1ms, ended);
  const auto got = co_await with_timeout(rt, rt.now() + 10s, std::move(work));
  EXPECT_EQ(got.value_or(0), 42);
  auto unlimited = answer_after(rt, 1ms, ended);
  const auto also = co_await with_timeout(rt, never, std::move(unlimited));
  EXPECT_EQ(also.value_or(0), 42);
}

CONFORMANCE(with_timeout_waits_for_the_task_it_cancelled) {
  bool ended = false;
  const instant start = rt.now();
  auto work = answer_after(rt, 1h, ended);
  const auto got = co_await with_timeout(rt, start + 20ms, std::move(work));
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_TRUE(ended);
  EXPECT_GE(rt.now() - start, 20ms);
  EXPECT_LT(rt.now() - start, 5s);
  EXPECT_FALSE(co_await is_cancelled());  // the limit was the child's alone
}

CONFORMANCE(with_timeout_does_not_start_what_is_late_already) {
  bool ended = false;
  auto work = answer_after(rt, 0ns, ended);
  const auto got = co_await with_timeout(rt, rt.now(), std::move(work));
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_FALSE(ended);
}

CONFORMANCE(cancellation_from_outside_reaches_a_limited_task) {
  codes seen;
  bool ended = false;
  task_group group(rt);
  group.spawn("limited", note_limited(rt, seen, ended));
  co_await sleep_for(rt, 10ms);
  group.cancel();
  co_await group.join();
  EXPECT_EQ(seen, codes(1, make_error_code(errc::cancelled)));
  EXPECT_TRUE(ended);
}

// ---- when_all

static task<int> square_after(runtime& rt, int number, duration delay) {
  co_await sleep_for(rt, delay);
  co_return number* number;
}

CONFORMANCE(when_all_keeps_the_order_and_waits_for_the_last) {
  std::vector<task<int>> work;
  for (int i = 0; i < 5; ++i) work.push_back(square_after(rt, i, (5 - i) * 2ms));
  const instant start = rt.now();
  const std::vector<int> squares = co_await when_all(rt, std::move(work));
  EXPECT_EQ(squares, (std::vector<int>{0, 1, 4, 9, 16}));
  EXPECT_GE(rt.now() - start, 10ms);
  EXPECT_LT(rt.now() - start, 5s);
}

static task<int> fail_after(runtime& rt, duration delay) {
  co_await sleep_for(rt, delay);
  throw std::runtime_error("planted");
}

CONFORMANCE(when_all_passes_an_exception_on_after_the_last_has_ended) {
  std::vector<task<int>> work;
  work.push_back(fail_after(rt, 1ms));
  work.push_back(square_after(rt, 2, 20ms));
  const instant start = rt.now();
  std::string caught;
  try {
    auto running = when_all(rt, std::move(work));
    co_await std::move(running);
  } catch (const std::runtime_error& e) {
    caught = e.what();
  }
  EXPECT_EQ(caught, "planted");
  EXPECT_GE(rt.now() - start, 20ms);
}

// ---- event

static task<> note_turn(runtime&, event& from, int number, std::vector<int>& order) {
  const auto woken = co_await from.wait(never);
  if (woken) order.push_back(number);
}

CONFORMANCE(an_event_wakes_in_order_and_loses_nothing_to_a_cancelled_waiter) {
  event bell(rt);
  std::vector<int> order;
  task_group leaving(rt);
  task_group staying(rt);
  leaving.spawn("first", note_turn(rt, bell, 1, order));
  co_await sleep_for(rt, 1ms);
  for (int i = 2; i <= 4; ++i) staying.spawn("waiter", note_turn(rt, bell, i, order));
  co_await sleep_for(rt, 1ms);
  EXPECT_EQ(bell.waiters(), 4U);
  leaving.cancel();
  bell.notify_one();  // in the same breath: waiter 1 has left already
  co_await leaving.join();
  co_await sleep_for(rt, 1ms);
  EXPECT_EQ(order, std::vector<int>{2});
  bell.notify_all();
  co_await staying.join();
  EXPECT_EQ(order, (std::vector<int>{2, 3, 4}));
  bell.notify_one();  // nobody waits: not remembered
  const auto late = co_await bell.wait(rt.now() + 5ms);
  EXPECT_EQ(code_of(late), errc::timed_out);
}

// ---- blocking work

CONFORMANCE(blocking_work_returns_its_value) {
  std::vector<int> done;
  auto work = [&done] {
    done.push_back(1);
    return std::string("written");
  };
  auto running = blocking(rt, work);
  const std::string value = co_await std::move(running);
  EXPECT_EQ(value, "written");
  EXPECT_EQ(done.size(), 1U);
  auto nothing = [&done] { done.push_back(2); };
  auto again = blocking(rt, nothing);
  co_await std::move(again);
  EXPECT_EQ(done.size(), 2U);
}

}  // namespace
}  // namespace epicenter::runtime
