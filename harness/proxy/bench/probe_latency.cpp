// The time from sending a request to the arrival of its answer's last byte. Arrivals are stamped by the
// kernel, so that what else this program has to do is not counted.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

#include "harness/proxy/bench/probe.hpp"

namespace epicenter::proxy::probe {

namespace {

struct connection {
  int descriptor = -1;
  std::int64_t sent_at = 0;  // 0: nothing is under way
  bool warm = false;         // its first exchange includes the dialling of the upstream and does not count
  std::string received;
};

struct arrival {
  ssize_t size = 0;
  std::int64_t at = 0;
  bool stamped = false;
};

arrival receive(int descriptor, char* into, std::size_t room) {
  iovec part{into, room};
  alignas(cmsghdr) std::array<char, 128> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  arrival got;
  got.size = recvmsg(descriptor, &message, 0);
  got.at = wall_ns();
  if (got.size <= 0) return got;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec t{};
    std::memcpy(&t, CMSG_DATA(c), sizeof t);
    if (t.tv_sec == 0) continue;
    got.at = t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
    got.stamped = true;
  }
  return got;
}

class measurement {
 public:
  explicit measurement(const options& given)
      : request_(request_for(given.text("--to"), given.text("--path"))),
        closed_loop_(given.number("--every-us", 0) == 0),
        epoll_(epoll_create1(0)) {
    const auto peer = address_of(given.text("--to"));
    connections_.resize(static_cast<std::size_t>(given.number("--connections", 1)));
    for (std::uint32_t i = 0; i < connections_.size(); ++i) {
      auto& c = connections_[i];
      c.descriptor = connect_to(peer);
      const int on = 1;
      setsockopt(c.descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
      watch(epoll_, c.descriptor, i);
    }
    if (!closed_loop_)
      tick_every(given.number("--every-us", 0) * 1000 / static_cast<std::int64_t>(connections_.size()));
  }

  /// Each connection sends every `--every-us`, the connections one after another in equal steps; or, without
  /// pace, as soon as it has its answer.
  void run(std::int64_t until) {
    if (closed_loop_) {
      for (auto& c : connections_) send(c);
    }
    std::array<epoll_event, 256> events{};
    while (now_ns() < until) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        const auto index = events[static_cast<std::size_t>(i)].data.u32;
        if (index == connections_.size()) {
          tick();
        } else {
          read(connections_[index]);
        }
      }
    }
  }

  void print(std::int64_t least) {
    if (took_.empty()) die("no request was answered");
    std::sort(took_.begin(), took_.end());
    const auto at = [&](double share) {
      return static_cast<double>(
                 took_[static_cast<std::size_t>(share * static_cast<double>(took_.size() - 1))]) /
             1e3;
    };
    const auto early = std::lower_bound(took_.begin(), took_.end(), least) - took_.begin();
    std::printf(
        "{\"requests\":%zu,\"min_us\":%.1f,\"median_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"early\":%td,"
        "\"late_sends\":%zu,\"stamped_by_kernel\":%s}\n",
        took_.size(), at(0), at(0.5), at(0.99), at(1), early, late_sends_, all_stamped_ ? "true" : "false");
  }

 private:
  void tick_every(std::int64_t ns) {
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    itimerspec pace{};
    pace.it_value.tv_nsec = pace.it_interval.tv_nsec = ns % 1'000'000'000;
    pace.it_value.tv_sec = pace.it_interval.tv_sec = ns / 1'000'000'000;
    if (timerfd_settime(timer_, 0, &pace, nullptr) != 0) die_of_errno("timerfd_settime");
    watch(epoll_, timer_, static_cast<std::uint32_t>(connections_.size()));
  }

  void tick() {
    std::uint64_t due = 0;
    if (::read(timer_, &due, sizeof due) != sizeof due) return;
    for (; due > 0; --due) {
      auto& c = connections_[next_++ % connections_.size()];
      if (c.sent_at == 0) {
        send(c);
      } else {
        ++late_sends_;
      }
    }
  }

  void send(connection& c) {
    c.sent_at = wall_ns();
    send_request(c.descriptor, request_);
  }

  void read(connection& c) {
    std::array<char, 65536> buffer;
    const auto got = receive(c.descriptor, buffer.data(), buffer.size());
    if (got.size < 0 && errno == EAGAIN) return;
    if (got.size <= 0) die("the proxy closed a connection");
    c.received.append(buffer.data(), static_cast<std::size_t>(got.size));
    const auto length = length_of_answer(c.received);
    if (length == 0 || c.received.size() < length) return;
    if (c.received.size() > length) die("more bytes came than were asked for");
    all_stamped_ = all_stamped_ && got.stamped;
    if (c.warm) took_.push_back(got.at - c.sent_at);
    c.warm = true;
    c.received.clear();
    c.sent_at = 0;
    if (closed_loop_) send(c);
  }

  std::string request_;
  bool closed_loop_;
  int epoll_;
  int timer_ = -1;
  std::vector<connection> connections_;
  std::size_t next_ = 0;
  std::vector<std::int64_t> took_;
  std::size_t late_sends_ = 0;
  bool all_stamped_ = true;
};

}  // namespace

int measure_latency(const options& given) {
  measurement all(given);
  all.run(now_ns() + given.number("--seconds", 10) * 1'000'000'000);
  all.print(given.number("--least-us", 0) * 1000);
  return 0;
}

}  // namespace epicenter::proxy::probe
