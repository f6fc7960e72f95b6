#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <epicenter/http/error.hpp>
#include <epicenter/http/no_proxy.hpp>

namespace epicenter::http {
namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

// The bytes of an address literal, 4 or 16; empty for anything else. An IPv4 address in IPv6's clothes is
// IPv4.
std::string bytes_of(std::string_view literal) {
  boost::system::error_code not_an_address;
  const ip::address address = ip::make_address(std::string(literal), not_an_address);
  if (not_an_address) return {};
  const auto as_text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  if (address.is_v4()) return as_text(address.to_v4().to_bytes());
  if (address.to_v6().is_v4_mapped())
    return as_text(ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_bytes());
  return as_text(address.to_v6().to_bytes());
}

bool same_network(std::string_view a, std::string_view b, unsigned prefix) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i != a.size() && prefix != 0; ++i) {
    const unsigned bits = std::min(prefix, 8U);
    const auto differ =
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
    if ((differ >> (8 - bits)) != 0) return false;
    prefix -= bits;
  }
  return true;
}

template <class Number>
bool read_number(std::string_view text, Number& to) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), to);
  return !text.empty() && code == std::errc{} && end == text.data() + text.size();
}

bool is_domain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

tl::unexpected<error> unreadable(std::string_view entry) {
  return fail(errc::malformed, "«" + std::string(entry.substr(0, 100)) + "» is no host, address or network");
}

// Takes ":port" off the end. What is left of an IPv6 address has no brackets any more.
bool split_port(std::string_view& text, std::uint16_t& port) {
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    const std::string_view after = text.substr(bracket + 1);
    text = text.substr(1, bracket - 1);
    return after.empty() || (after.front() == ':' && read_number(after.substr(1), port) && port != 0);
  }
  if (colon == std::string_view::npos || text.find(':') != colon) return true;
  const std::string_view after = text.substr(colon + 1);
  text = text.substr(0, colon);
  return read_number(after, port) && port != 0;
}

}  // namespace

result<no_proxy::rule> no_proxy::parse_rule(std::string_view entry) {
  rule made;
  if (entry == "*") return made;
  made.what = rule::kind::network;
  if (const std::size_t slash = entry.find('/'); slash != std::string_view::npos) {
    made.network = bytes_of(entry.substr(0, slash));
    if (made.network.empty() || !read_number(entry.substr(slash + 1), made.prefix) ||
        made.prefix > made.network.size() * 8)
      return unreadable(entry);
    return made;
  }
  std::string_view host = entry;
  if (!split_port(host, made.port)) return unreadable(entry);
  made.network = bytes_of(host);
  made.prefix = static_cast<unsigned>(made.network.size()) * 8;
  if (!made.network.empty()) return made;
  made.what = rule::kind::domain;
  if (host.starts_with("*.")) host.remove_prefix(1);
  if (host.starts_with('.')) host.remove_prefix(1);
  if (host.ends_with('.')) host.remove_suffix(1);
  made.domain = lower(host);
  if (!is_domain(made.domain) || entry.starts_with('[')) return unreadable(entry);
  return made;
}

result<no_proxy> no_proxy::parse(std::string_view text) {
  no_proxy all;
  constexpr std::string_view separators = ", \t";
  for (;;) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return all;
    text.remove_prefix(begin);
    const std::string_view entry = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(entry.size());
    auto made = parse_rule(entry);
    if (!made) return fail(std::move(made.error()));
    all.rules_.push_back(std::move(*made));
  }
}

bool no_proxy::matches(const rule& one, std::string_view host, std::string_view address) {
  switch (one.what) {
    case rule::kind::everything:
      return true;
    case rule::kind::network:
      return !address.empty() && same_network(address, one.network, one.prefix);
    case rule::kind::domain:
      break;
  }
  if (!address.empty() || !host.ends_with(one.domain)) return false;
  return host.size() == one.domain.size() || host[host.size() - one.domain.size() - 1] == '.';
}

bool no_proxy::covers(const runtime::endpoint& server) const {
  if (server.is_unix()) return true;
  std::string host = lower(server.host);
  if (host.ends_with('.')) host.pop_back();
  const std::string address = bytes_of(host);
  return std::any_of(rules_.begin(), rules_.end(), [&](const rule& one) {
    return (one.port == 0 || one.port == server.port) && matches(one, host, address);
  });
}

void no_proxy::add(const no_proxy& more) {
  rules_.insert(rules_.end(), more.rules_.begin(), more.rules_.end());
}

}  // namespace epicenter::http
