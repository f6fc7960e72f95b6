#include "lib/epicenter/http/tests/certificates.hpp"
#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

server_options secure_server(const certificate& c) {
  server_options so;
  tls_server_options t;
  t.certificate_pem = c.pem;
  t.private_key_pem = c.key_pem;
  so.tls = make_tls_server(t).value();
  return so;
}

client_options trusting(const certificate& c) {
  client_options co;
  tls_client_options t;
  t.ca_pem = c.pem;
  co.tls = make_tls_client(t).value();
  return co;
}

EPICENTER_BOTH_WORLDS(tls, a_hundred_requests_over_one_connection) {
  const certificate c = make_certificate("DNS:localhost,IP:127.0.0.1");
  rig r(rt, echo, secure_server(c), trusting(c));
  r.where.tls = true;
  const std::string large(200'000, 'x');
  for (int i = 0; i != 100; ++i) {
    const std::string body = i % 10 == 0 ? large : std::string("small");
    auto answer = co_await r.web.send(r.where, post("/", body), rt.now() + 5s);
    if (!answer) {
      ADD_FAILURE() << answer.error().why.message();
      break;
    }
    EXPECT_TRUE(answer->body == "POST / 1\n" + body) << answer->body.substr(0, 20);
  }
  EXPECT_EQ(r.web.connections(), 1U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(tls, wrong_hosts_and_unknown_authorities_fail_before_a_byte_is_sent) {
  const certificate good = make_certificate("DNS:localhost,IP:127.0.0.1");
  const certificate other_host = make_certificate("DNS:elsewhere.example,IP:10.0.0.1");
  int handled = 0;
  const handler count = [&handled](exchange& x) -> task<> {
    ++handled;
    co_await echo(x);
  };
  rig wrong_host(rt, count, secure_server(other_host), trusting(other_host));
  wrong_host.where.tls = true;
  auto answer = co_await wrong_host.web.send(wrong_host.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
  EXPECT_NE(answer.error().why.message().find("IP address mismatch"), std::string::npos)
      << answer.error().why.message();
  EXPECT_FALSE(answer.error().any_byte_sent);
  rig untrusted(rt, count, secure_server(good), trusting(other_host));
  untrusted.where.tls = true;
  answer = co_await untrusted.web.send(untrusted.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
  EXPECT_FALSE(answer.error().any_byte_sent);
  rig plain(rt, count, {}, trusting(good));
  plain.where.tls = true;
  answer = co_await plain.web.send(plain.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
  EXPECT_EQ(handled, 0);
  co_await wrong_host.stop();
  co_await untrusted.stop();
  co_await plain.stop();
}

EPICENTER_BOTH_WORLDS(tls, a_body_to_the_end_needs_the_end_of_tls_and_a_reset_passes_through) {
  const certificate c = make_certificate("DNS:localhost,IP:127.0.0.1");
  const handler h = [](exchange& x) -> task<> {
    if (x.incoming().target == "/reset") {
      x.reset();
      co_return;
    }
    std::string bytes = "HTTP/1.1 200 OK\r\n\r\nto the end";
    const result<> sent = co_await x.respond_raw(std::move(bytes));
    EXPECT_TRUE(sent.has_value());
  };
  rig r(rt, h, secure_server(c), trusting(c));
  r.where.tls = true;
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value() && answer->body == "to the end");
  answer = co_await r.web.send(r.where, get("/reset"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::reset)) << answer.error().why.message();
  EXPECT_TRUE(answer.error().any_byte_sent);
  co_await r.stop();
}

TEST(tls, settings_that_cannot_work_are_refused) {
  const certificate c = make_certificate("DNS:localhost");
  const certificate d = make_certificate("DNS:localhost");
  EXPECT_FALSE(make_tls_server({c.pem, d.key_pem}).has_value());
  EXPECT_FALSE(make_tls_server({"no pem", c.key_pem}).has_value());
  EXPECT_FALSE(make_tls_client({"", "no pem"}).has_value());
  EXPECT_FALSE(make_tls_client({"/nonexistent/ca.pem", ""}).has_value());
}

}  // namespace
}  // namespace epicenter::http
