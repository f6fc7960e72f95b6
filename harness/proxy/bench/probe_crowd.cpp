// Many connections at once: most of them idle after one exchange, the others exchanging without a pause.
// Prints a line when all are open and another at the end, so that the caller can look at the proxy between
// the two.
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "harness/proxy/bench/probe.hpp"

namespace epicenter::proxy::probe {

namespace {

constexpr std::size_t connections_a_source = 5000;

struct member {
  int descriptor = -1;
  std::size_t received = 0;
  std::size_t expected = 0;  // of the answer under way; 0: its head is awaited
};

class crowd {
 public:
  explicit crowd(const options& given)
      : request_(request_for(given.text("--to"), given.text("--path"))),
        peer_(address_of(given.text("--to"))),
        idle_(static_cast<std::size_t>(given.number("--idle", 10'000))),
        members_(idle_ + static_cast<std::size_t>(given.number("--active", 1000))),
        epoll_(epoll_create1(0)) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  /// One exchange on each connection, a hundred connections at a time: a backlog is not what is measured.
  void open() {
    const auto until = now_ns() + 60'000'000'000;
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      members_[i].descriptor = connect_to(peer_, static_cast<unsigned>(2 + i / connections_a_source));
      watch(epoll_, members_[i].descriptor, i);
      send_request(members_[i].descriptor, request_);
      while (i + 1 - answers_ >= 100) await(until);
    }
    while (answers_ < members_.size()) await(until);
    std::printf("{\"open\":%zu}\n", members_.size());
    std::fflush(stdout);
  }

  void exchange(std::int64_t until) {
    const auto before = answers_;
    for (std::size_t i = idle_; i < members_.size(); ++i) send_request(members_[i].descriptor, request_);
    while (now_ns() < until) turn(true);
    std::printf("{\"answers\":%zu}\n", answers_ - before);
  }

 private:
  void await(std::int64_t until) {
    if (now_ns() > until) die("not every connection had an answer within a minute");
    turn(false);
  }

  void turn(bool again) {
    std::array<epoll_event, 256> events{};
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) read(members_[events[static_cast<std::size_t>(i)].data.u32], again);
  }

  void read(member& m, bool again) {
    std::array<char, 65536> buffer;
    const auto got = recv(m.descriptor, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) die("the proxy closed a connection of the crowd");
    if (m.expected == 0) m.expected = length_of_answer({buffer.data(), static_cast<std::size_t>(got)});
    if (m.expected == 0) die("a head came in parts");
    m.received += static_cast<std::size_t>(got);
    if (m.received < m.expected) return;
    m.received = m.expected = 0;
    ++answers_;
    if (again) send_request(m.descriptor, request_);
  }

  std::string request_;
  sockaddr_in peer_;
  std::size_t idle_;
  std::vector<member> members_;
  int epoll_;
  std::size_t answers_ = 0;
};

}  // namespace

int measure_crowd(const options& given) {
  crowd all(given);
  all.open();
  all.exchange(now_ns() + given.number("--seconds", 5) * 1'000'000'000);
  return 0;
}

}  // namespace epicenter::proxy::probe
