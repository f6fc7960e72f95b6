// Leaving through an egress proxy: the conversation with it, and what it costs when it goes wrong.
#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/tls_error.hpp>
#include <epicenter/http/tunnel_answer.hpp>

#include "lib/epicenter/http/tests/proxy_world.hpp"

namespace epicenter::http {
namespace {

const runtime::endpoint epic{"fhir.epic.example", 443, ""};
const origin epic_by_tls{true, epic};
const origin epic_in_plain{false, epic};

server_options secure_server(const private_ca& ca, world& rt, const std::string& host) {
  const certificate shown = ca.issue({host}, rt.wall()).value();
  server_options so;
  so.tls = make_tls_server({shown.pem, shown.key_pem}).value();
  return so;
}

client_options through(const egress_proxy& proxy, const private_ca* ca = nullptr) {
  client_options co;
  co.proxy = proxy;
  if (ca != nullptr) co.tls = make_tls_client({"", ca->pem()}).value();
  return co;
}

std::string reason_of(const exchange_result& answer) {
  return answer ? "answered " + std::to_string(answer->status) : answer.error().why.message();
}

EPICENTER_BOTH_WORLDS(egress, tls_goes_through_the_tunnel_to_the_server_that_was_meant) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  rig site(rt, echo, secure_server(ca, rt, epic.host));
  scripted_proxy proxy(rt, site.where.server);
  client web(rt, through(proxy.settings(), &ca));
  for (int i = 0; i != 3; ++i) {
    auto answer = co_await web.send(epic_by_tls, get("/metadata"), rt.now() + 5s);
    EXPECT_TRUE(answer && answer->body == "GET /metadata 1\n") << reason_of(answer);
  }
  EXPECT_EQ(proxy.heads.size(), 1U) << "one tunnel for three requests";
  EXPECT_EQ(proxy.heads.front(),
            "CONNECT fhir.epic.example:443 HTTP/1.1\r\nHost: fhir.epic.example:443\r\nUser-Agent: "
            "epicenter\r\n\r\n");
  co_await web.stop();
  co_await proxy.stop();
  co_await site.stop();
}

// The proxy leads to a server of another name: it cannot pass for Epic.
EPICENTER_BOTH_WORLDS(egress, a_proxy_that_leads_elsewhere_is_found_out) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  rig site(rt, echo, secure_server(ca, rt, "elsewhere.example"));
  scripted_proxy proxy(rt, site.where.server);
  client web(rt, through(proxy.settings(), &ca));
  auto answer = co_await web.send(epic_by_tls, get("/"), rt.now() + 5s);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(tls_errc::wrong_host)) != nullptr)
      << reason_of(answer);
  EXPECT_FALSE(answer.error().any_byte_sent);
  co_await web.stop();
  co_await proxy.stop();
  co_await site.stop();
}

// TLS in TLS: the proxy is verified by its own name, and the server behind it by its own.
EPICENTER_BOTH_WORLDS(egress, the_proxy_itself_may_be_spoken_to_by_tls) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  rig site(rt, echo, secure_server(ca, rt, epic.host));
  for (const bool known : {true, false}) {
    scripted_proxy proxy(rt, site.where.server);
    const private_ca other = private_ca::make(rt.wall()).value();
    proxy.tls = secure_server(known ? ca : other, rt, "127.0.0.1").tls;
    egress_proxy settings = proxy.settings();
    settings.where.tls = true;
    client web(rt, through(settings, &ca));
    auto answer = co_await web.send(epic_by_tls, get("/x"), rt.now() + 5s);
    EXPECT_EQ(answer.has_value(), known) << reason_of(answer);
    EXPECT_EQ(proxy.heads.size(), known ? 1U : 0U);
    if (!answer) {
      const error& why = answer.error().why;
      EXPECT_EQ(why, make_error_code(errc::tls_failed)) << why.message();
      EXPECT_NE(find_cause(why, make_error_code(proxy_errc::unreachable)), nullptr) << why.message();
      EXPECT_NE(find_cause(why, make_error_code(tls_errc::untrusted)), nullptr) << why.message();
      EXPECT_TRUE(is_refused_by_egress(why));
      EXPECT_FALSE(answer.error().any_byte_sent);
    }
    co_await web.stop();
    co_await proxy.stop();
  }
  co_await site.stop();
}

EPICENTER_VIRTUAL(egress, credentials_are_sent_and_never_shown) {
  rig site(rt, echo);
  scripted_proxy proxy(rt, site.where.server);
  egress_proxy settings = proxy.settings();
  settings.user = "Aladdin";
  settings.password = secret("open sesame");
  client web(rt, through(settings));
  auto answer = co_await web.send(epic_in_plain, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  // The example of RFC 7617, section 2.
  EXPECT_NE(proxy.heads.front().find("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
            std::string::npos)
      << proxy.heads.front();
  co_await web.stop();
  proxy.answer = {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"};
  client again(rt, through(settings));
  answer = co_await again.send(epic_in_plain, get("/"), rt.now() + 5s);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(proxy_errc::credentials)) != nullptr);
  for (const char* hidden : {"sesame", "Aladdin", "QWxhZGRpbj"})
    EXPECT_EQ(reason_of(answer).find(hidden), std::string::npos) << reason_of(answer);
  co_await again.stop();
  co_await proxy.stop();
  co_await site.stop();
}

struct refusal {
  std::string answer;
  proxy_errc kind;
};

EPICENTER_VIRTUAL(egress, every_refusal_is_told_apart_and_sends_nothing) {
  int handled = 0;
  const handler count = [&handled](exchange& x) -> task<> {
    ++handled;
    co_await echo(x);
  };
  rig site(rt, count);
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<refusal> all{
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", proxy_errc::credentials},
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 999999999999\r\n\r\nno", proxy_errc::refused},
      {"HTTP/1.0 405 No CONNECT here\r\n\r\n", proxy_errc::refused},
      {"HTTP/1.1 302 Found\r\nLocation: http://login.example\r\n\r\n", proxy_errc::refused},
      {"HTTP/1.1 500 Internal Server Error\r\n\r\n", proxy_errc::server_unreachable},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", proxy_errc::server_unreachable},
      {"HTTP/1.1 503 Service Unavailable\r\n\r\n", proxy_errc::server_unreachable},
      {"HTTP/1.1 504 Gateway Timeout\r\n\r\n", proxy_errc::server_unreachable},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
       proxy_errc::malformed},
      {"SSH-2.0-OpenSSH_9.2\r\n", proxy_errc::malformed},
      {ok + "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", proxy_errc::malformed},
      {ok + "X: " + std::string(longest_tunnel_answer, 'x') + "\r\n\r\n", proxy_errc::malformed},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
           ok + "\r\n",
       proxy_errc::malformed},
      {"HTTP/1.1 200", proxy_errc::no_answer},
      {"", proxy_errc::no_answer},
  };
  for (const refusal& one : all) {
    scripted_proxy proxy(rt, site.where.server);
    proxy.answer = {one.answer};
    proxy.hangs_up = true;
    client web(rt, through(proxy.settings()));
    auto answer = co_await web.send(epic_in_plain, get("/"), rt.now() + 60s);
    EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::connect_failed))
        << one.answer << reason_of(answer);
    if (!answer) {
      EXPECT_NE(find_cause(answer.error().why, make_error_code(one.kind)), nullptr)
          << one.answer << reason_of(answer);
      EXPECT_FALSE(answer.error().any_byte_sent);
    }
    EXPECT_EQ(web.connections(), 0U);
    co_await web.stop();
    co_await proxy.stop();
  }
  EXPECT_EQ(handled, 0);
  co_await site.stop();
}

// However the answer arrives in pieces, it is the same answer; what it says of a body is not believed.
EPICENTER_VIRTUAL(egress, an_answer_may_come_byte_by_byte_and_in_any_clothes) {
  rig site(rt, echo);
  const std::vector<std::string> answers{
      "HTTP/1.1 200 Connection established\r\n\r\n",
      "HTTP/1.0 200 OK\r\nProxy-agent: old\r\n\r\n",
      "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
  };
  for (const std::string& text : answers) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, text.size()}) {
      scripted_proxy proxy(rt, site.where.server);
      proxy.answer.clear();
      for (std::size_t at = 0; at < text.size(); at += step) proxy.answer.push_back(text.substr(at, step));
      proxy.pause = 1ms;
      client web(rt, through(proxy.settings()));
      auto answer = co_await web.send(epic_in_plain, get("/x"), rt.now() + 5s);
      EXPECT_TRUE(answer && answer->body.starts_with("GET /x ")) << text << reason_of(answer);
      co_await web.stop();
      co_await proxy.stop();
    }
  }
  co_await site.stop();
}

EPICENTER_VIRTUAL(egress, the_proxy_has_its_own_time_limit) {
  rig site(rt, echo);
  scripted_proxy proxy(rt, site.where.server);
  proxy.pause = 2s;
  egress_proxy settings = proxy.settings();
  settings.connect_timeout = 1500ms;
  client_options options = through(settings);
  options.connect_timeout = 100ms;  // no longer than the handshake, which begins behind the tunnel
  client web(rt, options);
  const instant begun = rt.now();
  auto answer = co_await web.send(epic_in_plain, get("/"), rt.now() + 60s);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(proxy_errc::no_answer)) != nullptr)
      << reason_of(answer);
  EXPECT_EQ(rt.now() - begun, 1500ms);
  co_await web.stop();
  settings.connect_timeout = 5s;
  client patient(rt, through(settings));
  answer = co_await patient.send(epic_in_plain, get("/"), rt.now() + 60s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  co_await patient.stop();
  client hurried(rt, through(settings));
  const instant again = rt.now();
  answer = co_await hurried.send(epic_in_plain, get("/"), rt.now() + 300ms);
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(rt.now() - again, 300ms) << "the caller's deadline holds, too";
  co_await hurried.stop();
  co_await proxy.stop();
  co_await site.stop();
}

EPICENTER_BOTH_WORLDS(egress, a_proxy_that_is_not_there_is_named) {
  runtime::listener_ptr gone = rt.listen(any_port()).value();
  egress_proxy settings;
  settings.where.server = gone->local_endpoint();
  gone->close();
  client web(rt, through(settings));
  auto answer = co_await web.send(epic_in_plain, get("/"), rt.now() + 5s);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(proxy_errc::unreachable)) != nullptr);
  EXPECT_NE(reason_of(answer).find(settings.where.server.to_string()), std::string::npos)
      << reason_of(answer);
  co_await web.stop();
}

EPICENTER_VIRTUAL(egress, exceptions_are_reached_without_the_proxy) {
  rig site(rt, echo);
  scripted_proxy proxy(rt, site.where.server);
  egress_proxy settings = proxy.settings();
  settings.direct = no_proxy::parse("127.0.0.0/8").value();
  client web(rt, through(settings));
  auto answer = co_await web.send(site.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  EXPECT_TRUE(proxy.heads.empty());
  answer = co_await web.send(epic_in_plain, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  EXPECT_EQ(proxy.heads.size(), 1U);
  co_await web.stop();
  co_await proxy.stop();
  co_await site.stop();
}

EPICENTER_VIRTUAL(egress, an_address_is_asked_for_in_brackets) {
  rig site(rt, echo);
  scripted_proxy proxy(rt, site.where.server);
  client web(rt, through(proxy.settings()));
  const url where = parse_url("http://[2001:db8::1]:8080/x").value();
  auto answer = co_await web.send(where.where, get(where.target), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  EXPECT_TRUE(
      proxy.heads.front().starts_with("CONNECT [2001:db8::1]:8080 HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"))
      << proxy.heads.front();
  co_await web.stop();
  co_await proxy.stop();
  co_await site.stop();
}

task<> send_one(world& rt, client& web, errc* outcome) {
  const instant limit = rt.now() + 60s;
  auto answer = co_await web.send(epic_in_plain, get("/"), limit);
  *outcome = answer ? errc{} : static_cast<errc>(answer.error().why.code().value());
}

// Wherever the caller gives up, it is a cancellation, and nothing stays behind.
EPICENTER_VIRTUAL(egress, giving_up_while_the_proxy_thinks_is_a_cancellation) {
  rig site(rt, echo);
  for (const duration after : {duration(0s), duration(200us), duration(1ms), duration(2s)}) {
    scripted_proxy proxy(rt, site.where.server);
    proxy.pause = 2900ms;
    client web(rt, through(proxy.settings()));
    runtime::task_group callers(rt);
    errc outcome{};
    callers.spawn("caller", send_one(rt, web, &outcome));
    co_await runtime::sleep_for(rt, after);
    callers.cancel();
    co_await callers.join();
    EXPECT_EQ(outcome, errc::cancelled) << after.count();
    EXPECT_EQ(web.connections(), 0U);
    co_await web.stop();
    co_await proxy.stop();
  }
  co_await site.stop();
}

}  // namespace
}  // namespace epicenter::http
