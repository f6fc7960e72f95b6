// The unseen relay on the kernel's sockets: bytes, ends, resets, and being interrupted.
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

/// A relay between `near` (of which the test holds the client) and `far` (of which it holds the server).
struct bench {
  connected_pair near, far;
  relay_counters counters;
  event over;
  unseen_relay_ptr relaying;

  bench(runtime& rt, connected_pair a, connected_pair b) : near(std::move(a)), far(std::move(b)), over(rt) {}
  void start(runtime& rt) {
    relaying = rt.relay_unseen(*near.server, *far.client, counters, [this] { over.notify_all(); });
    ASSERT_NE(relaying, nullptr);
  }
};
task<std::unique_ptr<bench>> make_bench(runtime& rt) {
  auto a = co_await connect_pair(rt);
  auto b = co_await connect_pair(rt);
  co_return std::make_unique<bench>(rt, std::move(a), std::move(b));
}

std::string noise(random_stream& random, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (auto& c : text) c = static_cast<char>(random.below(256));
  return text;
}
/// In writes of random sizes, some of them small, with pauses now and then; then the end.
task<> write_in_parts(runtime& rt, stream& to, const std::string& text, random_stream random) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto most = random.below(3) == 0 ? std::uint64_t{300'000} : std::uint64_t{5'000};
    const auto part = std::min<std::size_t>(text.size() - at, 1 + random.below(most));
    auto writing = write_all(to, boost::asio::const_buffer(text.data() + at, part));
    const auto written = co_await std::move(writing);
    EXPECT_TRUE(written);
    if (!written) co_return;
    at += part;
    if (random.below(20) == 0)
      (void)co_await sleep_for(rt, duration(std::chrono::microseconds(random.below(2000))));
  }
  to.shutdown_write();
}
task<> expect_text(runtime& rt, stream& from, const std::string& text, random_stream random) {
  std::string got, chunk(100'000, '\0');
  for (;;) {
    auto reading = read_some(from, boost::asio::buffer(chunk));
    const auto some = co_await std::move(reading);
    if (!some) {
      EXPECT_EQ(some.error().code(), make_error_code(errc::end_of_stream));
      break;
    }
    got.append(chunk, 0, *some);
    if (random.below(30) == 0)
      (void)co_await sleep_for(rt, duration(std::chrono::microseconds(random.below(2000))));
  }
  EXPECT_EQ(got.size(), text.size());
  EXPECT_TRUE(got == text) << "first difference at "
                           << std::mismatch(got.begin(), got.end(), text.begin(), text.end()).first -
                                  got.begin();
}

struct texts {
  std::string forward, backward;
};
std::vector<task<>> both_ways(runtime& rt, bench& b, const texts& t, std::uint64_t seed) {
  const auto random = [&](const char* name) { return random_stream(derive_seed(seed, name)); };
  std::vector<task<>> all;
  all.push_back(write_in_parts(rt, *b.near.client, t.forward, random("a")));
  all.push_back(write_in_parts(rt, *b.far.server, t.backward, random("b")));
  all.push_back(expect_text(rt, *b.far.server, t.forward, random("c")));
  all.push_back(expect_text(rt, *b.near.client, t.backward, random("d")));
  return all;
}

void in_real_time(task<> (*body)(runtime&, std::uint64_t), std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  real_runtime rt{real_options{1, 2}};
  spawn(rt, "test", body(rt, seed));
  rt.run();
}

task<> whole_body(runtime& rt, std::uint64_t seed) {
  random_stream random(seed);
  const auto b = co_await make_bench(rt);
  const auto sizes = [&] {
    return static_cast<std::size_t>(random.below(random.below(4) == 0 ? 10'000'000 : 300'000));
  };
  texts t;
  t.forward = noise(random, sizes());
  t.backward = noise(random, sizes());
  b->start(rt);
  auto all = both_ways(rt, *b, t, seed);
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  while (!b->relaying->done()) (void)co_await b->over.wait(rt.now() + 5s);
  const auto& end = b->relaying->outcome();
  EXPECT_EQ(end.reason, unseen_outcome::why::ended);
  EXPECT_TRUE(end.a_ended && end.b_ended && end.fin_to_a && end.fin_to_b);
  EXPECT_EQ(b->counters.forward_read, t.forward.size());
  EXPECT_EQ(b->counters.forward_written, t.forward.size());
  EXPECT_EQ(b->counters.backward_read, t.backward.size());
  EXPECT_EQ(b->counters.backward_written, t.backward.size());
}
TEST(unseen_relay, passes_every_byte_and_both_ends_on) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) in_real_time(whole_body, seed);
}

task<> interrupting(runtime& rt, bench& b, random_stream random, int& times) {
  for (;;) {
    (void)co_await sleep_for(rt, duration(std::chrono::microseconds(random.below(4000))));
    if (b.relaying->done()) co_return;
    b.relaying->interrupt();
    EXPECT_TRUE(b.relaying->done());
    ++times;
    auto& rest = b.relaying->outcome();
    EXPECT_EQ(rest.reason, unseen_outcome::why::interrupted);
    // What it holds goes on by hand, and so does a little more; then the kernel takes over again.
    std::vector<task<result<>>> sending;
    sending.push_back(write_all(*b.far.client, boost::asio::buffer(rest.forward_rest)));
    sending.push_back(write_all(*b.near.server, boost::asio::buffer(rest.backward_rest)));
    auto both = when_all(rt, std::move(sending));
    const auto sent = co_await std::move(both);
    EXPECT_TRUE(rest.fin_to_b || sent[0].has_value());
    EXPECT_TRUE(rest.fin_to_a || sent[1].has_value());
    if (!rest.a_ended) {
      std::string some(10'000, '\0');
      auto reading = with_timeout(rt, rt.now() + 1ms, read_some(*b.near.server, boost::asio::buffer(some)));
      const auto got = co_await std::move(reading);
      if (got) {
        auto passing = write_all(*b.far.client, boost::asio::const_buffer(some.data(), *got));
        const auto passed = co_await std::move(passing);
        EXPECT_TRUE(passed);
      }
    }
    b.start(rt);
  }
}
task<> interrupted_body(runtime& rt, std::uint64_t seed) {
  random_stream random(seed);
  const auto b = co_await make_bench(rt);
  texts t;
  t.forward = noise(random, 3'000'000 + static_cast<std::size_t>(random.below(3'000'000)));
  t.backward = noise(random, 3'000'000 + static_cast<std::size_t>(random.below(3'000'000)));
  b->start(rt);
  int times = 0;
  auto all = both_ways(rt, *b, t, seed);
  all.push_back(interrupting(rt, *b, random_stream(derive_seed(seed, "interrupt")), times));
  auto running = when_all(rt, std::move(all));
  co_await std::move(running);
  EXPECT_GT(times, 3);
}
TEST(unseen_relay, an_interruption_loses_and_repeats_no_byte) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) in_real_time(interrupted_body, seed);
}

task<> half_close_body(runtime& rt, std::uint64_t) {
  const auto b = co_await make_bench(rt);
  b->start(rt);
  (void)co_await send(*b->near.client, "question");
  b->near.client->shutdown_write();
  const auto question = co_await receive_all(*b->far.server);
  EXPECT_TRUE(question && *question == "question");
  (void)co_await sleep_for(rt, 5ms);
  EXPECT_FALSE(b->relaying->done());
  (void)co_await send(*b->far.server, "answer");
  b->far.server->shutdown_write();
  const auto answer = co_await receive_all(*b->near.client);
  EXPECT_TRUE(answer && *answer == "answer");
}
TEST(unseen_relay, a_side_that_has_ended_still_hears) {
  in_real_time(half_close_body, 1);
}

task<> reset_body(runtime& rt, std::uint64_t) {
  for (const bool from_client : {true, false}) {
    const auto b = co_await make_bench(rt);
    b->start(rt);
    (void)co_await send(*b->near.client, "x");
    const auto heard = co_await receive(*b->far.server);
    EXPECT_TRUE(heard);
    (from_client ? b->near.client : b->far.server)->reset();
    while (!b->relaying->done()) (void)co_await b->over.wait(rt.now() + 5s);
    EXPECT_EQ(b->relaying->outcome().reason, unseen_outcome::why::broken);
  }
}
TEST(unseen_relay, a_reset_breaks_it) {
  in_real_time(reset_body, 1);
}

task<> blocked_body(runtime& rt, std::uint64_t seed) {
  random_stream random(seed);
  const auto b = co_await make_bench(rt);
  b->start(rt);
  // Nobody reads: sockets and pipe fill up, and what the pipe holds comes out of it.
  const std::string part = noise(random, 999'983);
  std::string text;
  while (text.size() < 80'000'000) text += part;
  auto writing = write_all(*b->near.client, boost::asio::buffer(text));
  auto limited = with_timeout(rt, rt.now() + 500ms, std::move(writing));
  const auto written = co_await std::move(limited);
  EXPECT_FALSE(written) << "what is not read is not taken for ever";
  b->relaying->interrupt();
  auto& rest = b->relaying->outcome();
  EXPECT_GT(rest.forward_rest.size(), 0U);
  EXPECT_LE(rest.forward_rest.size(), 1024U * 1024U);
  EXPECT_EQ(b->counters.forward_read, b->counters.forward_written + rest.forward_rest.size());
  const auto there = static_cast<std::size_t>(b->counters.forward_written.load());
  std::string got;
  while (got.size() < there) {
    auto some = co_await receive(*b->far.server);
    EXPECT_TRUE(some);
    if (!some) co_return;
    got += *some;
  }
  EXPECT_TRUE(got == text.substr(0, there));
  EXPECT_TRUE(rest.forward_rest == text.substr(there, rest.forward_rest.size()));
}
TEST(unseen_relay, what_it_holds_is_bounded_and_given_back) {
  in_real_time(blocked_body, 7);
}

}  // namespace
}  // namespace epicenter::runtime
