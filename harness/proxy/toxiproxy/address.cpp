#include "harness/proxy/toxiproxy/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr std::string_view loopback = "127.0.0.1";

struct parts {
  std::string_view host, port;
};

outcome<parts> split(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return refuse(fmt::format("address {}: {}", text, why), 500);
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("missing port in address");
  parts p{text.substr(0, colon), text.substr(colon + 1)};
  if (text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad("missing ']' in address");
    if (end + 1 == text.size()) return bad("missing port in address");
    if (end + 1 != colon)
      return bad(text[end + 1] == ':' ? "too many colons in address" : "missing port in address");
    p.host = text.substr(1, end - 1);
  } else if (p.host.find(':') != std::string_view::npos) {
    return bad("too many colons in address");
  }
  return p;
}

outcome<std::uint16_t> port_of(std::string_view text) {
  if (text.empty()) return std::uint16_t{0};
  const std::string_view number = text.substr(text.front() == '+' || text.front() == '-' ? 1 : 0);
  const bool digits = !number.empty() &&
                      std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(fmt::format("address tcp/{}: unknown port", text), 500);
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), port);
  if (failed != std::errc() || (text.front() == '-' && port != 0))
    return refuse(fmt::format("address {}: invalid port", text), 500);
  return port;
}

}  // namespace

outcome<runtime::endpoint> listen_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    auto socket = runtime::parse_endpoint(text);
    if (!socket) return refuse(socket.error().message(), 500);
    return *std::move(socket);
  }
  runtime::endpoint at;
  at.host = loopback;
  if (text.empty()) return at;
  const auto halves = split(text);
  if (!halves) return refuse(halves.error());
  const auto port = port_of(halves->port);
  if (!port) return refuse(port.error());
  if (!halves->host.empty() && halves->host != "localhost") at.host = halves->host;
  at.port = *port;
  return at;
}

runtime::endpoint upstream_address(std::string_view text) {
  if (auto proper = runtime::parse_endpoint(text)) return *std::move(proper);
  runtime::endpoint at;
  at.host = text;
  const auto halves = split(text);
  const auto port = halves ? port_of(halves->port) : outcome<std::uint16_t>(std::uint16_t{0});
  if (halves && port) {
    at.host = halves->host.empty() ? loopback : halves->host;
    at.port = *port;
  }
  return at;
}

api_error fleet_failure(const error& e, const runtime::endpoint& listen) {
  const auto is = [&e](auto code) { return e == make_error_code(code); };
  const std::string at = listen.to_string();
  if (is(errc::proxy_exists)) return {"proxy already exists", 409};
  if (is(errc::proxy_not_found)) return {"proxy not found", 404};
  if (is(errc::too_many_faults)) return {e.message(), 409};
  if (is(runtime::errc::address_in_use))
    return {fmt::format("listen tcp {}: bind: address already in use", at), 500};
  if (is(runtime::errc::name_not_found))
    return {fmt::format("listen tcp: lookup {}: no such host", listen.host), 500};
  if (e.code().category() == make_error_code(runtime::errc::io).category())
    return {fmt::format("listen tcp {}: {}", at, e.message()), 500};
  return {e.message(), 400};
}

}  // namespace epicenter::proxy::toxiproxy
