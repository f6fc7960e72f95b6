#include <gmock/gmock.h>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

using testing::HasSubstr;

task<> sleep_often(runtime& rt, int times, duration step) {
  for (int i = 0; i < times; ++i) co_await sleep_for(rt, step);
}

task<> echo(runtime&, stream_ptr peer) {
  for (;;) {
    auto got = co_await receive(*peer);
    if (!got) break;
    co_await send(*peer, *got);
  }
}

task<> serve(runtime& rt, listener& from, int connections, task_group& sessions) {
  for (int i = 0; i < connections; ++i) {
    auto peer = co_await accept(from);
    if (!peer) break;
    sessions.spawn("session", echo(rt, std::move(*peer)));
  }
}

task<> talk(runtime& rt, endpoint to, int number) {
  random_stream random = rt.random("client " + std::to_string(number));
  co_await sleep_for(rt, random.exponential(10ms));
  auto connected = co_await connect(rt, std::move(to), rt.now() + 1s);
  if (!connected) co_return;
  for (int i = 0; i < 20; ++i) {
    co_await send(**connected, std::string(100 + random.below(1000), 'x'));
    co_await receive(**connected);
  }
}

task<> conversation(runtime& rt) {
  auto listening = rt.listen(any_loopback_port());
  task_group group(rt);
  task_group sessions(rt);
  group.spawn("server", serve(rt, **listening, 10, sessions));
  for (int i = 0; i < 10; ++i) group.spawn("client", talk(rt, (*listening)->local_endpoint(), i));
  co_await group.join();
  co_await sessions.join();
}

std::pair<std::uint64_t, std::uint64_t> hash_and_events(std::uint64_t seed) {
  virtual_options options;
  options.seed = seed;
  options.link.jitter = 1ms;
  options.link.bytes_per_second = 1'000'000;
  virtual_runtime rt(options);
  spawn(rt, "conversation", conversation(rt));
  EXPECT_EQ(rt.run(), run_end::finished);
  return {rt.event_hash(), rt.events_run()};
}

TEST(virtual_runtime, a_seed_decides_the_whole_run) {
  const auto first = hash_and_events(1);
  EXPECT_GT(first.second, 400U);
  EXPECT_EQ(hash_and_events(1), first);
  EXPECT_NE(hash_and_events(2).first, first.first);
}

task<> wait_for_ever(runtime&, event& bell) {
  co_await bell.wait(never);
}

task<> read_for_ever(runtime& rt) {
  auto pair = co_await connect_pair(rt);
  co_await receive(*pair.client);
}

task<> join_for_ever(runtime& rt) {
  task_group group(rt);
  group.spawn("child that reads", read_for_ever(rt));
  co_await group.join();
}

TEST(virtual_runtime, a_stuck_run_names_its_tasks_and_gives_back_what_they_hold) {
  virtual_runtime rt{virtual_options{}};
  event bell(rt);
  spawn(rt, "waiter", wait_for_ever(rt, bell));
  spawn(rt, "waiter", wait_for_ever(rt, bell));
  spawn(rt, "joiner", join_for_ever(rt));
  EXPECT_EQ(rt.run(), run_end::stuck);
  const std::map<std::string, int, std::less<>> alive{{"child that reads", 1}, {"joiner", 1}, {"waiter", 2}};
  EXPECT_EQ(rt.live_tasks(), alive);
  // The address sanitizer's leak check sees what the destruction of the runtime forgets.
}

TEST(virtual_runtime, a_day_of_sleeps_takes_no_time_and_the_limit_holds) {
  virtual_runtime rt{virtual_options{}};
  const wall_time start = rt.wall();
  spawn(rt, "sleeper", sleep_often(rt, 24 * 60, 1min));
  EXPECT_EQ(rt.run(instant(1h)), run_end::limit);
  EXPECT_EQ(rt.now(), instant(1h));
  EXPECT_EQ(rt.run(), run_end::finished);
  EXPECT_EQ(rt.now(), instant(24h));
  EXPECT_EQ(rt.wall() - start, 24h);
  rt.set_wall_skew(-5min);
  EXPECT_EQ(rt.wall() - start, 24h - 5min);
  EXPECT_EQ(rt.now(), instant(24h));
}

task<> throw_later(runtime& rt) {
  co_await sleep_for(rt, 3s);
  throw std::runtime_error("planted defect");
}

std::string failure_of(virtual_runtime& rt) {
  try {
    rt.run();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

TEST(virtual_runtime, what_a_task_throws_fails_the_run_with_its_seed) {
  virtual_options options;
  options.seed = 4711;
  virtual_runtime rt(options);
  spawn(rt, "thrower", throw_later(rt));
  spawn(rt, "bystander", sleep_often(rt, 10, 1s));
  const std::string why = failure_of(rt);
  EXPECT_THAT(why, HasSubstr("«thrower» threw: planted defect"));
  EXPECT_THAT(why, HasSubstr("seed 4711"));
  EXPECT_THAT(why, HasSubstr("timer at 3s"));
  EXPECT_EQ(failure_of(rt), why);
}

task<> forget_children(runtime& rt) {
  task_group group(rt);
  group.spawn("orphan", sleep_often(rt, 1, 1h));
  co_await sleep_for(rt, 1s);
}

TEST(virtual_runtime, a_group_that_is_destroyed_before_its_children_fails_the_run) {
  virtual_runtime rt{virtual_options{}};
  spawn(rt, "owner", forget_children(rt));
  EXPECT_THAT(failure_of(rt), HasSubstr("task group was destroyed before its children ended"));
}

task<> measure_link(runtime& rt, duration& handshake, duration& transfer) {
  const endpoint far{"far", 80, ""};
  auto listening = rt.listen(far);
  const instant start = rt.now();
  auto client = co_await connect(rt, far, never);
  handshake = rt.now() - start;
  auto server = co_await accept(**listening);
  const instant sent = rt.now();
  co_await send(**client, std::string(1000, 'x'));
  co_await receive(**server);
  transfer = rt.now() - sent;
}

TEST(virtual_runtime, a_link_has_latency_and_bandwidth) {
  virtual_runtime rt{virtual_options{}};
  link_model far;
  far.latency = 20ms;
  far.bytes_per_second = 100'000;
  rt.set_link("far", far);
  duration handshake{};
  duration transfer{};
  spawn(rt, "measure", measure_link(rt, handshake, transfer));
  EXPECT_EQ(rt.run(), run_end::finished);
  EXPECT_EQ(handshake, 40ms);
  EXPECT_EQ(transfer, 30ms);
}

}  // namespace
}  // namespace epicenter::runtime
