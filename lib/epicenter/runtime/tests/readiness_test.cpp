// What only a loop that is told of each change once can get wrong.
#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

using body = task<> (*)(real_runtime&);
void run(body test, std::uint64_t seed = 1) {
  real_runtime rt{real_options{seed, 1}};
  spawn(rt, "test", test(rt));
  rt.run();
}

struct received {
  std::string bytes;
  std::error_code end;
};

task<> read_all(stream& from, std::size_t at_once, received& into) {
  std::string part(at_once, '\0');
  for (;;) {
    const auto got = co_await read_some(from, boost::asio::buffer(part));
    if (!got) {
      into.end = got.error().code();
      co_return;
    }
    into.bytes.append(part, 0, *got);
  }
}

task<> bytes_and_end_at_once(real_runtime& rt) {
  auto pair = co_await connect_pair(rt);
  received got;
  task_group group(rt);
  group.spawn("reader", read_all(*pair.server, 4096, got));
  co_await sleep_for(rt, 5ms);  // the reader waits, and is told of both by one event
  co_await send(*pair.client, "last words");
  pair.client->shutdown_write();
  co_await group.join();
  EXPECT_EQ(got.bytes, "last words");
  EXPECT_EQ(got.end, errc::end_of_stream);
}

TEST(readiness, the_end_that_came_with_the_last_bytes_is_read_too) {
  run(bytes_and_end_at_once);
}

task<> bytes_and_reset_at_once(real_runtime& rt) {
  auto pair = co_await connect_pair(rt);
  received got;
  task_group group(rt);
  group.spawn("reader", read_all(*pair.server, 4096, got));
  co_await sleep_for(rt, 5ms);
  co_await send(*pair.client, "last words");
  pair.client->reset();
  co_await group.join();
  EXPECT_EQ(got.end, errc::reset);
}

TEST(readiness, a_reset_that_came_with_the_last_bytes_is_told) {
  run(bytes_and_reset_at_once);
}

task<> write_in_pieces(runtime& rt, stream& to, std::string_view text, std::uint64_t seed) {
  random_stream random(seed);
  while (!text.empty()) {
    const std::size_t count = std::min<std::size_t>(1 + random.below(700), text.size());
    co_await send(to, text.substr(0, count));
    text.remove_prefix(count);
    const duration pause = random.between(0us, 20us);
    if (random.below(4) == 0) co_await sleep_for(rt, pause);
  }
  to.shutdown_write();
}

// Buffers that are filled to the last byte, and ones that are not: after the one there may be more.
task<> pieces_of_all_sizes(real_runtime& rt) {
  random_stream random = rt.random("sizes");
  std::string text(64 * 1024, '\0');
  for (char& one : text) one = static_cast<char>(random.next());
  for (int round = 0; round != 8; ++round) {
    auto pair = co_await connect_pair(rt);
    received got;
    task_group group(rt);
    group.spawn("reader", read_all(*pair.server, 1 + random.below(900), got));
    group.spawn("writer", write_in_pieces(rt, *pair.client, text, random.next()));
    co_await group.join();
    EXPECT_EQ(got.end, errc::end_of_stream);
    EXPECT_TRUE(got.bytes == text) << got.bytes.size() << " bytes";
  }
}

TEST(readiness, no_byte_is_waited_for_that_is_there) {
  for (std::uint64_t seed = 1; seed != 4; ++seed) {
    SCOPED_TRACE(seed);
    run(pieces_of_all_sizes, seed);
  }
}

struct reader_result {
  std::error_code end;
  bool done = false;
};

task<> read_then_close(stream& from, stream_ptr& other, reader_result& into) {
  const auto got = co_await receive(from);
  into.end = code_of(got);
  into.done = true;
  other.reset();
}

// Both have bytes to read in one round of events, and the first to be told destroys the second.
task<> first_destroys_second(real_runtime& rt) {
  auto first = co_await connect_pair(rt);
  auto second = co_await connect_pair(rt);
  reader_result a, b;
  task_group group(rt);
  group.spawn("first", read_then_close(*first.server, second.server, a));
  group.spawn("second", read_then_close(*second.server, first.server, b));
  co_await sleep_for(rt, 5ms);
  const boost::asio::const_buffer byte("x", 1);
  EXPECT_EQ(first.client->try_write({&byte, 1}), 1);
  EXPECT_EQ(second.client->try_write({&byte, 1}), 1);
  co_await group.join();
  EXPECT_TRUE(a.done && b.done);
  const bool one_was_cut_short = (a.end == errc::closed) != (b.end == errc::closed);
  EXPECT_TRUE(one_was_cut_short) << a.end << ' ' << b.end;
}

TEST(readiness, what_a_call_destroys_is_not_called_any_more) {
  run(first_destroys_second);
}

task<> write_for_ever(stream& to) {
  const std::string much(1 << 20, 'x');
  while (co_await send(to, much)) {
  }
}

task<> hold_both_directions(real_runtime& rt) {
  auto pair = co_await connect_pair(rt);
  received never;
  task_group group(rt);
  group.spawn("reader", read_all(*pair.client, 4096, never));
  group.spawn("writer", write_for_ever(*pair.client));
  co_await sleep_for(rt, 20ms);
  rt.stop();
  co_await group.join();
}

TEST(readiness, a_loop_that_ends_gives_back_what_waits_on_either_direction) {
  real_runtime rt{real_options{1, 1}};
  spawn(rt, "test", hold_both_directions(rt));
  rt.run();
  EXPECT_EQ(rt.live_tasks().at("reader"), 1);
  EXPECT_EQ(rt.live_tasks().at("writer"), 1);
}

}  // namespace
}  // namespace epicenter::runtime
