// How fast large answers come. Bodies are dropped in the kernel, so that this program costs as little as it
// can and the proxy is what is measured.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "harness/proxy/bench/probe.hpp"

namespace epicenter::proxy::probe {

namespace {

struct transfer {
  int descriptor = -1;
  std::int64_t left = 0;  // of this answer's body; 0: its head is awaited
  std::int64_t answers = 0;
};

std::int64_t read_head(transfer& t) {
  std::array<char, 16384> head;
  const auto seen = recv(t.descriptor, head.data(), head.size(), MSG_PEEK);
  if (seen < 0 && errno == EAGAIN) return 0;
  if (seen <= 0) die("the proxy closed a connection");
  const std::string_view beginning(head.data(), static_cast<std::size_t>(seen));
  const auto length = length_of_answer(beginning);
  if (length == 0) return 0;
  const auto head_size = beginning.find("\r\n\r\n") + 4;
  if (recv(t.descriptor, head.data(), head_size, 0) != static_cast<ssize_t>(head_size))
    die("a head was lost");
  t.left = static_cast<std::int64_t>(length - head_size);
  return static_cast<std::int64_t>(head_size);
}

std::int64_t drop_body(transfer& t) {
  const auto most = static_cast<std::size_t>(std::min<std::int64_t>(t.left, 1 << 20));
  const auto got = recv(t.descriptor, nullptr, most, MSG_TRUNC);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) die("the proxy closed a connection within an answer");
  t.left -= got;
  return got;
}

}  // namespace

int measure_download(const options& given) {
  const auto request = request_for(given.text("--to"), given.text("--path"));
  const auto peer = address_of(given.text("--to"));
  const auto each = given.number("--each", 1);
  const int epoll = epoll_create1(0);
  std::vector<transfer> transfers(static_cast<std::size_t>(given.number("--connections", 1)));
  for (std::uint32_t i = 0; i < transfers.size(); ++i) {
    transfers[i].descriptor = connect_to(peer);
    watch(epoll, transfers[i].descriptor, i);
  }
  const auto began = now_ns();
  const auto until = began + given.number("--at-most-ms", 600'000) * 1'000'000;
  for (const auto& t : transfers) send_request(t.descriptor, request);

  std::int64_t bytes = 0;
  auto now = began;
  std::size_t running = transfers.size();
  std::array<epoll_event, 64> events{};
  while (running > 0 && now < until) {
    const auto wait_ms = std::min<std::int64_t>((until - now) / 1'000'000 + 1, 1000);
    const int count =
        epoll_wait(epoll, events.data(), static_cast<int>(events.size()), static_cast<int>(wait_ms));
    for (int i = 0; i < count; ++i) {
      auto& t = transfers[events[static_cast<std::size_t>(i)].data.u32];
      const auto got = t.left == 0 ? read_head(t) : drop_body(t);
      bytes += got;
      if (got == 0 || t.left != 0) continue;
      if (++t.answers < each) {
        send_request(t.descriptor, request);
      } else {
        epoll_ctl(epoll, EPOLL_CTL_DEL, t.descriptor, nullptr);
        --running;
      }
    }
    now = now_ns();
  }
  std::printf("{\"bytes\":%lld,\"ns\":%lld,\"complete\":%s}\n", static_cast<long long>(bytes),
              static_cast<long long>(now - began), running == 0 ? "true" : "false");
  return 0;
}

}  // namespace epicenter::proxy::probe
