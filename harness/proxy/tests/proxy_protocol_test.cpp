// The bytes before all others, and that a receiver reads from them what was put in.
#include "harness/proxy/proxy_protocol.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <epicenter/runtime/random.hpp>
#include <sstream>
#include <string_view>

namespace epicenter::proxy {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

runtime::endpoint tcp(std::string host, std::uint16_t port) {
  return {std::move(host), port, {}};
}

runtime::endpoint unix_socket(std::string path) {
  return {{}, 0, std::move(path)};
}

constexpr auto signature = "\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a"sv;

std::string v2(std::string_view rest) {
  return std::string(signature).append(rest);
}

TEST(proxy_protocol, v1_is_the_specifications_example) {
  EXPECT_EQ(relayed_header(proxy_protocol::v1, tcp("192.168.0.1", 56324), tcp("192.168.0.11", 443)),
            "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n");
}

TEST(proxy_protocol, v1_writes_ipv6_shortened_and_without_its_zone) {
  EXPECT_EQ(relayed_header(proxy_protocol::v1, tcp("2001:DB8:0:0:0:0:0:1", 1), tcp("fe80::1%eth0", 65535)),
            "PROXY TCP6 2001:db8::1 fe80::1 1 65535\r\n");
}

TEST(proxy_protocol, v1_is_never_longer_than_the_specification_says) {
  const std::string most = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  EXPECT_EQ(relayed_header(proxy_protocol::v1, tcp(most, 65535), tcp(most, 65535)).size(), 104U);
  EXPECT_EQ(
      relayed_header(proxy_protocol::v1, tcp("255.255.255.255", 65535), tcp("255.255.255.255", 65535)).size(),
      56U);
}

TEST(proxy_protocol, v2_of_ipv4) {
  EXPECT_EQ(relayed_header(proxy_protocol::v2, tcp("192.168.0.1", 56324), tcp("192.168.0.11", 443)),
            v2("\x21\x11\x00\x0c\xc0\xa8\x00\x01\xc0\xa8\x00\x0b\xdc\x04\x01\xbb"sv));
}

TEST(proxy_protocol, v2_of_ipv6) {
  EXPECT_EQ(relayed_header(proxy_protocol::v2, tcp("2001:db8::1", 1), tcp("::1", 258)),
            v2("\x21\x21\x00\x24"
               "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
               "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
               "\x00\x01\x01\x02"sv));
}

TEST(proxy_protocol, v2_of_unix_sockets_pads_both_paths_to_108_bytes) {
  const std::string longest(108, 'p');
  EXPECT_EQ(relayed_header(proxy_protocol::v2, unix_socket("/run/a"), unix_socket(longest)),
            v2("\x21\x31\x00\xd8"sv) + "/run/a" + std::string(102, '\0') + longest);
  EXPECT_EQ(relayed_header(proxy_protocol::v2, runtime::endpoint{}, unix_socket("/run/b")),
            v2("\x21\x31\x00\xd8"sv) + std::string(108, '\0') + "/run/b" + std::string(102, '\0'));
}

TEST(proxy_protocol, a_mapped_address_is_ipv4_and_a_mixture_is_ipv6) {
  EXPECT_EQ(relayed_header(proxy_protocol::v1, tcp("::ffff:10.0.0.1", 5), tcp("10.0.0.2", 6)),
            "PROXY TCP4 10.0.0.1 10.0.0.2 5 6\r\n");
  EXPECT_EQ(relayed_header(proxy_protocol::v1, tcp("10.0.0.1", 5), tcp("2001:db8::2", 6)),
            "PROXY TCP6 0:0:0:0:0:ffff:a00:1 2001:db8::2 5 6\r\n");
  const auto mixed = relayed_header(proxy_protocol::v2, tcp("2001:db8::2", 6), tcp("10.0.0.1", 5));
  EXPECT_EQ(mixed.substr(12, 4), "\x21\x21\x00\x24"sv);
  EXPECT_EQ(mixed.substr(32),
            "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x0a\x00\x00\x01\x00\x06\x00\x05"sv);
}

TEST(proxy_protocol, what_cannot_be_said_is_left_out) {
  const auto here = tcp("127.0.0.1", 1);
  const std::array beyond_both{
      std::pair{tcp("epic.example", 443), here},
      std::pair{here, tcp("", 1)},
      std::pair{here, unix_socket("/run/a")},
      std::pair{unix_socket("/run/a"), here},
      std::pair{runtime::endpoint{}, unix_socket(std::string(109, 'p'))},
  };
  for (const auto& [client, destination] : beyond_both) {
    EXPECT_EQ(relayed_header(proxy_protocol::v1, client, destination), "PROXY UNKNOWN\r\n");
    EXPECT_EQ(relayed_header(proxy_protocol::v2, client, destination), v2("\x20\x00\x00\x00"sv));
  }
  EXPECT_EQ(relayed_header(proxy_protocol::v1, unix_socket("/run/a"), unix_socket("/run/b")),
            "PROXY UNKNOWN\r\n");
}

TEST(proxy_protocol, the_proxys_own_connection_is_local) {
  EXPECT_EQ(local_header(proxy_protocol::v2), v2("\x20\x00\x00\x00"sv));
  EXPECT_EQ(local_header(proxy_protocol::v1), "PROXY UNKNOWN\r\n");
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

unsigned number_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) * 256U + static_cast<unsigned char>(bytes[at + 1]);
}

/// What a receiver makes of a header: the size of an address, "client:port destination:port" with addresses
/// in hexadecimal; or why the header is broken.
std::string read_v2(std::string_view header) {
  if (!header.starts_with(signature) || header.size() < 16) return "no signature";
  if (header[12] != '\x21') return "not relayed";
  const auto block = header.substr(16);
  if (number_at(header, 14) != block.size()) return "another length than it says";
  const std::size_t size = header[13] == '\x11' ? 4 : header[13] == '\x21' ? 16 : 0;
  if (size == 0 || block.size() != 2 * size + 4) return "another length than its family's";
  return fmt::format("{} {}:{} {}:{}", size, hex(block.substr(0, size)), number_at(block, 2 * size),
                     hex(block.substr(size, size)), number_at(block, 2 * size + 2));
}

std::string read_v1(const std::string& header) {
  if (header.size() > 107 || !header.ends_with("\r\n")) return "no line";
  std::istringstream words(header.substr(0, header.size() - 2));
  std::string magic, family, client, destination, client_port, destination_port, more;
  words >> magic >> family >> client >> destination >> client_port >> destination_port;
  if (magic != "PROXY" || words >> more) return "other words";
  const auto joined =
      fmt::format("PROXY {} {} {} {} {}\r\n", family, client, destination, client_port, destination_port);
  if (joined != header) return "other spaces";
  const std::size_t size = family == "TCP4" ? 4 : 16;
  if (size == 16 && (family != "TCP6" || header.find('.') != std::string::npos)) return "not IPv6";
  std::array<char, 16> from{};
  std::array<char, 16> to{};
  const int kind = size == 4 ? AF_INET : AF_INET6;
  if (inet_pton(kind, client.c_str(), from.data()) != 1) return "no address " + client;
  if (inet_pton(kind, destination.c_str(), to.data()) != 1) return "no address " + destination;
  return fmt::format("{} {}:{} {}:{}", size, hex({from.data(), size}), client_port, hex({to.data(), size}),
                     destination_port);
}

/// Random bytes with many zeros, as those are what is shortened.
std::string random_address(runtime::random_stream& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (auto& b : bytes) {
    if (random.below(3) == 0) b = static_cast<char>(random.below(256));
  }
  if (size == 16) bytes[0] = '\x20';  // neither mapped nor compatible: those are taken for IPv4
  return bytes;
}

std::string literal(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

TEST(proxy_protocol, a_receiver_reads_what_was_put_in) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    runtime::random_stream random(seed);
    const std::size_t size = random.below(2) == 0 ? 4 : 16;
    const auto from = random_address(random, size);
    const auto to = random_address(random, size);
    const auto from_port = static_cast<std::uint16_t>(random.below(65536));
    const auto to_port = static_cast<std::uint16_t>(random.below(65536));
    const auto wanted = fmt::format("{} {}:{} {}:{}", size, hex(from), from_port, hex(to), to_port);
    const auto client = tcp(literal(from), from_port);
    const auto destination = tcp(literal(to), to_port);
    ASSERT_EQ(read_v1(relayed_header(proxy_protocol::v1, client, destination)), wanted) << "seed " << seed;
    ASSERT_EQ(read_v2(relayed_header(proxy_protocol::v2, client, destination)), wanted) << "seed " << seed;
  }
}

}  // namespace
}  // namespace epicenter::proxy
