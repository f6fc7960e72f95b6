// What a fault did to one exchange ends with the fault, for the bytes that are here and for those still to
// come.
#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

/// Answers one request in two halves of a body of 20 bytes.
runtime::task<> answer_in_halves(runtime::runtime& rt, std::shared_ptr<runtime::listener> l,
                                 duration between) {
  auto accepting = accept(*l);
  auto accepted = co_await std::move(accepting);
  if (!accepted) co_return;
  char chunk[1000];
  auto reading = read_some(**accepted, boost::asio::buffer(chunk));
  co_await std::move(reading);
  for (const std::string part : {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789", "abcdefghij"}) {
    auto writing = write_all(**accepted, boost::asio::buffer(part));
    co_await std::move(writing);
    auto pausing = sleep_for(rt, between);
    co_await std::move(pausing);
  }
  auto waiting = read_some(**accepted, boost::asio::buffer(chunk));
  co_await std::move(waiting);
}

struct halves {
  const char* type;
  json::object parameters;
  duration between, removed_at, latest;
};

/// How long the answer takes whose fault is removed on the way.
runtime::task<> removed_on_the_way(runtime::runtime& rt, world_ref w, halves how) {
  std::shared_ptr<runtime::listener> l = rt.listen({"127.0.0.1", 0, {}}).value();
  spawn(rt, "halves", answer_in_halves(rt, l, how.between));
  w.where = w.proxy.add({"halves", {"127.0.0.1", 0, {}}, l->local_endpoint()}).value().listen;
  faults::selection match;
  match.path = "/**";
  auto applying = w.fault("f", how.type, how.parameters, match);
  const auto applied = co_await std::move(applying);
  EXPECT_TRUE(applied);
  auto client = co_await w.connected();
  const instant start = rt.now();
  auto sending = client.send(get("/a"));
  co_await std::move(sending);
  auto waiting = sleep_until(rt, start + how.removed_at);
  co_await std::move(waiting);
  auto removing = w.remove("f");
  co_await std::move(removing);
  const auto answer = co_await client.response();
  EXPECT_TRUE(answer && answer->ends_with("0123456789abcdefghij"));
  EXPECT_LE(rt.now() - start, how.latest) << how.type;
  client.stream().close();
  l->close();
  co_await w.stop();
}
TEST(ended_faults, a_slow_body_is_slow_no_more_in_the_bytes_that_come_later) {
  const halves how{"slow_body", {{"rate", 10}}, 500ms, 300ms, 500ms + 5 * hop};
  run_virtual([&](runtime::runtime& rt, world_ref w) { return removed_on_the_way(rt, w, how); });
}
TEST(ended_faults, a_delayed_answer_flows_at_once_also_where_it_came_in_pieces) {
  const halves how{"latency", {{"delay", "5s"}, {"direction", "response"}}, 100ms, 300ms, 300ms + 5 * hop};
  run_virtual([&](runtime::runtime& rt, world_ref w) { return removed_on_the_way(rt, w, how); });
}
TEST(ended_faults, the_rest_of_a_delayed_answer_is_not_delayed) {
  const halves how{"latency", {{"delay", "5s"}, {"direction", "response"}}, 500ms, 300ms, 500ms + 5 * hop};
  run_virtual([&](runtime::runtime& rt, world_ref w) { return removed_on_the_way(rt, w, how); });
}

runtime::task<> error_behind_latency(runtime::runtime& rt, world_ref w) {
  auto slowing = w.fault("slow", "latency", {{"delay", "5s"}});
  co_await std::move(slowing);
  auto failing = w.fault("error", "error");
  co_await std::move(failing);
  auto client = co_await w.connected();
  const instant start = rt.now();
  auto sending = client.send(get("/a"));
  co_await std::move(sending);
  auto waiting = sleep_for(rt, 100ms);
  co_await std::move(waiting);
  auto removing = w.remove("slow");
  co_await std::move(removing);
  const auto answer = co_await client.response();
  EXPECT_TRUE(answer && answer->find("X-Epicenter-Fault: error") != std::string::npos);
  EXPECT_LE(rt.now() - start, 100ms + 5 * hop);
  client.stream().close();
  co_await w.stop();
}
TEST(ended_faults, the_answer_of_one_fault_is_not_held_for_another_that_has_ended) {
  run_virtual(error_behind_latency);
}

runtime::task<> nothing_behind_a_hole(runtime::runtime& rt, world_ref w) {
  faults::selection match;
  match.path = "/lost";
  auto applying = w.fault("f", "half_open", {}, match);
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto sending = client.send(get("/before") + get("/lost") + get("/behind"));
  co_await std::move(sending);
  auto reading = client.response();
  const auto before = co_await std::move(reading);
  EXPECT_TRUE(before && before->ends_with("answer to /before"));
  auto waiting = sleep_for(rt, 1s);
  co_await std::move(waiting);
  auto removing = w.remove("f");
  co_await std::move(removing);
  auto ending = client.end();
  const auto end = co_await std::move(ending);
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(client.left_over(), "") << "an answer stands in the place of another";
  co_await w.stop();
}
TEST(ended_faults, an_answer_that_was_lost_takes_those_behind_it_with_it) {
  run_virtual(nothing_behind_a_hole);
}

}  // namespace
}  // namespace epicenter::proxy::testing
