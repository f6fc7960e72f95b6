#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <epicenter/runtime/endpoint.hpp>

namespace epicenter::runtime {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_unix_path = 107;  // sockaddr_un, less the terminating zero
constexpr std::size_t longest_host = 253;       // RFC 1035

tl::unexpected<error> bad(std::string_view text, std::string_view why) {
  return fail(errc::invalid_endpoint, "«" + std::string(text.substr(0, 300)) + "»: " + std::string(why));
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

}  // namespace

std::string endpoint::to_string() const {
  if (is_unix()) return std::string(unix_prefix) + path;
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

result<endpoint> parse_endpoint(std::string_view text) {
  endpoint parsed;
  if (text.starts_with(unix_prefix)) {
    parsed.path = text.substr(unix_prefix.size());
    if (parsed.path.empty() || parsed.path.front() != '/') return bad(text, "a Unix path begins with /");
    if (parsed.path.size() > longest_unix_path) return bad(text, "a Unix path has at most 107 bytes");
    if (parsed.path.find('\0') != std::string::npos) return bad(text, "a path has no zero byte");
    return parsed;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad(text, "a port is needed, as in host:port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    boost::system::error_code ignored;
    boost::asio::ip::make_address_v6(std::string(host), ignored);
    if (ignored) return bad(text, "not an IPv6 address in the brackets");
  } else {
    if (host.empty() || host.size() > longest_host) return bad(text, "a host name has 1 to 253 characters");
    for (const char c : host) {
      if (!is_host_character(c)) return bad(text, "not a host name; IPv6 addresses need brackets");
    }
  }
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (port.empty() || code != std::errc{} || end != port.data() + port.size()) {
    return bad(text, "a port is a number from 0 to 65535");
  }
  parsed.host = host;
  return parsed;
}

bool is_loopback(const endpoint& where) {
  if (where.is_unix() || where.host == "localhost") return true;
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(where.host, not_an_address);
  return !not_an_address && address.is_loopback();
}

}  // namespace epicenter::runtime
