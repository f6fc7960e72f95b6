#include "harness/proxy/upstream_guard.hpp"

#include <arpa/inet.h>

#include <array>
#include <optional>

namespace epicenter::proxy {
namespace {

std::optional<std::uint32_t> ipv4(const std::string& host) {
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

bool is_private_ipv4(std::uint32_t a) {
  struct range {
    std::uint32_t from;
    unsigned bits;
  };
  static constexpr std::array<range, 5> ranges{{{0x7F000000U, 8},     // 127.0.0.0/8
                                                {0x0A000000U, 8},     // 10.0.0.0/8
                                                {0xAC100000U, 12},    // 172.16.0.0/12
                                                {0xC0A80000U, 16},    // 192.168.0.0/16
                                                {0xA9FE0000U, 16}}};  // 169.254.0.0/16
  for (const auto& r : ranges) {
    if ((a >> (32 - r.bits)) == (r.from >> (32 - r.bits))) return true;
  }
  return false;
}

/// Nothing where the host is no address literal.
std::optional<bool> is_private_literal(const std::string& host) {
  if (const auto a = ipv4(host)) return is_private_ipv4(*a);
  in6_addr address{};
  const std::string plain = host.substr(0, host.find('%'));
  if (::inet_pton(AF_INET6, plain.c_str(), &address) != 1) return std::nullopt;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    const auto* b = address.s6_addr + 12;
    return is_private_ipv4((std::uint32_t{b[0]} << 24U) | (std::uint32_t{b[1]} << 16U) |
                           (std::uint32_t{b[2]} << 8U) | b[3]);
  }
  const bool unique_local = (address.s6_addr[0] & 0xFEU) == 0xFCU;
  const bool link_local = address.s6_addr[0] == 0xFEU && (address.s6_addr[1] & 0xC0U) == 0x80U;
  return IN6_IS_ADDR_LOOPBACK(&address) || unique_local || link_local;
}

}  // namespace

bool upstream_guard::is_allowed(const std::string& host) const {
  return allowed_.contains(host) || allowed_.contains("*");
}

bool upstream_guard::may_name(const runtime::endpoint& named) const {
  if (named.is_unix() || is_allowed(named.host)) return true;
  return is_private_literal(named.host).value_or(true);
}

bool upstream_guard::reached(const runtime::endpoint& named, const runtime::endpoint& address) const {
  if (named.is_unix() || is_allowed(named.host) || is_allowed(address.host)) return true;
  return is_private_literal(address.host).value_or(false);
}

}  // namespace epicenter::proxy
