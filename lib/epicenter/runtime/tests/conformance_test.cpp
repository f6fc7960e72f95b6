#include "lib/epicenter/runtime/tests/conformance.hpp"

#include <unistd.h>

#include <numeric>

namespace epicenter::runtime {
namespace {

INSTANTIATE_TEST_SUITE_P(both_worlds, conformance, testing::Values(world_kind::simulated, world_kind::real),
                         [](const auto& which) {
                           return std::string(which.param == world_kind::real ? "real" : "simulated");
                         });

// ---- connecting

CONFORMANCE(connecting_where_nobody_listens_is_refused) {
  auto listening = rt.listen(any_loopback_port());
  const endpoint gone = (*listening)->local_endpoint();
  (*listening)->close();
  const auto refused = co_await connect(rt, gone, rt.now() + 5s);
  EXPECT_EQ(code_of(refused), errc::refused);
}

CONFORMANCE(an_unknown_name_is_not_found) {
  endpoint nowhere;
  nowhere.host = "no-such-host.invalid";
  nowhere.port = 80;
  const auto lost = co_await connect(rt, nowhere, rt.now() + 20s);
  EXPECT_EQ(code_of(lost), errc::name_not_found);
}

CONFORMANCE(an_address_is_listened_at_once) {
  auto first = rt.listen(any_loopback_port());
  auto second = rt.listen((*first)->local_endpoint());
  EXPECT_EQ(code_of(second), errc::address_in_use);
  (*first)->close();
  auto third = rt.listen((*first)->local_endpoint());
  EXPECT_TRUE(third.has_value());
  co_return;
}

CONFORMANCE(a_name_of_this_host_connects) {
  auto listening = rt.listen(any_loopback_port());
  endpoint by_name = (*listening)->local_endpoint();
  EXPECT_NE(by_name.port, 0);
  by_name.host = "localhost";
  const auto connected = co_await connect(rt, by_name, rt.now() + 5s);
  EXPECT_TRUE(connected.has_value());
}

CONFORMANCE(a_closing_listener_resets_its_backlog) {
  auto listening = rt.listen(any_loopback_port());
  auto client = co_await connect(rt, (*listening)->local_endpoint(), rt.now() + 5s);
  (*listening)->close();
  const auto got = co_await receive(**client);
  EXPECT_EQ(code_of(got), errc::reset);
}

static task<> close_soon(runtime& rt, listener& which) {
  co_await sleep_for(rt, 10ms);
  which.close();
}

CONFORMANCE(closing_a_listener_ends_its_accept) {
  auto listening = rt.listen(any_loopback_port());
  task_group group(rt);
  group.spawn("closer", close_soon(rt, **listening));
  const auto waiting = co_await accept(**listening);
  EXPECT_EQ(code_of(waiting), errc::closed);
  const auto later = co_await accept(**listening);
  EXPECT_EQ(code_of(later), errc::closed);
  co_await group.join();
}

CONFORMANCE(unix_sockets_connect_by_path) {
  endpoint where;
  where.path = "/tmp/epicenter-conformance-" + std::to_string(::getpid()) + ".sock";
  {
    auto pair = co_await connect_at(rt, where);
    EXPECT_EQ(pair.client->remote_endpoint().path, where.path);
    auto sending = send(*pair.client, "hello");
    co_await std::move(sending);
    const auto got = co_await receive(*pair.server);
    EXPECT_EQ(got.value_or("nothing"), "hello");
    auto second = rt.listen(where);
    EXPECT_EQ(code_of(second), errc::address_in_use);
  }
  const auto refused = co_await connect(rt, where, rt.now() + 5s);
  EXPECT_EQ(code_of(refused), errc::refused);
}

// ---- bytes and ends

CONFORMANCE(bytes_arrive_both_ways) {
  auto pair = co_await connect_pair(rt);
  EXPECT_EQ(pair.client->remote_endpoint(), pair.listener->local_endpoint());
  EXPECT_EQ(pair.server->remote_endpoint(), pair.client->local_endpoint());
  co_await send(*pair.client, "question");
  const auto question = co_await receive(*pair.server);
  co_await send(*pair.server, "answer");
  const auto answer = co_await receive(*pair.client);
  EXPECT_EQ(question.value_or(""), "question");
  EXPECT_EQ(answer.value_or(""), "answer");
}

static std::string pattern(std::size_t length) {
  std::string text(length, '\0');
  random_stream random(7);
  for (std::size_t i = 0; i < length; i += 64) text[i] = static_cast<char>(random.next());
  return text;
}

static task<> send_then_finish(runtime&, stream& to, const std::string& text, bool& finished) {
  const auto sent = co_await send(to, text);
  EXPECT_TRUE(sent.has_value());
  finished = true;
  to.shutdown_write();
}

CONFORMANCE(a_writer_waits_for_a_slow_reader) {
  auto pair = co_await connect_pair(rt);
  const std::string text = pattern(std::size_t{32} << 20);
  bool finished = false;
  task_group group(rt);
  group.spawn("writer", send_then_finish(rt, *pair.client, text, finished));
  co_await sleep_for(rt, 50ms);
  EXPECT_FALSE(finished);
  std::string got;
  std::string part(256 * 1024, '\0');
  for (;;) {
    const auto count = co_await read_some(*pair.server, boost::asio::buffer(part));
    if (!count) {
      EXPECT_EQ(code_of(count), errc::end_of_stream);
      break;
    }
    got.append(part, 0, *count);
  }
  co_await group.join();
  EXPECT_TRUE(finished);
  EXPECT_TRUE(got == text) << got.size() << " of " << text.size() << " bytes";
}

CONFORMANCE(after_a_half_close_the_other_way_goes_on) {
  auto pair = co_await connect_pair(rt);
  co_await send(*pair.client, "all of it");
  pair.client->shutdown_write();
  const auto request = co_await receive_all(*pair.server);
  EXPECT_EQ(request.value_or("failed"), "all of it");
  co_await send(*pair.server, "answer");
  const auto answer = co_await receive(*pair.client);
  EXPECT_EQ(answer.value_or("failed"), "answer");
  const auto refused = co_await send(*pair.client, "too late");
  EXPECT_EQ(code_of(refused), errc::closed);
}

CONFORMANCE(a_closed_stream_fails_its_own_operations_and_ends_the_peers) {
  auto pair = co_await connect_pair(rt);
  pair.client->close();
  pair.client->close();
  EXPECT_EQ(code_of(co_await receive(*pair.client)), errc::closed);
  EXPECT_EQ(code_of(co_await send(*pair.client, "x")), errc::closed);
  EXPECT_EQ(code_of(co_await receive(*pair.server)), errc::end_of_stream);
}

CONFORMANCE(writing_to_a_closed_peer_fails_in_the_end) {
  auto pair = co_await connect_pair(rt);
  pair.server->close();
  co_await sleep_for(rt, 10ms);
  const auto first = co_await send(*pair.client, "x");
  EXPECT_TRUE(first.has_value());  // the kernel cannot know yet
  co_await sleep_for(rt, 10ms);
  const auto second = co_await send(*pair.client, "y");
  EXPECT_EQ(code_of(second), errc::reset);
}

static task<> close_stream_soon(runtime& rt, stream& which) {
  co_await sleep_for(rt, 10ms);
  which.close();
}

CONFORMANCE(closing_ends_an_outstanding_read) {
  auto pair = co_await connect_pair(rt);
  task_group group(rt);
  group.spawn("closer", close_stream_soon(rt, *pair.client));
  const auto got = co_await receive(*pair.client);
  EXPECT_EQ(code_of(got), errc::closed);
  co_await group.join();
}

static task<> reset_soon(runtime& rt, stream& which) {
  co_await sleep_for(rt, 10ms);
  which.reset();
}

CONFORMANCE(a_reset_fails_the_peers_read) {
  for (const bool by_client : {true, false}) {
    auto pair = co_await connect_pair(rt);
    stream& from = by_client ? *pair.client : *pair.server;
    stream& to = by_client ? *pair.server : *pair.client;
    task_group group(rt);
    group.spawn("resetter", reset_soon(rt, from));
    const auto got = co_await receive(to);
    EXPECT_EQ(code_of(got), errc::reset);
    const auto sent = co_await send(to, "x");
    EXPECT_EQ(code_of(sent), errc::reset);
    EXPECT_EQ(code_of(co_await receive(from)), errc::closed);
    co_await group.join();
  }
}

CONFORMANCE(a_reset_fails_the_peers_waiting_write) {
  auto pair = co_await connect_pair(rt);
  const std::string text = pattern(std::size_t{32} << 20);
  task_group group(rt);
  group.spawn("resetter", reset_soon(rt, *pair.server));
  const auto sent = co_await send(*pair.client, text);
  EXPECT_EQ(code_of(sent), errc::reset);
  co_await group.join();
}

CONFORMANCE(bytes_that_arrived_before_a_reset_can_be_read) {
  auto pair = co_await connect_pair(rt);
  co_await send(*pair.client, "last words");
  pair.client->reset();
  co_await sleep_for(rt, 10ms);
  EXPECT_EQ((co_await receive(*pair.server)).value_or("nothing"), "last words");
  EXPECT_EQ(code_of(co_await receive(*pair.server)), errc::reset);
}

CONFORMANCE(closing_with_unread_bytes_resets) {
  auto pair = co_await connect_pair(rt);
  co_await send(*pair.client, "unread");
  co_await sleep_for(rt, 10ms);
  pair.server->close();
  EXPECT_EQ(code_of(co_await receive(*pair.client)), errc::reset);
}

CONFORMANCE(a_stream_is_quiet_until_something_arrives) {
  auto bytes = co_await connect_pair(rt);
  auto ended = co_await connect_pair(rt);
  auto broken = co_await connect_pair(rt);
  auto closed = co_await connect_pair(rt);
  EXPECT_TRUE(bytes.client->is_quiet());
  EXPECT_TRUE(ended.client->is_quiet());
  EXPECT_TRUE(broken.client->is_quiet());
  EXPECT_TRUE(closed.client->is_quiet());
  co_await send(*bytes.server, "x");
  ended.server->close();
  broken.server->reset();
  closed.client->close();
  co_await sleep_for(rt, 10ms);
  EXPECT_FALSE(bytes.client->is_quiet());
  EXPECT_FALSE(ended.client->is_quiet());
  EXPECT_FALSE(broken.client->is_quiet());
  EXPECT_FALSE(closed.client->is_quiet());
  EXPECT_EQ((co_await receive(*bytes.client)).value_or("nothing"), "x");
  EXPECT_TRUE(bytes.client->is_quiet());
}

// ---- relay

static task<> relay_between(runtime& rt, stream& a, stream& b, result<relayed>& moved) {
  auto running = relay(rt, a, b, 1000);
  auto got = co_await std::move(running);
  moved = got;
}

CONFORMANCE(a_relay_passes_bytes_and_half_closes) {
  auto left = co_await connect_pair(rt);
  auto right = co_await connect_pair(rt);
  result<relayed> moved;
  task_group group(rt);
  group.spawn("relay", relay_between(rt, *left.server, *right.client, moved));
  const std::string text = pattern(5000);
  co_await send(*left.client, text);
  left.client->shutdown_write();
  const auto request = co_await receive_all(*right.server);
  EXPECT_TRUE(request.value_or("") == text);
  co_await send(*right.server, "answer");
  right.server->shutdown_write();
  const auto answer = co_await receive_all(*left.client);
  EXPECT_EQ(answer.value_or(""), "answer");
  co_await group.join();
  EXPECT_EQ(moved.value_or(relayed{}).forward, 5000U);
  EXPECT_EQ(moved.value_or(relayed{}).backward, 6U);
}

CONFORMANCE(a_relay_passes_a_reset) {
  auto left = co_await connect_pair(rt);
  auto right = co_await connect_pair(rt);
  result<relayed> moved;
  task_group group(rt);
  group.spawn("relay", relay_between(rt, *left.server, *right.client, moved));
  right.server->reset();
  const auto got = co_await receive(*left.client);
  EXPECT_EQ(code_of(got), errc::reset);
  co_await group.join();
}

}  // namespace
}  // namespace epicenter::runtime
