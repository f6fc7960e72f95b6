#include <openssl/evp.h>
#include <epicenter/http/serialise.hpp>
#include <epicenter/http/tunnel.hpp>
#include <epicenter/http/tunnel_answer.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::http {
namespace {

constexpr std::size_t read_at_once = 4 * 1024;

secret base64(const secret& text) {
  const std::string_view plain = text.reveal();
  std::string coded((plain.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                      reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  coded.resize(static_cast<std::size_t>(size));
  return secret(std::move(coded));
}

// RFC 7617, section 2.
secret basic_credentials(const egress_proxy& by) {
  std::string pair;
  const std::string_view password = by.password.reveal();
  pair.reserve(by.user.size() + 1 + password.size());
  pair.append(by.user).append(":").append(password);
  return base64(secret(std::move(pair)));
}

result<secret> ask(const egress_proxy& by, const runtime::endpoint& server) {
  request connect;
  connect.method = "CONNECT";
  connect.target = server.to_string();
  std::string head;
  auto written = append_head(head, connect, connect.target);
  if (!written) return fail(std::move(written.error()));
  if (by.user.empty()) return secret(std::move(head));
  if (by.user.find(':') != std::string::npos || !is_field_value(by.user))
    return fail(proxy_errc::credentials, "the name of the user has a colon or control characters");
  constexpr std::string_view name = "Proxy-Authorization: Basic ";
  constexpr std::string_view line_end = "\r\n";
  const secret credentials = basic_credentials(by);
  head.resize(head.size() - line_end.size());
  std::string whole;
  whole.reserve(head.size() + name.size() + credentials.reveal().size() + 2 * line_end.size());
  whole.append(head).append(name).append(credentials.reveal()).append(line_end).append(line_end);
  return secret(std::move(whole));
}

error transport_error(error why) {
  const bool ended = why == make_error_code(runtime::errc::end_of_stream) ||
                     why == make_error_code(runtime::errc::reset) ||
                     why == make_error_code(runtime::errc::io);
  if (!ended) return why;
  return error(make_error_code(proxy_errc::no_answer)).caused_by(std::move(why));
}

runtime::task<result<runtime::stream_ptr>> converse(runtime::stream_ptr to_proxy, secret head) {
  const std::string_view text = head.reveal();
  const auto whole = boost::asio::buffer(text.data(), text.size());
  auto sent = co_await runtime::write_all(*to_proxy, whole);
  // A proxy may refuse before it has read everything: its answer is worth more than the broken pipe.
  if (!sent && sent.error() != make_error_code(runtime::errc::reset))
    co_return fail(transport_error(std::move(sent.error())));
  tunnel_answer answer;
  std::string buffer(read_at_once, '\0');
  for (;;) {
    const auto into = boost::asio::buffer(buffer);
    auto got = co_await runtime::read_some(*to_proxy, into);
    if (!got) co_return fail(transport_error(std::move(got.error())));
    auto complete = answer.feed(std::string_view(buffer).substr(0, *got));
    if (!complete) co_return fail(std::move(complete.error()));
    if (*complete) co_return std::move(to_proxy);
  }
}

}  // namespace

runtime::task<result<runtime::stream_ptr>> open_tunnel(runtime::runtime& rt, runtime::stream_ptr to_proxy,
                                                       egress_proxy by, runtime::endpoint server,
                                                       instant deadline) {
  auto head = ask(by, server);
  if (!head) co_return fail(std::move(head.error()));
  auto conversation = converse(std::move(to_proxy), std::move(*head));
  auto opened = co_await runtime::with_timeout(rt, deadline, std::move(conversation));
  co_return opened;
}

}  // namespace epicenter::http
