#include "mock-epic/stubs/outbound.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace epicenter::mock::stubs {
namespace {

std::optional<std::array<unsigned, 4>> parse_ipv4(std::string_view text) {
  std::array<unsigned, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3) return std::nullopt;
    const auto [stop, wrong] = std::from_chars(text.data(), text.data() + end, out[i]);
    if (wrong != std::errc{} || stop != text.data() + end || out[i] > 255) return std::nullopt;
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return out;
}

bool is_private_ipv6(std::string_view host) {
  if (host == "::1") return true;
  const std::string_view start = host.substr(0, 2);
  return host.find(':') == 4 &&
         (http::equal_ignoring_case(start, "fc") || http::equal_ignoring_case(start, "fd"));
}

http::client_options client_options_of(const outbound_options& o) {
  http::client_options made;
  made.tls = o.tls;
  return made;
}

void drop_hop_by_hop(http::response& r) {
  for (const std::string_view name : {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
                                      "Transfer-Encoding", "Upgrade", "Content-Length"})
    r.fields.erase(name);
}

}  // namespace

bool is_allowed_host(std::string_view host, const std::set<std::string>& listed) {
  if (listed.contains(std::string(host)) || host == "localhost" || is_private_ipv6(host)) return true;
  const auto ip = parse_ipv4(host);
  if (!ip) return false;
  const auto [a, b, c, d] = *ip;
  return a == 127 || a == 10 || (a == 172 && b >= 16 && b <= 31) || (a == 192 && b == 168);
}

outbound::outbound(runtime::runtime& rt, outbound_options o)
    : rt_(rt), options_(std::move(o)), client_(rt, client_options_of(options_)), webhooks_(rt) {}

runtime::task<tl::expected<http::response, std::string>> outbound::send(proxy_call call) {
  const auto url = http::parse_url(call.url);
  const std::string named = "Network failure trying to make a proxied request from WireMock to " + call.url;
  if (!url || url->where.server.is_unix()) co_return tl::unexpected(named + "\r\nnot an absolute URL");
  if (!is_allowed_host(url->where.server.host, options_.allowed_hosts))
    co_return tl::unexpected(named + "\r\nthe host is neither local nor listed as allowed");
  if (url->where.tls && !options_.tls) co_return tl::unexpected(named + "\r\nno TLS to upstreams is set up");
  http::request request = std::move(call.request);
  request.target = url->target;
  const instant deadline = rt_.now() + options_.timeout;
  const http::origin where = url->where;
  auto got = co_await client_.send(where, std::move(request), deadline);
  if (!got) co_return tl::unexpected(named + "\r\n" + got.error().why.message());
  drop_hop_by_hop(*got);
  co_return std::move(*got);
}

void outbound::start(webhook_call call) {
  if (webhooks_.size() < options_.max_webhooks) webhooks_.spawn("mock.webhook", run(std::move(call)));
}

runtime::task<> outbound::run(webhook_call call) {
  if (call.delay > duration{}) {
    const result<> slept = co_await runtime::sleep_for(rt_, call.delay);
    if (!slept) co_return;
  }
  proxy_call made;
  made.url = std::move(call.url);
  made.request = std::move(call.request);
  // A webhook is fire and forget: whoever listens tells what came.
  static_cast<void>(co_await send(std::move(made)));
}

runtime::task<> outbound::stop() {
  webhooks_.cancel();
  co_await webhooks_.join();
  co_await client_.stop();
}

}  // namespace epicenter::mock::stubs
