// Answers whose length is not known when they begin.
#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

// Three parts with pauses; the first goes with the head. What send_chunk does with nothing is seen too.
handler in_parts(world& rt) {
  return [&rt](exchange& x) -> task<> {
    response head;
    head.fields.add("Content-Type", "text/plain");
    head.fields.add("Content-Length", "999");
    head.body = "one ";
    const result<> begun = co_await x.start_chunked(std::move(head));
    EXPECT_TRUE(begun.has_value());
    co_await runtime::sleep_for(rt, 5ms);
    std::string none;
    const result<> nothing = co_await x.send_chunk(std::move(none));
    EXPECT_TRUE(nothing.has_value());
    std::string part = "two ";
    const result<> second = co_await x.send_chunk(std::move(part));
    EXPECT_TRUE(second.has_value());
    co_await runtime::sleep_for(rt, 5ms);
    std::string long_part(20, '3');
    const result<> third = co_await x.send_chunk(std::move(long_part));
    EXPECT_TRUE(third.has_value());
    const result<> ended = co_await x.end_chunked();
    EXPECT_TRUE(ended.has_value());
  };
}

EPICENTER_BOTH_WORLDS(streaming, is_framed_by_chunks_and_leaves_the_connection_open) {
  rig r(rt, in_parts(rt));
  const std::string ask =
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  std::vector<std::string> parts{ask};
  const std::string heard = co_await converse(rt, r.where.server, std::move(parts), 0ns);
  const std::string body = "4\r\none \r\n4\r\ntwo \r\n14\r\n33333333333333333333\r\n0\r\n\r\n";
  const std::string again = "\r\n\r\nHTTP/1.1 200 OK\r\n";
  const std::size_t first = heard.find("\r\n\r\n" + body + "HTTP/1.1 200 OK\r\n");
  EXPECT_NE(first, std::string::npos) << heard;
  // Nothing but a head answers HEAD.
  const std::size_t bare = heard.find(again, first + 4 + body.size());
  EXPECT_NE(bare, std::string::npos) << heard;
  EXPECT_NE(heard.find("\r\n\r\n" + body + "HTTP/1.1 200 OK\r\n", bare), std::string::npos) << heard;
  EXPECT_EQ(heard.find("Connection: close"), heard.rfind("Connection: close")) << heard;
  EXPECT_EQ(heard.find("Content-Length"), std::string::npos) << heard;
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(streaming, reaches_the_client_whole_and_its_connection_is_used_again) {
  rig r(rt, in_parts(rt));
  for (int i = 0; i != 3; ++i) {
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 2s);
    EXPECT_TRUE(answer.has_value());
    EXPECT_EQ(answer ? answer->body : "", "one two " + std::string(20, '3'));
    request head = get("/");
    head.method = "HEAD";
    auto bare = co_await r.web.send(r.where, std::move(head), rt.now() + 2s);
    EXPECT_TRUE(bare.has_value());
    EXPECT_EQ(bare ? bare->body : "none", "");
  }
  EXPECT_EQ(r.site.connections(), 1U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(streaming, ends_with_the_connection_where_that_does_not_stay_open) {
  rig r(rt, in_parts(rt));
  for (const std::string ask :
       {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"}) {
    std::vector<std::string> parts{ask};
    const std::string heard = co_await converse(rt, r.where.server, std::move(parts), 0ns);
    EXPECT_TRUE(heard.ends_with("\r\n\r\none two 33333333333333333333")) << heard;
    EXPECT_EQ(heard.find("Transfer-Encoding"), std::string::npos) << heard;
    EXPECT_NE(heard.find("Connection: close\r\n"), std::string::npos) << heard;
  }
  co_await r.stop();
}

// Reads to the end and tells how that came.
task<std::error_code> end_of(world& rt, runtime::endpoint to, std::string ask) {
  const instant limit = rt.now() + 5s;
  auto s = co_await runtime::connect(rt, to, limit);
  if (!s) co_return s.error().code();
  const result<> sent = co_await runtime::write_all(**s, boost::asio::buffer(ask));
  if (!sent) co_return sent.error().code();
  std::string buffer(4096, '\0');
  for (;;) {
    auto got = co_await runtime::read_some(**s, boost::asio::buffer(buffer));
    if (!got) co_return got.error().code();
  }
}

EPICENTER_BOTH_WORLDS(streaming, that_its_handler_leaves_is_seen_to_be_cut_off) {
  rig r(rt, [&rt](exchange& x) -> task<> {
    response head;
    head.body = "some";
    const result<> begun = co_await x.start_chunked(std::move(head));
    EXPECT_TRUE(begun.has_value());
    co_await runtime::sleep_for(rt, 20ms);
  });
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
  EXPECT_FALSE(answer.has_value());
  EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::truncated));
  const std::error_code how = co_await end_of(rt, r.where.server, "GET / HTTP/1.0\r\nHost: h\r\n\r\n");
  EXPECT_EQ(how, make_error_code(runtime::errc::reset));
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(streaming, tells_its_handler_that_the_client_has_gone) {
  bool told = false;
  rig r(rt, [&rt, &told](exchange& x) -> task<> {
    response head;
    const result<> begun = co_await x.start_chunked(std::move(head));
    EXPECT_TRUE(begun.has_value());
    for (int i = 0; i != 1000 && !told; ++i) {
      std::string some(1000, 'x');
      const result<> sent = co_await x.send_chunk(std::move(some));
      told = !sent.has_value();
      co_await runtime::sleep_for(rt, 1ms);
    }
    const result<> ended = co_await x.end_chunked();
    EXPECT_FALSE(ended.has_value());
  });
  const instant limit = rt.now() + 5s;
  auto s = co_await runtime::connect(rt, r.where.server, limit);
  const std::string ask = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const result<> sent = co_await runtime::write_all(**s, boost::asio::buffer(ask));
  EXPECT_TRUE(sent.has_value());
  co_await runtime::sleep_for(rt, 20ms);
  (*s)->reset();
  auto waiting = eventually(rt, [&told] { return told; });
  const bool seen = co_await std::move(waiting);
  EXPECT_TRUE(seen);
  co_await r.stop();
}

// A dribble may last longer than any limit on a read: only writes that stall are given up.
EPICENTER_VIRTUAL(streaming, may_pause_for_as_long_as_its_handler_likes) {
  rig r(rt, [&rt](exchange& x) -> task<> {
    response head;
    const result<> begun = co_await x.start_chunked(std::move(head));
    EXPECT_TRUE(begun.has_value());
    co_await runtime::sleep_for(rt, 600s);
    std::string part = "late";
    const result<> sent = co_await x.send_chunk(std::move(part));
    EXPECT_TRUE(sent.has_value());
    const result<> ended = co_await x.end_chunked();
    EXPECT_TRUE(ended.has_value());
  });
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 700s);
  EXPECT_TRUE(answer.has_value());
  EXPECT_EQ(answer ? answer->body : "", "late");
  co_await r.stop();
}

}  // namespace
}  // namespace epicenter::http
