// Several runtimes at once.
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <epicenter/runtime/real/runtime_team.hpp>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

task<> note_thread(std::thread::id* where, instant* when, runtime& rt) {
  co_await sleep_for(rt, 1ms);
  *where = std::this_thread::get_id();
  *when = rt.now();
}

TEST(runtime_team, runs_each_runtime_on_a_thread_of_its_own_and_on_one_clock) {
  runtime_team team(3);
  std::vector<std::thread::id> threads(3);
  std::vector<instant> times(3);
  for (std::size_t i = 0; i != 3; ++i)
    spawn(team.at(i), "note", note_thread(&threads[i], &times[i], team.at(i)));
  const instant begun = team.at(0).now();
  team.run();
  EXPECT_EQ(threads[0], std::this_thread::get_id());
  EXPECT_EQ(std::set<std::thread::id>(threads.begin(), threads.end()).size(), 3U);
  const instant ended = team.at(2).now();
  for (const instant one : times) {
    EXPECT_GT(one, begun);
    EXPECT_LE(one, ended);
  }
  EXPECT_EQ(team.at(0).wall() - team.at(1).wall() < 1s, true);
  EXPECT_NE(team.at(0).seed(), team.at(1).seed());
}

task<> wait_for_ever(runtime& rt) {
  (void)co_await sleep_until(rt, never);
}
task<> throw_soon(runtime& rt) {
  co_await sleep_for(rt, 2ms);
  throw std::logic_error("planted defect");
}

TEST(runtime_team, a_failure_in_one_stops_all_and_is_rethrown) {
  runtime_team team(2);
  spawn(team.at(0), "waits", wait_for_ever(team.at(0)));
  spawn(team.at(1), "throws", throw_soon(team.at(1)));
  EXPECT_THROW(team.run(), std::logic_error);
}

TEST(runtime_team, is_stopped_from_any_thread) {
  runtime_team team(2);
  for (std::size_t i = 0; i != 2; ++i) spawn(team.at(i), "waits", wait_for_ever(team.at(i)));
  team.at(1).post([&team] { team.stop(); });
  team.run();
  EXPECT_EQ(team.at(0).live_tasks().at("waits"), 1);
}

// Counts what it accepts and keeps it; after all have come, closes.
struct counting {
  std::atomic<int> all{0};
  std::vector<int> each;
};
task<> accept_all(runtime& rt, std::shared_ptr<listener> from, counting& count, std::size_t number,
                  int total) {
  std::vector<stream_ptr> kept;
  for (;;) {
    auto accepting = with_timeout(rt, rt.now() + 10ms, accept(*from));
    auto one = co_await std::move(accepting);
    if (one) {
      kept.push_back(std::move(*one));
      ++count.each[number];
      ++count.all;
    }
    if (count.all == total) break;
  }
  from->close();
  const auto after = co_await accept(*from);
  EXPECT_EQ(after.error().code(), make_error_code(errc::closed));
}
task<> connect_many(runtime& rt, endpoint to, int total) {
  std::vector<stream_ptr> kept;
  for (int i = 0; i != total; ++i) {
    const instant limit = rt.now() + 5s;
    auto one = co_await connect(rt, to, limit);
    EXPECT_TRUE(one.has_value());
    if (one) kept.push_back(std::move(*one));
  }
  // Whoever accepts closes only when all have come.
  for (const auto& one : kept) {
    std::array<char, 1> byte{};
    (void)co_await read_some(*one, boost::asio::buffer(byte));
  }
}

void share_out(const endpoint& where) {
  constexpr int total = 40;
  runtime_team team(4);
  auto listeners = team.listen(where);
  ASSERT_TRUE(listeners.has_value()) << listeners.error().message();
  ASSERT_EQ(listeners->size(), 4U);
  const endpoint at = listeners->front()->local_endpoint();
  runtime_team second(2);
  // Of a Unix socket a second one asks whether anybody is there, which is a connection.
  result<std::vector<listener_ptr>> taken = fail(errc::address_in_use);
  if (!at.is_unix()) taken = second.listen(at);
  EXPECT_TRUE(!taken && taken.error().code() == make_error_code(errc::address_in_use));
  counting count;
  count.each.resize(4);
  for (std::size_t i = 0; i != 4; ++i) {
    std::shared_ptr<listener> one(std::move((*listeners)[i]));
    spawn(team.at(i), "accept", accept_all(team.at(i), std::move(one), count, i, total));
  }
  spawn(team.at(1), "connect", connect_many(team.at(1), at, total));
  team.run();
  EXPECT_EQ(count.each, std::vector<int>(4, total / 4));
  EXPECT_TRUE(second.listen(at).has_value()) << "the endpoint is free again";
}

TEST(runtime_team, connections_are_shared_out_evenly) {
  share_out({"127.0.0.1", 0, ""});
  share_out({"::1", 0, ""});
}

TEST(runtime_team, connections_to_a_unix_socket_are_shared_out_too) {
  const std::string path = "/tmp/epicenter-team-" + std::to_string(::getpid()) + ".sock";
  share_out({"", 0, path});
}

TEST(runtime_team, gives_back_what_waits_for_connections_when_it_is_stopped) {
  runtime_team team(2);
  auto listeners = team.listen({"127.0.0.1", 0, ""});
  ASSERT_TRUE(listeners.has_value());
  counting count;
  count.each.resize(2);
  for (std::size_t i = 0; i != 2; ++i) {
    std::shared_ptr<listener> one(std::move((*listeners)[i]));
    spawn(team.at(i), "accept", accept_all(team.at(i), std::move(one), count, i, 1));
  }
  team.at(0).post([&team] { team.stop(); });
  team.run();
  EXPECT_EQ(count.all, 0);
}

}  // namespace
}  // namespace epicenter::runtime
