#include <epicenter/http/private_ca.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

private_ca authority(world& rt) {
  return private_ca::make(rt.wall()).value();
}
certificate for_loopback(const private_ca& ca, world& rt, certificate_flaw flaw = certificate_flaw::none) {
  return ca.issue({"localhost", "127.0.0.1", "::1"}, rt.wall(), flaw).value();
}

server_options secure_server(const certificate& c) {
  server_options so;
  tls_server_options t;
  t.certificate_pem = c.pem;
  t.private_key_pem = c.key_pem;
  so.tls = make_tls_server(t).value();
  return so;
}

client_options trusting(const private_ca& ca) {
  client_options co;
  tls_client_options t;
  t.ca_pem = ca.pem();
  co.tls = make_tls_client(t).value();
  return co;
}

EPICENTER_BOTH_WORLDS(tls, a_hundred_requests_over_one_connection) {
  const private_ca ca = authority(rt);
  rig r(rt, echo, secure_server(for_loopback(ca, rt)), trusting(ca));
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

struct refusal {
  certificate_flaw flaw;
  std::string reason;  ///< a part of OpenSSL's words
};

EPICENTER_BOTH_WORLDS(tls, each_flaw_of_a_certificate_is_refused_for_its_own_reason_before_a_byte_is_sent) {
  const private_ca ca = authority(rt);
  int handled = 0;
  const handler count = [&handled](exchange& x) -> task<> {
    ++handled;
    co_await echo(x);
  };
  const std::vector<refusal> all{{certificate_flaw::none, ""},
                                 {certificate_flaw::expired, "certificate has expired"},
                                 {certificate_flaw::wrong_host, "IP address mismatch"},
                                 {certificate_flaw::self_signed, "self-signed certificate"},
                                 {certificate_flaw::untrusted, "unable to get local issuer"}};
  for (const refusal& one : all) {
    rig r(rt, count, secure_server(for_loopback(ca, rt, one.flaw)), trusting(ca));
    r.where.tls = true;
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
    if (one.flaw == certificate_flaw::none) {
      EXPECT_TRUE(answer.has_value()) << answer.error().why.message();
    } else if (answer) {
      ADD_FAILURE() << "accepted, where was expected: " << one.reason;
    } else {
      EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
      EXPECT_NE(answer.error().why.message().find(one.reason), std::string::npos)
          << answer.error().why.message();
      EXPECT_FALSE(answer.error().any_byte_sent);
    }
    co_await r.stop();
  }
  EXPECT_EQ(handled, 1);
}

EPICENTER_BOTH_WORLDS(tls, unknown_authorities_and_plain_text_are_refused_before_a_byte_is_sent) {
  const private_ca ca = authority(rt);
  const private_ca other = authority(rt);
  int handled = 0;
  const handler count = [&handled](exchange& x) -> task<> {
    ++handled;
    co_await echo(x);
  };
  rig untrusted(rt, count, secure_server(for_loopback(ca, rt)), trusting(other));
  untrusted.where.tls = true;
  auto answer = co_await untrusted.web.send(untrusted.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
  EXPECT_NE(answer.error().why.message().find("unable to get local issuer"), std::string::npos)
      << answer.error().why.message();
  EXPECT_FALSE(answer.error().any_byte_sent);
  rig plain(rt, count, {}, trusting(ca));
  plain.where.tls = true;
  answer = co_await plain.web.send(plain.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::tls_failed)) << answer.error().why.message();
  EXPECT_EQ(handled, 0);
  co_await untrusted.stop();
  co_await plain.stop();
}

// A certificate that holds today does not hold in a year of the simulation.
EPICENTER_VIRTUAL(tls, certificates_age_with_the_clock_of_the_runtime) {
  const private_ca ca = authority(rt);
  rig r(rt, echo, secure_server(for_loopback(ca, rt)), trusting(ca));
  r.where.tls = true;
  rt.set_wall_skew(24h * 29);
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value());
  request last = get("/");
  last.fields.add("Connection", "close");
  answer = co_await r.web.send(r.where, std::move(last), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value());
  rt.set_wall_skew(24h * 31);
  answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::tls_failed));
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(tls, a_body_to_the_end_needs_the_end_of_tls_and_a_reset_passes_through) {
  const private_ca ca = authority(rt);
  const handler h = [](exchange& x) -> task<> {
    if (x.incoming().target == "/reset") {
      x.reset();
      co_return;
    }
    std::string bytes = "HTTP/1.1 200 OK\r\n\r\nto the end";
    const result<> sent = co_await x.respond_raw(std::move(bytes));
    EXPECT_TRUE(sent.has_value());
  };
  rig r(rt, h, secure_server(for_loopback(ca, rt)), trusting(ca));
  r.where.tls = true;
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value() && answer->body == "to the end");
  answer = co_await r.web.send(r.where, get("/reset"), rt.now() + 5s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::reset)) << answer.error().why.message();
  EXPECT_TRUE(answer.error().any_byte_sent);
  co_await r.stop();
}

TEST(tls, settings_that_cannot_work_are_refused) {
  runtime::real_runtime rt;
  const private_ca ca = authority(rt);
  const certificate c = for_loopback(ca, rt);
  const certificate d = for_loopback(ca, rt);
  EXPECT_FALSE(make_tls_server({c.pem, d.key_pem}).has_value());
  EXPECT_FALSE(make_tls_server({"no pem", c.key_pem}).has_value());
  EXPECT_FALSE(make_tls_client({"", "no pem"}).has_value());
  EXPECT_FALSE(make_tls_client({"/nonexistent/ca.pem", ""}).has_value());
  EXPECT_FALSE(ca.issue({}, rt.wall()).has_value());
}

}  // namespace
}  // namespace epicenter::http
