// Connecting to a name of several addresses, by the kernel's sockets.
#include <sys/socket.h>

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <epicenter/runtime/real/address_race.hpp>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

namespace ip = boost::asio::ip;

socket_protocol::endpoint at(const std::string& address, std::uint16_t port) {
  return socket_protocol::endpoint(ip::tcp::endpoint(ip::make_address(address), port));
}

/// Accepts by the kernel alone, which is enough to be connected to.
class door {
 public:
  door(boost::asio::io_context& loop, const std::string& address, int backlog = 8) : acceptor_(loop) {
    const ip::tcp::endpoint where(ip::make_address(address), 0);
    acceptor_.open(where.protocol());
    acceptor_.bind(where);
    acceptor_.listen(backlog);
  }
  socket_protocol::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  ip::tcp::acceptor acceptor_;
};

/// Where nobody listens.
socket_protocol::endpoint closed_port(boost::asio::io_context& loop, const std::string& address) {
  return door(loop, address).endpoint();
}

struct race_end {
  int calls = 0;
  system_error_code code;
  std::string winner;
  std::chrono::steady_clock::duration took{};
};

race_end run_race(boost::asio::io_context& loop, addresses to, duration cancelled_after = 0s) {
  race_end end;
  const auto begun = std::chrono::steady_clock::now();
  const auto race = std::make_shared<address_race>(
      loop, std::move(to), [&end, begun](system_error_code code, socket_type* socket) {
        ++end.calls;
        end.code = code;
        end.took = std::chrono::steady_clock::now() - begun;
        if (socket != nullptr) end.winner = to_endpoint(socket->remote_endpoint()).to_string();
      });
  race->start();
  boost::asio::steady_timer timer(loop);
  if (cancelled_after != 0s) {
    timer.expires_after(cancelled_after);
    timer.async_wait([&race](system_error_code) { race->cancel(); });
  }
  loop.restart();
  loop.run();
  EXPECT_EQ(end.calls, 1);
  EXPECT_EQ(race.use_count(), 1) << "something still holds the race";
  return end;
}

/// An address that swallows connections: its listener's queue is full, and the kernel answers nothing.
class black_hole {
 public:
  explicit black_hole(boost::asio::io_context& loop) : door_(loop, "::1", 0) {
    for (int i = 0; i != 64 && !full_; ++i) {
      fillers_.push_back(std::make_unique<socket_type>(loop));
      socket_type& filler = *fillers_.back();
      // The last one's handler comes when it is closed.
      const auto connected = std::make_shared<bool>(false);
      filler.async_connect(door_.endpoint(), [connected](system_error_code code) { *connected = !code; });
      loop.run_for(std::chrono::milliseconds(150));
      loop.restart();
      full_ = !*connected;
    }
    system_error_code ignored;
    if (!fillers_.empty()) fillers_.back()->close(ignored);
    loop.run_for(std::chrono::milliseconds(5));
    loop.restart();
  }
  bool swallows() const { return full_; }
  socket_protocol::endpoint endpoint() const { return door_.endpoint(); }

 private:
  door door_;
  std::vector<std::unique_ptr<socket_type>> fillers_;
  bool full_ = false;
};

TEST(address_race, takes_the_first_address_that_answers) {
  boost::asio::io_context loop;
  const door six(loop, "::1");
  const door four(loop, "127.0.0.1");
  const auto end = run_race(loop, {six.endpoint(), four.endpoint()});
  EXPECT_EQ(end.winner, to_endpoint(six.endpoint()).to_string());
}

TEST(address_race, goes_on_at_once_where_an_address_refuses) {
  boost::asio::io_context loop;
  const door last(loop, "::1");
  addresses all(most_addresses - 1, closed_port(loop, "::1"));
  all.push_back(last.endpoint());
  const auto end = run_race(loop, all);
  EXPECT_EQ(end.winner, to_endpoint(last.endpoint()).to_string());
  EXPECT_LT(end.took, 8 * alone_for) << "fourteen times alone_for, where each is waited for";
}

TEST(address_race, does_not_wait_for_an_address_that_swallows_everything) {
  boost::asio::io_context loop;
  const black_hole six(loop);
  ASSERT_TRUE(six.swallows());
  const door four(loop, "127.0.0.1");
  const auto end = run_race(loop, {six.endpoint(), four.endpoint()});
  EXPECT_EQ(end.winner, to_endpoint(four.endpoint()).to_string());
  EXPECT_GE(end.took, alone_for);
  EXPECT_LT(end.took, 8 * alone_for);
}

TEST(address_race, reports_the_last_refusal_where_nobody_listens) {
  boost::asio::io_context loop;
  const auto end = run_race(loop, {closed_port(loop, "::1"), closed_port(loop, "127.0.0.1")});
  EXPECT_EQ(from_system(end.code), errc::refused);
  EXPECT_EQ(from_system(run_race(loop, {}).code), errc::name_not_found);
}

TEST(address_race, ends_every_attempt_when_it_is_cancelled) {
  boost::asio::io_context loop;
  const black_hole six(loop);
  ASSERT_TRUE(six.swallows());
  const auto end = run_race(loop, {six.endpoint(), six.endpoint(), six.endpoint()}, 400ms);
  EXPECT_EQ(from_system(end.code), errc::cancelled);
  EXPECT_LT(end.took, 3s);
}

// Families alternate for as long as both last, and neither's own order changes.
TEST(address_race, families_take_turns) {
  const auto seed = static_cast<std::uint64_t>(::testing::UnitTest::GetInstance()->random_seed());
  random_stream random(seed);
  for (int round = 0; round != 500; ++round) {
    addresses given;
    const std::size_t count = random.next() % 12;
    for (std::uint16_t port = 1; given.size() != count; ++port)
      given.push_back(at(random.next() % 3 == 0 ? "::1" : "127.0.0.1", port));
    const addresses ordered = in_turn(given);
    ASSERT_EQ(ordered.size(), given.size()) << "seed " << seed;
    std::size_t left[2]{};
    std::uint16_t last[2]{};
    const auto is_six = [](const auto& one) { return one.protocol().family() == AF_INET6 ? 1U : 0U; };
    for (const auto& one : given) ++left[is_six(one)];
    for (std::size_t i = 0; i != ordered.size(); ++i) {
      const unsigned family = is_six(ordered[i]);
      const std::uint16_t port = to_endpoint(ordered[i]).port;
      EXPECT_GT(port, last[family]) << "seed " << seed;
      last[family] = port;
      --left[family];
      EXPECT_TRUE(i != 0 || family == is_six(given.front())) << "seed " << seed;
      const bool in_turns = i == 0 || family != is_six(ordered[i - 1]) || left[1 - family] == 0;
      EXPECT_TRUE(in_turns) << "a turn was missed; seed " << seed;
    }
  }
}

}  // namespace
}  // namespace epicenter::runtime
