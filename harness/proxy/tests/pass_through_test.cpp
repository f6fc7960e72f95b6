#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> pipelined(runtime::runtime&, world_ref w) {
  auto client = co_await w.connected();
  auto sending = client.send(get("/a") + post("/b", "body of b") + get("/c"));
  const auto sent = co_await std::move(sending);
  EXPECT_TRUE(sent);
  for (const char* target : {"/a", "/b", "/c"}) {
    const auto answer = co_await client.response();
    EXPECT_TRUE(answer && answer->find(std::string("answer to ") + target) != std::string::npos) << target;
  }
  EXPECT_EQ(w.seen.size(), 3U);
  EXPECT_EQ(w.seen.at(1).body, "body of b");
  client.stream().shutdown_write();
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  co_await w.stop();
}
TEST(pass_through, pipelined_requests_are_answered_in_order) {
  run_virtual(pipelined);
}

runtime::task<> head_and_body_in_pieces(runtime::runtime& rt, world_ref w) {
  auto client = co_await w.connected();
  const auto text = post("/pieces", "0123456789");
  for (const char c : text) {
    auto sending = client.send(std::string(1, c));
    co_await std::move(sending);
    auto pausing = sleep_for(rt, 3ms);
    co_await std::move(pausing);
  }
  const auto answer = co_await client.response();
  EXPECT_TRUE(answer);
  EXPECT_EQ(w.seen.at(0).body, "0123456789");
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  client.stream().close();
  co_await w.stop();
}
TEST(pass_through, a_request_may_arrive_byte_by_byte) {
  run_virtual(head_and_body_in_pieces);
}

runtime::task<> echo(runtime::stream_ptr s) {
  char chunk[1000];
  for (;;) {
    auto reading = read_some(*s, boost::asio::buffer(chunk));
    const auto got = co_await std::move(reading);
    if (!got) break;
    auto writing = write_all(*s, boost::asio::buffer(chunk, *got));
    const auto written = co_await std::move(writing);
    if (!written) break;
  }
  s->shutdown_write();
}
runtime::task<> echo_server(std::shared_ptr<runtime::listener> l) {
  for (;;) {
    auto accepting = accept(*l);
    auto accepted = co_await std::move(accepting);
    if (!accepted) co_return;
    co_await echo(std::move(*accepted));
  }
}
runtime::task<> opaque(runtime::runtime& rt, world_ref w) {
  std::shared_ptr<runtime::listener> echoing = rt.listen({"127.0.0.1", 0, {}}).value();
  spawn(rt, "echo", echo_server(echoing));
  w.where = w.proxy.add({"echo", {"127.0.0.1", 0, {}}, echoing->local_endpoint()}).value().listen;
  // Not HTTP from the first byte on; HTTP that ceases to be; a request that nobody answers as HTTP would.
  const std::vector<std::string> texts{std::string("\x16\x03\x01 hello"),
                                       "GET / HTTP/9.7\r\n\r\n" + std::string(200'000, 'x'),
                                       std::string("GETTING")};
  for (const auto& text : texts) {
    auto client = co_await w.connected();
    auto sending = client.send(text);
    co_await std::move(sending);
    client.stream().shutdown_write();
    const auto back = co_await client.bytes(text.size());
    EXPECT_TRUE(back && *back == text) << text.substr(0, 20);
    const auto end = co_await client.end();
    EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  }
  echoing->close();
  co_await w.stop();
}
TEST(pass_through, other_protocols_are_relayed_as_they_are) {
  run_virtual(opaque);
}

runtime::task<> nobody_upstream(runtime::runtime& rt, world_ref w) {
  const runtime::endpoint closed{"127.0.0.1", 9, {}};
  w.where = w.proxy.add({"dead", {"127.0.0.1", 0, {}}, closed}).value().listen;
  auto client = co_await w.connected();
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_FALSE(w.proxy.add({"dead", {"127.0.0.1", 0, {}}, closed}));
  static_cast<void>(rt);
  co_await w.stop();
}
TEST(pass_through, an_upstream_that_refuses_ends_the_client_in_order) {
  run_virtual(nobody_upstream);
}

runtime::task<> in_flight_counts(runtime::runtime& rt, world_ref w) {
  auto client = co_await w.connected();
  auto sending = client.send(get("/a") + get("/b"));
  co_await std::move(sending);
  auto pausing = sleep_for(rt, hop + 500us);
  co_await std::move(pausing);
  EXPECT_EQ(w.proxy.in_flight(), 2U);
  const auto a = co_await client.response();
  const auto b = co_await client.response();
  EXPECT_TRUE(a && b);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  client.stream().reset();
  co_await w.stop();
}
TEST(pass_through, requests_in_flight_are_counted) {
  run_virtual(in_flight_counts);
}

runtime::task<> answer_nothing(http::exchange& x) {
  auto responding = x.respond({});
  (void)co_await std::move(responding);
}

/// In virtual time a name leads to itself: to no address that is known to be private.
runtime::task<> public_upstream(runtime::runtime& rt, world_ref w) {
  http::server outside(rt, {}, answer_nothing);
  const auto far = outside.listen({"epic.example", 0, {}});
  EXPECT_TRUE(far);
  w.where = w.proxy.add({"far", {"127.0.0.1", 0, {}}, *far}).value().listen;
  auto client = co_await w.connected();
  const auto end = co_await client.end();
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(w.proxy.traffic("far").failed_dials, 1U);
  EXPECT_FALSE(w.proxy.add({"farther", {"127.0.0.1", 0, {}}, {"203.0.113.7", 443, {}}}));
  auto stopping = outside.stop();
  co_await std::move(stopping);
  co_await w.stop();
}
TEST(pass_through, an_upstream_whose_name_leads_outside_is_not_spoken_to) {
  run_virtual(public_upstream);
}

}  // namespace
}  // namespace epicenter::proxy::testing
