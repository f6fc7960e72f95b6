#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

EPICENTER_BOTH_WORLDS(client, one_connection_carries_request_after_request) {
  rig r(rt, echo);
  for (int i = 0; i != 5; ++i) {
    auto answer = co_await r.web.send(r.where, post("/a?b=" + std::to_string(i), "text"), rt.now() + 1s);
    if (!answer) {
      ADD_FAILURE() << answer.error().why.message();
      break;
    }
    EXPECT_EQ(answer->body, "POST /a?b=" + std::to_string(i) + " 1\ntext");
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->reason, "OK");
    EXPECT_EQ(answer->content_type(), "text/plain");
  }
  EXPECT_EQ(r.web.connections(), 1U);
  co_await r.stop();
  EXPECT_EQ(r.web.connections(), 0U);
  EXPECT_EQ(r.site.connections(), 0U);
  const auto late = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
  EXPECT_EQ(late.error().why, make_error_code(errc::stopped));
}

EPICENTER_BOTH_WORLDS(client, large_bodies_go_both_ways) {
  rig r(rt, echo);
  const std::string large(3'000'000, 'x');
  auto answer = co_await r.web.send(r.where, post("/large", large), rt.now() + 20s);
  EXPECT_TRUE(answer.has_value() && answer->body == "POST /large 1\n" + large);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(client, a_head_response_has_a_length_and_no_body) {
  rig r(rt, echo);
  request head = get("/x");
  head.method = "HEAD";
  auto answer = co_await r.web.send(r.where, std::move(head), rt.now() + 1s);
  EXPECT_TRUE(answer.has_value() && answer->body.empty() && answer->fields.get("Content-Length") == "10");
  answer = co_await r.web.send(r.where, get("/y"), rt.now() + 1s);
  EXPECT_TRUE(answer.has_value() && answer->body == "GET /y 1\n");
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(client, a_connection_the_server_closed_is_not_used) {
  server_options so;
  so.idle_timeout = 50ms;
  rig r(rt, echo, so);
  for (int i = 1; i != 4; ++i) {
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
    EXPECT_TRUE(answer.has_value() && answer->body == "GET / " + std::to_string(i) + "\n");
    auto closed = eventually(rt, [&r] { return r.site.connections() == 0; });
    EXPECT_TRUE(co_await std::move(closed));
    // The server has let go; its end of the stream is still on its way for as long as the link is.
    (void)co_await runtime::sleep_for(rt, 5ms);
  }
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(client, closes_idle_connections_after_its_own_timeout) {
  client_options co;
  co.idle_timeout = 40ms;
  rig r(rt, echo, {}, co);
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
  EXPECT_TRUE(answer.has_value());
  EXPECT_EQ(r.web.connections(), 1U);
  auto closed = eventually(rt, [&r] { return r.web.connections() == 0 && r.site.connections() == 0; });
  EXPECT_TRUE(co_await std::move(closed));
  co_await r.stop();
}

struct crowd {
  int now = 0;
  int most = 0;
  std::string order;
};

handler slow(world& rt, crowd& seen) {
  return [&rt, &seen](exchange& x) -> task<> {
    seen.most = std::max(seen.most, ++seen.now);
    seen.order += x.incoming().target.substr(1);
    co_await runtime::sleep_for(rt, 20ms);
    --seen.now;
    response r;
    co_await x.respond(std::move(r));
  };
}

task<> send_one(world& rt, rig& r, std::string target, duration patience, errc* outcome) {
  const instant limit = rt.now() + patience;
  auto answer = co_await r.web.send(r.where, get(target), limit);
  *outcome = errc{};
  if (answer) co_return;
  *outcome = static_cast<errc>(answer.error().why.code().value());
  EXPECT_EQ(answer.error().any_byte_sent, *outcome != errc::pool_exhausted);
}

EPICENTER_BOTH_WORLDS(client, waits_for_a_connection_in_order_and_within_the_deadline) {
  crowd seen;
  client_options co;
  co.max_connections = 2;
  rig r(rt, slow(rt, seen), {}, co);
  std::vector<errc> outcomes(8, errc::malformed);
  runtime::task_group all(rt);
  for (std::size_t i = 0; i != 8; ++i) {
    const duration patience = i < 6 ? duration(2s) : duration(10ms);
    all.spawn("one", send_one(rt, r, "/" + std::to_string(i), patience, &outcomes[i]));
  }
  co_await all.join();
  EXPECT_EQ(seen.most, 2);
  EXPECT_EQ(seen.order.size(), 6U);
  EXPECT_EQ(seen.order.substr(2, 1) < seen.order.substr(4, 1), true) << seen.order;
  for (std::size_t i = 0; i != 6; ++i) EXPECT_EQ(outcomes[i], errc{}) << i;
  EXPECT_EQ(outcomes[6], errc::pool_exhausted);
  EXPECT_EQ(outcomes[7], errc::pool_exhausted);
  EXPECT_EQ(r.web.connections(), 2U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(client, tells_exactly_whether_a_byte_was_sent) {
  rig r(rt, [](exchange& x) -> task<> {
    if (x.incoming().target == "/reset") x.reset();
    co_return;
  });
  auto answer = co_await r.web.send(r.where, get("/reset"), rt.now() + 1s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::reset)) << answer.error().why.message();
  EXPECT_TRUE(answer.error().any_byte_sent);
  answer = co_await r.web.send(r.where, get("/silence"), rt.now() + 1s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::closed)) << answer.error().why.message();
  EXPECT_TRUE(answer.error().any_byte_sent);
  request injected = get("/");
  injected.fields.add("X", "a\r\nHost: evil");
  answer = co_await r.web.send(r.where, std::move(injected), rt.now() + 1s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::malformed));
  EXPECT_FALSE(answer.error().any_byte_sent);
  const origin closed = r.where;
  co_await r.site.stop();
  answer = co_await r.web.send(closed, get("/"), rt.now() + 1s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::connect_failed));
  EXPECT_FALSE(answer.error().any_byte_sent);
  EXPECT_EQ(r.web.connections(), 0U);
  co_await r.web.stop();
}

struct raw_case {
  const char* bytes;
  errc expected;  // errc{}: a response
  const char* body_or_status;
};

constexpr raw_case raw_cases[] = {
    {"HTTP/1.1 201 Created\r\nLocation: Patient/1\r\nContent-Length: 9\r\n\r\nhalf", errc::truncated, "201"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", errc::truncated, "200"},
    {"HTTP/1.1 200 OK\r\nContent-Le", errc::truncated, ""},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n",
     errc{}, "abcde"},
    {"HTTP/1.1 200 OK\r\n\r\nto the end", errc{}, "to the end"},
    {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", errc{}, "ok"},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
     "1\r\n\r\nz",
     errc{}, "z"},
    {"HTTP/1.1 204 No Content\r\n\r\n", errc{}, ""},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", errc::malformed, "200"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", errc::malformed,
     ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nz", errc::malformed, ""},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nz", errc::malformed, ""},
    {"SSH-2.0-OpenSSH", errc::malformed, ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", errc::too_large, "200"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", errc::too_large, "200"},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", errc{}, ""},
};

EPICENTER_BOTH_WORLDS(client, tells_broken_responses_apart) {
  client_options co;
  co.response_limits.max_body_bytes = 1000;
  for (const raw_case& one : raw_cases) {
    rig r(rt, raw(one.bytes), {}, co);
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 1s);
    const errc got = answer ? errc{} : static_cast<errc>(answer.error().why.code().value());
    EXPECT_EQ(got, one.expected) << one.bytes;
    if (answer) {
      EXPECT_EQ(answer->body, one.body_or_status) << one.bytes;
    } else {
      const auto& head = answer.error().head;
      EXPECT_EQ(head ? std::to_string(head->status) : "", one.body_or_status) << one.bytes;
      if (head && head->status == 201) {
        EXPECT_EQ(head->fields.get("location"), "Patient/1");
      }
      EXPECT_TRUE(answer.error().any_byte_sent);
      EXPECT_EQ(r.web.connections(), 0U) << one.bytes;
    }
    co_await r.stop();
  }
}

handler sleepy(world& rt) {
  return [&rt](exchange&) -> task<> { co_await runtime::sleep_for(rt, 30s); };
}

EPICENTER_VIRTUAL(client, gives_up_at_the_deadline_exactly) {
  rig r(rt, sleepy(rt));
  const instant limit = rt.now() + 700ms;
  auto answer = co_await r.web.send(r.where, get("/"), limit);
  EXPECT_EQ(answer.error().why, make_error_code(errc::timed_out));
  EXPECT_TRUE(answer.error().any_byte_sent);
  EXPECT_LT(rt.now() - limit, 1ms);
  EXPECT_EQ(r.web.connections(), 0U);
  answer = co_await r.web.send(r.where, get("/"), rt.now());
  EXPECT_EQ(answer.error().why, make_error_code(errc::timed_out));
  EXPECT_FALSE(answer.error().any_byte_sent);
  co_await r.stop();
}

EPICENTER_VIRTUAL(client, gives_up_connecting_after_the_connect_timeout) {
  rig r(rt, echo);
  runtime::link_model far;
  far.latency = 5s;
  dynamic_cast<runtime::virtual_runtime&>(rt).set_link("127.0.0.1", far);
  const instant begun = rt.now();
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 60s);
  EXPECT_EQ(answer.error().why, make_error_code(errc::connect_failed));
  EXPECT_FALSE(answer.error().any_byte_sent);
  EXPECT_LT(rt.now() - begun, 2100ms);
  co_await r.stop();
}

task<> send_until_cancelled(world& rt, rig& r, bool* cancelled) {
  const instant limit = rt.now() + 20s;
  auto answer = co_await r.web.send(r.where, get("/"), limit);
  *cancelled = !answer && answer.error().why == make_error_code(errc::cancelled);
}

EPICENTER_BOTH_WORLDS(client, a_cancelled_request_ends_at_once_and_closes_its_connection) {
  client_options co;
  co.max_connections = 1;
  rig r(rt, sleepy(rt), {}, co);
  bool in_exchange = false;
  bool in_queue = false;
  runtime::task_group group(rt);
  group.spawn("exchange", send_until_cancelled(rt, r, &in_exchange));
  group.spawn("queue", send_until_cancelled(rt, r, &in_queue));
  co_await runtime::sleep_for(rt, 50ms);
  EXPECT_EQ(r.web.connections(), 1U);
  const instant begun = rt.now();
  group.cancel();
  co_await group.join();
  EXPECT_LT(rt.now() - begun, 5s);
  EXPECT_TRUE(in_exchange);
  EXPECT_TRUE(in_queue);
  EXPECT_EQ(r.web.connections(), 0U);
  co_await r.stop();
}

TEST(client, equal_runs_have_equal_hashes) {
  const auto run = [] {
    runtime::virtual_runtime rt{runtime::virtual_options{}};
    runtime::spawn(rt, "test", waits_for_a_connection_in_order_and_within_the_deadline(rt));
    rt.run();
    return std::pair(rt.event_hash(), rt.events_run());
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace epicenter::http
