#include "harness/proxy/proxy_protocol.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <array>
#include <optional>
#include <string_view>

namespace epicenter::proxy {

namespace {

using namespace std::string_view_literals;

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr char version_2_local = '\x20';
constexpr char version_2_relayed = '\x21';
constexpr std::size_t unix_path_bytes = 108;
constexpr auto mapped_prefix = "\0\0\0\0\0\0\0\0\0\0\xff\xff"sv;

/// 4 or 16 bytes in network order.
std::optional<std::string> address_bytes(std::string_view literal) {
  const std::string host(literal.substr(0, literal.find('%')));
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return std::nullopt;
  const std::string_view all(bytes.data(), bytes.size());
  return std::string(all.starts_with(mapped_prefix) ? all.substr(mapped_prefix.size()) : all);
}

struct address_pair {
  std::string client;
  std::string destination;
  bool is_v4() const { return client.size() == 4; }
};

std::optional<address_pair> addresses_of(const runtime::endpoint& client,
                                         const runtime::endpoint& destination) {
  if (client.is_unix() || destination.is_unix()) return std::nullopt;
  auto from = address_bytes(client.host);
  auto to = address_bytes(destination.host);
  if (!from || !to) return std::nullopt;
  if (from->size() != to->size()) {
    auto& shorter = from->size() < to->size() ? *from : *to;
    shorter.insert(0, mapped_prefix);
  }
  return address_pair{std::move(*from), std::move(*to)};
}

/// inet_ntop writes the last four bytes of some IPv6 addresses in decimal, which the specification does not
/// allow: they are written in full.
std::string text_of(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = bytes.size() == 4;
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  const std::string_view usual(text.data());
  if (v4 || usual.find('.') == std::string_view::npos) return std::string(usual);
  std::string full;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const unsigned high = static_cast<unsigned char>(bytes[i]);
    const unsigned low = static_cast<unsigned char>(bytes[i + 1]);
    full += fmt::format("{}{:x}", i == 0 ? "" : ":", high * 256 + low);
  }
  return full;
}

void append_number(std::string& to, std::size_t number) {
  to += static_cast<char>(number / 256);
  to += static_cast<char>(number % 256);
}

std::string version_2(char command, char family, std::string_view addresses) {
  std::string header(signature);
  header += command;
  header += family;
  append_number(header, addresses.size());
  return header.append(addresses);
}

/// A client that did not bind its Unix socket has no name.
bool is_unix_pair(const runtime::endpoint& client, const runtime::endpoint& destination) {
  const bool from_unix = client.is_unix() || client.host.empty();
  return from_unix && destination.is_unix() && client.path.size() <= unix_path_bytes &&
         destination.path.size() <= unix_path_bytes;
}

std::string relayed_v1(const runtime::endpoint& client, const runtime::endpoint& destination) {
  const auto pair = addresses_of(client, destination);
  if (!pair) return local_header(proxy_protocol::v1);
  return fmt::format("PROXY {} {} {} {} {}\r\n", pair->is_v4() ? "TCP4" : "TCP6", text_of(pair->client),
                     text_of(pair->destination), client.port, destination.port);
}

std::string relayed_v2(const runtime::endpoint& client, const runtime::endpoint& destination) {
  if (is_unix_pair(client, destination)) {
    std::string paths = client.path;
    paths.resize(unix_path_bytes, '\0');
    paths += destination.path;
    paths.resize(2 * unix_path_bytes, '\0');
    return version_2(version_2_relayed, '\x31', paths);
  }
  const auto pair = addresses_of(client, destination);
  if (!pair) return local_header(proxy_protocol::v2);
  auto addresses = pair->client + pair->destination;
  append_number(addresses, client.port);
  append_number(addresses, destination.port);
  return version_2(version_2_relayed, pair->is_v4() ? '\x11' : '\x21', addresses);
}

}  // namespace

std::string relayed_header(proxy_protocol version, const runtime::endpoint& client,
                           const runtime::endpoint& destination) {
  return version == proxy_protocol::v1 ? relayed_v1(client, destination) : relayed_v2(client, destination);
}

std::string local_header(proxy_protocol version) {
  return version == proxy_protocol::v1 ? "PROXY UNKNOWN\r\n" : version_2(version_2_local, '\0', {});
}

}  // namespace epicenter::proxy
