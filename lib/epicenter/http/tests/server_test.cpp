#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

const std::string get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string get_b_and_close = "GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

handler slow_for_a(world& rt) {
  return [&rt](exchange& x) -> task<> {
    if (x.incoming().target == "/a") co_await runtime::sleep_for(rt, 20ms);
    co_await echo(x);
  };
}

EPICENTER_BOTH_WORLDS(server, answers_pipelined_requests_in_order) {
  rig r(rt, slow_for_a(rt));
  std::vector<std::string> parts{get_a + get_a + get_b_and_close};
  const std::string heard = co_await converse(rt, r.where.server, std::move(parts), 0ns);
  const std::size_t first = heard.find("GET /a 1");
  const std::size_t second = heard.find("GET /a 1", first + 1);
  const std::size_t third = heard.find("GET /b 1");
  EXPECT_TRUE(first < second && second < third && third != std::string::npos) << heard;
  EXPECT_NE(heard.find("Connection: close"), std::string::npos);
  EXPECT_NE(heard.find("Date: "), std::string::npos);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(server, reads_requests_in_any_pieces) {
  rig r(rt, echo);
  const std::string chunked =
      "PUT http://h/c?d HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nT: v\r\n\r\n";
  std::vector<std::string> bytes;
  for (const char c : chunked) bytes.emplace_back(1, c);
  const std::string heard = co_await converse(rt, r.where.server, std::move(bytes), 1ms);
  EXPECT_TRUE(heard.ends_with("PUT /c?d 1\nabcdefg")) << heard;
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(server, invites_the_body_after_expect_100_continue) {
  rig r(rt, echo);
  const std::string head =
      "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n";
  std::vector<std::string> parts{head, "ok"};
  std::string heard = co_await converse(rt, r.where.server, std::move(parts), 30ms);
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << heard;
  EXPECT_TRUE(heard.ends_with("POST /e 1\nok")) << heard;
  std::vector<std::string> other{"GET / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n"};
  heard = co_await converse(rt, r.where.server, std::move(other), 0ns);
  EXPECT_EQ(status_line(heard), "HTTP/1.1 417 Expectation Failed");
  co_await r.stop();
}

struct refused_case {
  std::string bytes;
  int status;
};

std::vector<refused_case> refused_cases() {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  return {
      {start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
      {start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
      {start + "Content-Length: 3, 3\r\n\r\nabc", 400},
      {start + "Content-Length: +3\r\n\r\nabc", 400},
      {start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
      {start + "X: " + std::string(3000, 'x') + "\r\n\r\n", 431},
      {start + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'), 413},
      {start + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'), 413},
  };
}

EPICENTER_BOTH_WORLDS(server, refuses_requests_that_two_readers_could_read_differently) {
  server_options so;
  so.request_limits.max_header_bytes = 2000;
  so.request_limits.max_body_bytes = 1000;
  int handled = 0;
  rig r(
      rt,
      [&handled](exchange& x) -> task<> {
        ++handled;
        co_await echo(x);
      },
      so);
  for (const refused_case& one : refused_cases()) {
    std::vector<std::string> parts{one.bytes};
    const instant begun = rt.now();
    runtime::task<std::string> talk = converse(rt, r.where.server, std::move(parts), 0ns);
    // The refusal must end the connection by itself.
    const std::string heard = co_await std::move(talk);
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 " + std::to_string(one.status))) << one.bytes << "\n" << heard;
    EXPECT_NE(heard.find("Connection: close\r\n"), std::string::npos) << heard;
    EXPECT_LT(rt.now() - begun, 2s);
  }
  EXPECT_EQ(handled, 0);
  co_await r.stop();
}

EPICENTER_VIRTUAL(server, drops_slow_senders_at_the_time_limits) {
  rig r(rt, echo);
  std::vector<std::string> drip;
  for (const char c : "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100, 'x')) drip.emplace_back(1, c);
  instant begun = rt.now();
  std::string heard = co_await converse(rt, r.where.server, std::move(drip), 1s);
  EXPECT_EQ(heard, "");
  EXPECT_LT(rt.now() - begun, 13s);
  EXPECT_GE(rt.now() - begun, 10s);

  std::vector<std::string> body{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n"};
  for (int i = 0; i != 90; ++i) body.emplace_back("x");
  begun = rt.now();
  heard = co_await converse(rt, r.where.server, std::move(body), 1s);
  EXPECT_EQ(heard, "");
  EXPECT_LT(rt.now() - begun, 33s);
  EXPECT_GE(rt.now() - begun, 30s);

  std::vector<std::string> silent{get_a};
  begun = rt.now();
  heard = co_await converse(rt, r.where.server, std::move(silent), 0ns);
  EXPECT_NE(heard.find("GET /a"), std::string::npos);
  EXPECT_LT(rt.now() - begun, 76s);
  EXPECT_GE(rt.now() - begun, 75s);
  EXPECT_EQ(r.site.connections(), 0U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(server, closes_connections_beyond_its_limit) {
  server_options so;
  so.max_connections = 1;
  rig r(rt, echo, so);
  auto first = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
  EXPECT_TRUE(first.has_value());
  std::vector<std::string> parts{get_a};
  const std::string heard = co_await converse(rt, r.where.server, std::move(parts), 0ns);
  EXPECT_EQ(heard, "");
  EXPECT_EQ(r.site.connections(), 1U);
  co_await r.stop();
}

task<> send_and_keep(rig& r, instant limit, std::string target, std::string* body) {
  auto answer = co_await r.web.send(r.where, get(target), limit);
  *body = answer ? answer->body : answer.error().why.message();
}

EPICENTER_BOTH_WORLDS(server, stop_lets_requests_finish_within_the_grace) {
  rig r(rt, [&rt](exchange& x) -> task<> {
    const duration work = x.incoming().target == "/quick" ? duration(50ms) : duration(20s);
    const result<> slept = co_await runtime::sleep_for(rt, work);
    if (slept) co_await echo(x);
  });
  std::string quick;
  std::string endless;
  runtime::task_group group(rt);
  group.spawn("quick", send_and_keep(r, rt.now() + 5s, "/quick", &quick));
  group.spawn("endless", send_and_keep(r, rt.now() + 5s, "/endless", &endless));
  co_await runtime::sleep_for(rt, 20ms);
  const instant begun = rt.now();
  co_await r.site.stop(200ms);
  EXPECT_GE(rt.now() - begun, 200ms);
  EXPECT_LT(rt.now() - begun, 5s);
  EXPECT_EQ(r.site.connections(), 0U);
  co_await group.join();
  EXPECT_TRUE(quick.starts_with("GET /quick")) << quick;
  EXPECT_EQ(endless, "the connection was closed before a response began");
  EXPECT_FALSE(r.site.listen(any_port()).has_value());
  co_await r.web.stop();
}

EPICENTER_BOTH_WORLDS(server, a_head_is_answered_with_the_length_of_the_get_and_no_body) {
  rig r(rt, [](exchange& x) -> task<> {
    response made;
    made.body = "twelve bytes";
    const result<> sent = co_await x.respond(std::move(made));
    EXPECT_TRUE(sent.has_value());
  });
  const std::string heads = "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /b HTTP/1.1\r\nHost: h\r\n\r\n";
  std::vector<std::string> parts{heads + get_b_and_close};
  const std::string heard = co_await converse(rt, r.where.server, std::move(parts), 0ns);
  std::size_t lengths = 0;
  for (std::size_t at = 0; (at = heard.find("Content-Length: 12\r\n", at)) != std::string::npos; ++at)
    ++lengths;
  EXPECT_EQ(lengths, 3U) << heard;
  EXPECT_EQ(heard.find("twelve bytes"), heard.size() - 12) << heard;
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(server, stop_closes_idle_connections_at_once) {
  rig r(rt, echo);
  const instant limit = rt.now() + 5s;
  auto idle = co_await runtime::connect(rt, r.where.server, limit);
  auto used = co_await r.web.send(r.where, get("/"), limit);
  EXPECT_TRUE(idle.has_value() && used.has_value());
  EXPECT_EQ(r.site.connections(), 2U);
  const instant begun = rt.now();
  co_await r.site.stop();
  EXPECT_LT(rt.now() - begun, 400ms);
  EXPECT_EQ(r.site.connections(), 0U);
  std::array<char, 1> byte{};
  const auto end = co_await runtime::read_some(**idle, boost::asio::buffer(byte));
  EXPECT_TRUE(!end && end.error().code() == make_error_code(runtime::errc::end_of_stream));
  co_await r.web.stop();
}

EPICENTER_BOTH_WORLDS(server, a_response_that_would_be_misread_is_not_sent) {
  rig r(rt, [](exchange& x) -> task<> {
    response split;
    split.fields.add("X", "a\r\n\r\nHTTP/1.1 200 OK");
    const result<> sent = co_await x.respond(std::move(split));
    EXPECT_EQ(sent.error().code(), make_error_code(errc::malformed));
  });
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::closed));
  co_await r.stop();
}

}  // namespace
}  // namespace epicenter::http
