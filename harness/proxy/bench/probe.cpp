#include "harness/proxy/bench/probe.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace epicenter::proxy::probe {

namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

std::int64_t parse_number(std::string_view text, std::string_view what) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    die(std::string(what) + ": a whole number is wanted, not '" + std::string(text) + "'");
  return value;
}

}  // namespace

options::options(int argc, char** argv) {
  for (int i = 2; i < argc; i += 2) {
    const std::string name = argv[i];
    if (!name.starts_with("--") || i + 1 == argc) die("pairs of --name value are wanted, not '" + name + "'");
    given_[name] = argv[i + 1];
  }
}

std::string options::text(const std::string& name) const {
  const auto found = given_.find(name);
  if (found == given_.end()) die(name + " is needed");
  return found->second;
}

std::int64_t options::number(const std::string& name, std::int64_t otherwise) const {
  const auto found = given_.find(name);
  return found == given_.end() ? otherwise : parse_number(found->second, name);
}

void die(std::string_view why) {
  std::fprintf(stderr, "proxy_probe: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

void die_of_errno(std::string_view what) {
  die(std::string(what) + ": " + std::strerror(errno));
}

std::int64_t now_ns() {
  return read_clock(CLOCK_MONOTONIC);
}

std::int64_t wall_ns() {
  return read_clock(CLOCK_REALTIME);
}

sockaddr_in address_of(const std::string& host_port) {
  const auto colon = host_port.rfind(':');
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  if (colon == std::string::npos ||
      inet_pton(AF_INET, host_port.substr(0, colon).c_str(), &peer.sin_addr) != 1)
    die("ADDRESS:PORT is wanted, not '" + host_port + "'");
  const auto port = parse_number(std::string_view(host_port).substr(colon + 1), "port");
  peer.sin_port = htons(static_cast<std::uint16_t>(port));
  return peer;
}

int connect_to(const sockaddr_in& peer, unsigned source) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) die_of_errno("socket");
  const int on = 1;
  if (source != 0) {
    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + source);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) die_of_errno("bind");
  }
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0)
    die_of_errno("connect");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

void watch(int epoll, int descriptor, std::uint32_t index) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u32 = index;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &wanted) != 0) die_of_errno("epoll_ctl");
}

std::string request_for(const std::string& host_port, const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host_port + "\r\n\r\n";
}

void send_request(int descriptor, const std::string& request) {
  const auto sent = ::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent < 0) die_of_errno("send");
  if (static_cast<std::size_t>(sent) != request.size()) die("a request did not go out whole");
}

std::size_t length_of_answer(std::string_view beginning) {
  const auto head = beginning.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  if (!beginning.starts_with("HTTP/1.1 200 "))
    die("unexpected answer: " + std::string(beginning.substr(0, beginning.find("\r\n"))));
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
    const auto found = beginning.substr(0, head).find(name);
    if (found == std::string_view::npos) continue;
    const auto from = found + name.size();
    const auto digits = beginning.substr(from, beginning.find("\r\n", from) - from);
    return head + 4 + static_cast<std::size_t>(parse_number(digits, "Content-Length"));
  }
  die("an answer without Content-Length");
}

}  // namespace epicenter::proxy::probe

int main(int argc, char** argv) {
  using namespace epicenter::proxy::probe;
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "latency") return measure_latency(options(argc, argv));
  if (what == "download") return measure_download(options(argc, argv));
  if (what == "crowd") return measure_crowd(options(argc, argv));
  std::puts(
      "Usage: proxy_probe latency  --to ADDRESS:PORT --path PATH [--connections N] [--seconds N] [--every-us "
      "N]\n"
      "                            [--least-us N]\n"
      "       proxy_probe download --to ADDRESS:PORT --path PATH [--connections N] [--each N] [--at-most-ms "
      "N]\n"
      "       proxy_probe crowd    --to ADDRESS:PORT --path PATH [--idle N] [--active N] [--seconds N]\n"
      "\n"
      "The measuring client of ci/bench-proxy. Prints JSON.\n"
      "\n"
      "Example: proxy_probe latency --to 127.0.0.1:8080 --path /patient.json --connections 64 --seconds 10");
  return what == "--help" || what == "-h" ? 0 : 2;
}
