// TLS in which the client, too, shows who it is; and handshakes that begin or end outside of OpenSSL.
#include <epicenter/http/client_opening.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/tls_session.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

/// Both sides of one handshake.
struct encounter {
  result<runtime::stream_ptr> client = fail(errc::cancelled);
  result<runtime::stream_ptr> server = fail(errc::cancelled);
  bool over = false;
};

task<> meet_as_server(world& rt, runtime::listener& at, tls_context_ptr as, encounter& met) {
  auto carrier = co_await runtime::accept(at);
  EXPECT_TRUE(carrier.has_value());
  met.server = co_await tls_accept(rt, std::move(as), std::move(*carrier), rt.now() + 5s);
  met.over = true;
}

task<> meet(world& rt, tls_context_ptr client, tls_context_ptr server, encounter& met) {
  auto listening = rt.listen(any_port());
  runtime::spawn(rt, "server", meet_as_server(rt, **listening, std::move(server), met));
  auto carrier = co_await runtime::connect(rt, (*listening)->local_endpoint(), rt.now() + 5s);
  EXPECT_TRUE(carrier.has_value());
  met.client = co_await tls_connect(rt, std::move(client), std::move(*carrier), "localhost", rt.now() + 5s);
  const auto met_already = [&met] { return met.over; };
  const bool over = co_await eventually(rt, met_already);
  EXPECT_TRUE(over);
}

tls_context_ptr server_asking_for(const private_ca& own, const private_ca& clients, world& rt) {
  const certificate shown = own.issue({"localhost"}, rt.wall()).value();
  return make_tls_server({shown.pem, shown.key_pem, clients.pem()}).value();
}

tls_context_ptr client_showing(const private_ca& trusted, const certificate& shown) {
  return make_tls_client({"", trusted.pem(), shown.pem, shown.key_pem}).value();
}

std::string reason_of(const result<runtime::stream_ptr>& met) {
  return met ? "accepted" : met.error().message();
}

EPICENTER_BOTH_WORLDS(client_certificate, lets_a_client_in_whom_the_right_authority_vouches_for) {
  const private_ca servers = private_ca::make(rt.wall()).value();
  const private_ca clients = private_ca::make(rt.wall()).value();
  const auto known = client_showing(servers, clients.issue_client("adapter", rt.wall()).value());
  encounter met;
  co_await meet(rt, known, server_asking_for(servers, clients, rt), met);
  EXPECT_EQ(reason_of(met.client), "accepted");
  EXPECT_EQ(reason_of(met.server), "accepted");
  if (!met.client || !met.server) co_return;
  const result<> sent = co_await runtime::write_all(**met.client, boost::asio::buffer("hello", 5));
  EXPECT_TRUE(sent.has_value());
  std::string heard(5, '\0');
  const auto got = co_await runtime::read_some(**met.server, boost::asio::buffer(heard));
  EXPECT_TRUE(got.has_value());
  EXPECT_EQ(heard, "hello");
}

struct stranger {
  tls_context_ptr context;
  std::string reason;  ///< a part of OpenSSL's words at the server
};

EPICENTER_BOTH_WORLDS(client_certificate, refuses_every_other_client_for_its_own_reason) {
  const private_ca servers = private_ca::make(rt.wall()).value();
  const private_ca clients = private_ca::make(rt.wall()).value();
  const wall_time now = rt.wall();
  const std::vector<stranger> all{
      {make_tls_client({"", servers.pem()}).value(), "did not return a certificate"},
      {client_showing(servers, servers.issue_client("adapter", now).value()), "unable to get local issuer"},
      {client_showing(servers, clients.issue_client("adapter", now, certificate_flaw::untrusted).value()),
       "unable to get local issuer"},
      {client_showing(servers, clients.issue_client("adapter", now, certificate_flaw::expired).value()),
       "certificate has expired"},
      {client_showing(servers, clients.issue_client("adapter", now, certificate_flaw::self_signed).value()),
       "self-signed certificate"},
      {client_showing(servers, clients.issue({"localhost"}, now).value()), "unsuitable certificate purpose"},
  };
  for (const stranger& one : all) {
    encounter met;
    co_await meet(rt, one.context, server_asking_for(servers, clients, rt), met);
    EXPECT_NE(reason_of(met.server).find(one.reason), std::string::npos) << reason_of(met.server);
    // TLS 1.3: the client is through before it is judged, and then hears of it.
    if (!met.client) continue;
    std::string heard(5, '\0');
    const auto got = co_await runtime::read_some(**met.client, boost::asio::buffer(heard));
    EXPECT_TRUE(!got && got.error() == make_error_code(runtime::errc::io))
        << one.reason << ": " << (got ? "bytes" : got.error().message());
  }
}

EPICENTER_BOTH_WORLDS(client_certificate, refuses_clients_with_the_alert_that_says_why) {
  const private_ca servers = private_ca::make(rt.wall()).value();
  auto listening = rt.listen(any_port());
  encounter met;
  runtime::spawn(rt, "server", meet_as_server(rt, **listening, server_asking_for(servers, servers, rt), met));
  auto carrier = co_await runtime::connect(rt, (*listening)->local_endpoint(), rt.now() + 5s);
  // A client of TLS 1.2 without a certificate, by hand: only there do alerts of the handshake go unencrypted.
  tls_context_ptr old = make_tls_client({"", servers.pem()}).value();
  SSL_CTX_set_max_proto_version(old->get(), TLS1_2_VERSION);
  tls_session session(old, tls_session::side::client, "localhost", rt.wall());
  std::string last;
  while (session.handshake() == tls_session::status::wants_input) {
    std::string records;
    session.take_records(records);
    if (!records.empty()) (void)co_await runtime::write_all(**carrier, boost::asio::buffer(records));
    last.assign(16 * 1024, '\0');
    const auto got = co_await runtime::read_some(**carrier, boost::asio::buffer(last));
    if (!got) break;
    last.resize(*got);
    session.put_records(last);
  }
  EXPECT_EQ(last, tls_alert(alert::handshake_failure));
  EXPECT_NE(session.reason().find("alert handshake failure"), std::string::npos) << session.reason();
  const auto met_already = [&met] { return met.over; };
  const bool over = co_await eventually(rt, met_already);
  EXPECT_TRUE(over);
}

// The opening has been read to learn the name; the handshake goes on from there.
task<> accept_after_a_look(world& rt, runtime::listener& at, const private_ca& ca, encounter& met) {
  auto carrier = co_await runtime::accept(at);
  auto opening = co_await read_client_opening(rt, **carrier, rt.now() + 5s);
  EXPECT_TRUE(opening.has_value());
  const certificate shown = ca.issue({opening->host}, rt.wall()).value();
  tls_context_ptr as = make_tls_server({shown.pem, shown.key_pem}).value();
  std::string begun = std::move(opening->bytes);
  met.server = co_await tls_accept(rt, std::move(as), std::move(*carrier), rt.now() + 5s, std::move(begun));
  met.over = true;
}

EPICENTER_BOTH_WORLDS(tls, goes_on_from_an_opening_that_was_read_before) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  auto listening = rt.listen(any_port());
  encounter met;
  runtime::spawn(rt, "server", accept_after_a_look(rt, **listening, ca, met));
  auto carrier = co_await runtime::connect(rt, (*listening)->local_endpoint(), rt.now() + 5s);
  auto trusting = make_tls_client({"", ca.pem()}).value();
  met.client =
      co_await tls_connect(rt, std::move(trusting), std::move(*carrier), "fhir.example.org", rt.now() + 5s);
  EXPECT_EQ(reason_of(met.client), "accepted");
  const auto met_already = [&met] { return met.over; };
  const bool over = co_await eventually(rt, met_already);
  EXPECT_TRUE(over);
  EXPECT_EQ(reason_of(met.server), "accepted");
}

task<> answer_with_alert(world& rt, runtime::listener& at) {
  auto carrier = co_await runtime::accept(at);
  auto opening = co_await read_client_opening(rt, **carrier, rt.now() + 5s);
  EXPECT_TRUE(opening && opening->state == hello_state::yes);
  const std::string record = tls_alert(alert::handshake_failure);
  const result<> sent = co_await runtime::write_all(**carrier, boost::asio::buffer(record));
  EXPECT_TRUE(sent.has_value());
}

EPICENTER_BOTH_WORLDS(tls_alert, ends_a_handshake_as_the_peer_understands) {
  auto listening = rt.listen(any_port());
  runtime::spawn(rt, "server", answer_with_alert(rt, **listening));
  auto carrier = co_await runtime::connect(rt, (*listening)->local_endpoint(), rt.now() + 5s);
  auto client = make_tls_client({}).value();
  const auto met =
      co_await tls_connect(rt, std::move(client), std::move(*carrier), "localhost", rt.now() + 5s);
  EXPECT_TRUE(!met && met.error() == make_error_code(errc::tls_failed));
  EXPECT_NE(reason_of(met).find("alert handshake failure"), std::string::npos) << reason_of(met);
}

TEST(client_certificate, settings_that_cannot_work_are_refused) {
  const wall_time now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  const private_ca ca = private_ca::make(now).value();
  const certificate a = ca.issue_client("a", now).value();
  const certificate b = ca.issue_client("b", now).value();
  EXPECT_TRUE(make_tls_client({"", "", a.pem, a.key_pem}).has_value());
  const auto mixed = make_tls_client({"", "", a.pem, b.key_pem});
  EXPECT_TRUE(!mixed && mixed.error() == make_error_code(errc::bad_tls_settings));
  EXPECT_FALSE(make_tls_client({"", "", a.pem, ""}).has_value());
  EXPECT_FALSE(make_tls_client({"", "", "", a.key_pem}).has_value());
  EXPECT_FALSE(make_tls_server({a.pem, a.key_pem, "no pem"}).has_value());
  EXPECT_FALSE(ca.issue_client("", now).has_value());
  // Would add a name of its own choice in OpenSSL's list of names.
  EXPECT_FALSE(ca.issue({"a.example,DNS:b.example"}, now).has_value());
  EXPECT_TRUE(ca.issue({"*.a.example", "::1"}, now).has_value());
}

}  // namespace
}  // namespace epicenter::http
