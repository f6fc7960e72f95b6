// An exchange that is ended from outside of its task, wherever it stands.
#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

struct asker {
  explicit asker(std::string target) : asked(get(std::move(target))) {}
  request asked;
  exchange_stop stop;
  std::optional<exchange_result> got;
  bool ended_with(errc code) const { return got && !*got && got->error().why == make_error_code(code); }
};

task<> ask(world& rt, rig& r, asker& one) {
  const instant limit = rt.now() + 20s;
  auto answer = co_await r.web.send_lent(r.where, one.asked, rt.now(), limit, &one.stop);
  one.got.emplace(std::move(answer));
}

handler sleeps_on_slow(world& rt) {
  return [&rt](exchange& x) -> task<> {
    if (x.incoming().target == "/slow") {
      co_await runtime::sleep_for(rt, 30s);
      co_return;
    }
    co_await echo(x);
  };
}

EPICENTER_BOTH_WORLDS(exchange_stop, ends_an_exchange_and_the_wait_for_a_connection_and_nothing_else) {
  client_options co;
  co.max_connections = 1;
  rig r(rt, sleeps_on_slow(rt), {}, co);
  asker in_exchange("/slow");
  asker in_queue("/queued");
  asker other("/other");
  runtime::task_group all(rt);
  all.spawn("exchange", ask(rt, r, in_exchange));
  co_await runtime::sleep_for(rt, 50ms);
  all.spawn("queue", ask(rt, r, in_queue));
  all.spawn("other", ask(rt, r, other));
  co_await runtime::sleep_for(rt, 50ms);
  EXPECT_FALSE(in_exchange.got || in_queue.got || other.got);
  in_queue.stop.request();
  auto queued = eventually(rt, [&] { return in_queue.got.has_value(); });
  EXPECT_TRUE(co_await std::move(queued));
  EXPECT_TRUE(in_queue.ended_with(errc::cancelled));
  EXPECT_FALSE(in_queue.got->error().any_byte_sent);
  EXPECT_FALSE(in_exchange.got || other.got) << "nobody else was asked to stop";
  in_exchange.stop.request();
  co_await all.join();
  EXPECT_TRUE(in_exchange.ended_with(errc::cancelled));
  EXPECT_TRUE(in_exchange.got->error().any_byte_sent);
  EXPECT_TRUE(other.got->has_value()) << "who waited has the place, with a connection of its own";
  EXPECT_EQ(r.web.connections(), 1U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(exchange_stop, asked_before_the_exchange_begins_sends_nothing) {
  rig r(rt, echo);
  asker first("/first");
  co_await ask(rt, r, first);
  EXPECT_TRUE(first.got->has_value());
  asker on_idle_connection("/never");
  on_idle_connection.stop.request();
  co_await ask(rt, r, on_idle_connection);
  EXPECT_TRUE(on_idle_connection.ended_with(errc::cancelled));
  EXPECT_FALSE(on_idle_connection.got->error().any_byte_sent);
  EXPECT_EQ(r.web.connections(), 1U) << "the connection can still be used";
  asker last("/last");
  co_await ask(rt, r, last);
  EXPECT_TRUE(last.got->has_value());
  EXPECT_EQ((*last.got)->body, "GET /last 1\n");
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(exchange_stop, after_the_answer_does_nothing) {
  rig r(rt, echo);
  asker one("/one");
  co_await ask(rt, r, one);
  one.stop.request();
  asker two("/two");
  co_await ask(rt, r, two);
  EXPECT_TRUE(two.got->has_value());
  EXPECT_EQ((*two.got)->body, "GET /two 1\n") << "on the same connection";
  co_await r.stop();
}

EPICENTER_VIRTUAL(exchange_stop, ends_a_connect_that_gets_no_answer) {
  rig r(rt, echo);
  runtime::link_model far;
  far.latency = 5s;
  dynamic_cast<runtime::virtual_runtime&>(rt).set_link("127.0.0.1", far);
  asker one("/");
  runtime::task_group all(rt);
  all.spawn("one", ask(rt, r, one));
  co_await runtime::sleep_for(rt, 100ms);
  one.stop.request();
  const instant begun = rt.now();
  co_await all.join();
  EXPECT_LT(rt.now() - begun, 10ms);
  EXPECT_TRUE(one.ended_with(errc::cancelled));
  EXPECT_FALSE(one.got->error().any_byte_sent);
  EXPECT_EQ(r.web.connections(), 0U);
  asker never("/");
  never.stop.request();
  const instant asked = rt.now();
  co_await ask(rt, r, never);
  EXPECT_LT(rt.now() - asked, 10ms) << "nothing is connected for it";
  EXPECT_TRUE(never.ended_with(errc::cancelled));
  co_await r.stop();
}

task<> ask_in_turn(world& rt, rig& r, std::vector<std::unique_ptr<asker>>& all, std::size_t from) {
  for (std::size_t i = from; i < all.size(); i += 4) co_await ask(rt, r, *all[i]);
}

// Whenever it comes: the exchange has its whole answer or was cancelled, and no connection is in a bad state.
EPICENTER_VIRTUAL(exchange_stop, at_any_moment_leaves_every_connection_fit_or_closed) {
  runtime::link_model near;
  near.latency = 300us;
  dynamic_cast<runtime::virtual_runtime&>(rt).set_link("127.0.0.1", near);
  client_options co;
  co.max_connections = 3;
  rig r(rt, echo, {}, co);
  auto random = rt.random("stops");
  std::vector<std::unique_ptr<asker>> all;
  for (int i = 0; i < 400; ++i) all.push_back(std::make_unique<asker>("/" + std::to_string(i)));
  runtime::task_group askers(rt);
  for (std::size_t i = 0; i < 4; ++i) askers.spawn("asker", ask_in_turn(rt, r, all, i));
  for (int i = 0; i < 300 && askers.size() != 0; ++i) {
    co_await runtime::sleep_for(rt, duration(static_cast<std::int64_t>(random.below(1'500'000))));
    std::vector<asker*> waiting;
    for (const auto& one : all)
      if (!one->got) waiting.push_back(one.get());
    if (!waiting.empty()) waiting[random.below(std::min<std::uint64_t>(waiting.size(), 4))]->stop.request();
  }
  co_await askers.join();
  int answered = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& got = *all[i]->got;
    answered += got ? 1 : 0;
    if (got) {
      EXPECT_TRUE(got->body.starts_with("GET /" + std::to_string(i) + " ")) << got->body;
    } else {
      EXPECT_EQ(got.error().why, make_error_code(errc::cancelled)) << got.error().why.message();
      EXPECT_TRUE(all[i]->stop.requested());
    }
  }
  EXPECT_GT(answered, 50);
  EXPECT_LT(answered, 380);
  co_await r.stop();
  EXPECT_EQ(r.web.connections(), 0U);
}

}  // namespace
}  // namespace epicenter::http
