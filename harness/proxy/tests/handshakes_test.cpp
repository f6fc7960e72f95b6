// What clients and upstreams see of a proxy that ends TLS, begins it, both, or neither; with and without the
// fault.
#include "harness/proxy/handshakes.hpp"

#include <gtest/gtest.h>

#include <epicenter/http/client_hello.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/shared_stream.hpp"

namespace epicenter::proxy {
namespace {

using faults::tls_flaw;
using runtime::task;
using world = runtime::runtime;
using body_function = task<> (*)(world&);

void in_virtual_time(body_function body) {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  runtime::spawn(rt, "test", body(rt));
  EXPECT_EQ(rt.run(instant{} + 1h), runtime::run_end::finished);
}
void on_loopback(body_function body) {
  runtime::real_runtime rt;
  runtime::spawn(rt, "test", body(rt));
  rt.run();
}
// NOLINTNEXTLINE: a test of both worlds is one coroutine
#define EPICENTER_BOTH_WORLDS(name)          \
  static task<> name(world&);                \
  TEST(handshakes, name##_in_virtual_time) { \
    in_virtual_time(name);                   \
  }                                          \
  TEST(handshakes, name##_on_loopback) {     \
    on_loopback(name);                       \
  }                                          \
  static task<> name(world& rt)

/// An upstream that sends back what it gets, behind TLS where it has a context; a proxy before it; the
/// authorities of all three.
struct field {
  explicit field(world& rt)
      : proxies(std::make_shared<http::private_ca>(http::private_ca::make(rt.wall()).value())),
        epics(http::private_ca::make(rt.wall()).value()),
        upstream(rt.listen({"127.0.0.1", 0, ""}).value()),
        proxy(rt.listen({"127.0.0.1", 0, ""}).value()) {}

  std::shared_ptr<const http::private_ca> proxies;
  http::private_ca epics;
  runtime::listener_ptr upstream, proxy;
  http::tls_context_ptr upstream_tls;
  std::optional<faults::bad_handshake> bad;
  std::string client_refused;    ///< why the proxy got no further with the client
  std::string upstream_refused;  ///< the same of the upstream
};

task<> echo_once(world& rt, field& at) {
  auto accepted = co_await runtime::accept(*at.upstream);
  if (!accepted) co_return;
  runtime::stream_ptr stream = std::move(*accepted);
  if (at.upstream_tls) {
    auto secured = co_await http::tls_accept(rt, at.upstream_tls, std::move(stream), rt.now() + 5s);
    if (!secured) co_return;
    stream = std::move(*secured);
  }
  std::string heard(4096, '\0');
  auto got = co_await runtime::read_some(*stream, boost::asio::buffer(heard));
  if (!got) co_return;
  const std::string answer = "Epic: " + heard.substr(0, *got);
  const result<> sent = co_await runtime::write_all(*stream, boost::asio::buffer(answer));
  EXPECT_TRUE(sent.has_value());
}

task<> relay_once(world& rt, field& at, tls_ends_ptr ends) {
  auto accepted = co_await runtime::accept(*at.proxy);
  const instant limit = rt.now() + 5s;
  auto client = co_await handshake_with_client(rt, ends, std::move(*accepted), at.bad, limit);
  if (!client) {
    at.client_refused = client.error().message();
    at.upstream->close();
    co_return;
  }
  const runtime::endpoint to = at.upstream->local_endpoint();
  auto dialled = co_await runtime::connect(rt, to, limit);
  auto upstream = co_await handshake_with_upstream(rt, ends, std::move(*dialled), to, limit);
  if (!upstream) {
    at.upstream_refused = upstream.error().message();
    co_return;
  }
  (void)co_await runtime::relay(rt, **client, **upstream);
}

/// What a client hears after "hello", or why it hears nothing. Without a context it speaks plain text.
task<> converse(world& rt, field& at, http::tls_context_ptr as, std::string host, std::string& heard) {
  auto stream = co_await runtime::connect(rt, at.proxy->local_endpoint(), rt.now() + 5s);
  if (as)
    stream =
        co_await http::tls_connect(rt, std::move(as), std::move(*stream), std::move(host), rt.now() + 5s);
  result<std::size_t> got = std::size_t{0};
  std::string buffer(4096, '\0');
  if (stream) {
    const result<> sent = co_await runtime::write_all(**stream, boost::asio::buffer("hello", 5));
    EXPECT_TRUE(sent.has_value());
    auto reading = runtime::read_some(**stream, boost::asio::buffer(buffer));
    got = co_await runtime::with_timeout(rt, rt.now() + 5s, std::move(reading));
  }
  if (!stream)
    heard = stream.error().message();
  else
    heard = got ? buffer.substr(0, *got) : got.error().message();
}

/// One client, until all three are done.
task<std::string> ask(world& rt, field& at, http::tls_context_ptr as, std::string host, tls_ends_ptr ends) {
  std::string heard;
  std::vector<task<>> all;
  all.push_back(echo_once(rt, at));
  all.push_back(relay_once(rt, at, std::move(ends)));
  all.push_back(converse(rt, at, std::move(as), std::move(host), heard));
  co_await runtime::when_all(rt, std::move(all));
  co_return heard;
}

http::tls_context_ptr trusting(const std::string& ca_pem) {
  http::tls_client_options options;
  options.ca_pem = ca_pem;
  return http::make_tls_client(options).value();
}

http::tls_context_ptr epic_tls(const field& at, world& rt, const std::string& client_ca = {}) {
  const http::certificate shown = at.epics.issue({"fhir.example.org"}, rt.wall()).value();
  http::tls_server_options options;
  options.certificate_pem = shown.pem;
  options.private_key_pem = shown.key_pem;
  options.client_ca_pem = client_ca;
  return http::make_tls_server(options).value();
}

struct meeting {
  tls_flaw flaw;
  std::string seen;
};

EPICENTER_BOTH_WORLDS(show_the_flaw_to_clients_where_the_proxy_ends_tls) {
  for (const meeting& one : {meeting{tls_flaw::expired, "certificate has expired"},
                             meeting{tls_flaw::wrong_host, "hostname mismatch"},
                             meeting{tls_flaw::self_signed, "self-signed certificate"},
                             meeting{tls_flaw::untrusted, "unable to get local issuer"},
                             meeting{tls_flaw::handshake_abort, "alert handshake failure"}}) {
    field at(rt);
    route_tls route;
    route.terminate = true;
    at.bad = faults::bad_handshake{one.flaw};
    auto ends = make_tls_ends(route, at.proxies, rt.wall()).value();
    const std::string heard = co_await ask(rt, at, trusting(at.proxies->pem()), "fhir.example.org", ends);
    EXPECT_NE(heard.find(one.seen), std::string::npos) << one.seen << ": " << heard;
    at.bad.reset();
    field sound(rt);
    const std::string after = co_await ask(rt, sound, trusting(at.proxies->pem()), "fhir.example.org", ends);
    EXPECT_EQ(after, "Epic: hello");
  }
}

EPICENTER_BOTH_WORLDS(cut_off_what_passes_through_and_reset_what_is_no_tls) {
  for (const tls_flaw flaw : {tls_flaw::expired, tls_flaw::handshake_abort}) {
    field at(rt);
    at.upstream_tls = epic_tls(at, rt);
    auto ends = make_tls_ends({}, at.proxies, rt.wall()).value();
    std::string heard = co_await ask(rt, at, trusting(at.epics.pem()), "fhir.example.org", ends);
    EXPECT_EQ(heard, "Epic: hello");
    at.bad = faults::bad_handshake{flaw};
    heard = co_await ask(rt, at, trusting(at.epics.pem()), "fhir.example.org", ends);
    EXPECT_NE(heard.find("alert handshake failure"), std::string::npos) << heard;
    EXPECT_NE(at.client_refused.find("cut off by a fault"), std::string::npos) << at.client_refused;
    field plain(rt);
    plain.bad = at.bad;
    heard = co_await ask(rt, plain, nullptr, "", ends);
    EXPECT_EQ(heard, error(make_error_code(runtime::errc::reset)).message());
  }
}

EPICENTER_BOTH_WORLDS(begin_tls_to_the_upstream_and_show_who_the_proxy_is) {
  field at(rt);
  at.upstream_tls = epic_tls(at, rt, at.proxies->pem());
  const http::certificate own = at.proxies->issue_client("proxy", rt.wall()).value();
  route_tls route;
  route.originate = true;
  route.upstream_ca_pem = at.epics.pem();
  route.upstream_certificate_pem = own.pem;
  route.upstream_private_key_pem = own.key_pem;
  route.server_name = "fhir.example.org";
  auto plain_to_tls = make_tls_ends(route, at.proxies, rt.wall()).value();
  std::string heard = co_await ask(rt, at, nullptr, "", plain_to_tls);
  EXPECT_EQ(heard, "Epic: hello");
  route.terminate = true;
  auto both = make_tls_ends(route, at.proxies, rt.wall()).value();
  heard = co_await ask(rt, at, trusting(at.proxies->pem()), "127.0.0.1", both);
  EXPECT_EQ(heard, "Epic: hello");
  route.server_name.clear();
  auto by_address = make_tls_ends(route, at.proxies, rt.wall()).value();
  heard = co_await ask(rt, at, trusting(at.proxies->pem()), "127.0.0.1", by_address);
  EXPECT_NE(at.upstream_refused.find("IP address mismatch"), std::string::npos) << at.upstream_refused;
}

EPICENTER_BOTH_WORLDS(close_connections_without_tls_where_it_is_expected) {
  field at(rt);
  route_tls route;
  route.terminate = true;
  auto ends = make_tls_ends(route, at.proxies, rt.wall()).value();
  const std::string heard = co_await ask(rt, at, nullptr, "", ends);
  EXPECT_EQ(heard, error(make_error_code(runtime::errc::end_of_stream)).message());
  EXPECT_NE(at.client_refused.find("TLS handshake failed"), std::string::npos) << at.client_refused;
}

task<> wait_for_a_silent_client(world& rt, field& at, tls_ends_ptr ends) {
  auto accepted = co_await runtime::accept(*at.proxy);
  auto client = co_await handshake_with_client(rt, ends, std::move(*accepted), at.bad, rt.now() + 20ms);
  EXPECT_TRUE(!client && client.error() == make_error_code(runtime::errc::timed_out));
}

task<> say_nothing(world& rt, field& at) {
  auto stream = co_await runtime::connect(rt, at.proxy->local_endpoint(), rt.now() + 5s);
  std::string heard(16, '\0');
  const auto got = co_await runtime::read_some(**stream, boost::asio::buffer(heard));
  EXPECT_TRUE(!got && got.error() == make_error_code(runtime::errc::end_of_stream));
}

EPICENTER_BOTH_WORLDS(do_not_wait_for_a_silent_client_beyond_the_deadline) {
  field at(rt);
  route_tls route;
  route.terminate = true;
  auto ends = make_tls_ends(route, at.proxies, rt.wall()).value();
  std::vector<task<>> all;
  all.push_back(wait_for_a_silent_client(rt, at, ends));
  all.push_back(say_nothing(rt, at));
  co_await runtime::when_all(rt, std::move(all));
}

task<> shake_hands_until_torn_down(world& rt, field& at, tls_ends_ptr ends,
                                   std::shared_ptr<runtime::stream>& kept) {
  auto accepted = co_await runtime::accept(*at.proxy);
  kept = std::move(*accepted);
  auto client = co_await handshake_with_client(rt, ends, share(kept), at.bad, rt.now() + 1h);
  at.client_refused = client ? "" : client.error().message();
}

task<> tear_down_meanwhile(world& rt, field& at, std::shared_ptr<runtime::stream>& kept) {
  auto stream = co_await runtime::connect(rt, at.proxy->local_endpoint(), rt.now() + 5s);
  (void)co_await runtime::sleep_for(rt, 20ms);
  if (kept) kept->reset();
  std::string heard(16, '\0');
  const auto got = co_await runtime::read_some(**stream, boost::asio::buffer(heard));
  EXPECT_TRUE(!got && got.error() == make_error_code(runtime::errc::reset));
}

EPICENTER_BOTH_WORLDS(can_be_torn_down_while_they_wait) {
  field at(rt);
  route_tls route;
  route.terminate = true;
  auto ends = make_tls_ends(route, at.proxies, rt.wall()).value();
  std::shared_ptr<runtime::stream> kept;
  std::vector<task<>> all;
  all.push_back(shake_hands_until_torn_down(rt, at, ends, kept));
  all.push_back(tear_down_meanwhile(rt, at, kept));
  co_await runtime::when_all(rt, std::move(all));
  EXPECT_NE(at.client_refused, "");
}

TEST(handshakes, settings_that_cannot_work_are_refused) {
  const wall_time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  const auto ca = std::make_shared<http::private_ca>(http::private_ca::make(day).value());
  route_tls route;
  route.terminate = true;
  route.client_ca_pem = "no pem";
  EXPECT_FALSE(make_tls_ends(route, ca, day));
  route = {};
  route.originate = true;
  route.upstream_ca_pem = "no pem";
  EXPECT_FALSE(make_tls_ends(route, ca, day));
}

}  // namespace
}  // namespace epicenter::proxy
