// Calls that come at the same time, and a fleet that is slow.
#include <gmock/gmock.h>

#include "harness/proxy/tests/toxiproxy_world.hpp"

namespace epicenter::proxy::testing {
namespace {

struct timed_reply {
  unsigned status = 0;
  instant at;
};

runtime::task<> call_at_once(toxiproxy_world& w, std::string method, std::string target, std::string body,
                             std::vector<timed_reply>& replies) {
  http::request r;
  r.method = std::move(method);
  r.target = std::move(target);
  r.body = std::move(body);
  auto answering = w.api.answer(r);
  const auto reply = co_await std::move(answering);
  replies.push_back({reply.status, w.rt.now()});
}

TEST(toxiproxy_turns, of_calls_at_once_for_one_name_a_single_one_wins) {
  toxiproxy_world w;
  w.add_proxy();
  w.fleet.takes = 10ms;
  std::vector<timed_reply> replies;
  for (int i = 0; i < 20; ++i)
    runtime::spawn(w.rt, "call",
                   call_at_once(w, "POST", "/proxies/web/toxics", R"({"type":"noop"})", replies));
  w.pass_time(1s);
  ASSERT_EQ(replies.size(), 20U);
  const auto won =
      std::count_if(replies.begin(), replies.end(), [](const auto& r) { return r.status == 200; });
  const auto lost =
      std::count_if(replies.begin(), replies.end(), [](const auto& r) { return r.status == 409; });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 19);
  EXPECT_EQ(w.fleet.faults.size(), 1U);
}

TEST(toxiproxy_turns, behind_a_call_that_hangs_others_are_told_after_25_seconds_as_by_the_original) {
  toxiproxy_world w;
  w.add_proxy();
  w.fleet.takes = 1min;
  std::vector<timed_reply> replies;
  runtime::spawn(w.rt, "hangs",
                 call_at_once(w, "POST", "/proxies/web/toxics", R"({"type":"noop"})", replies));
  runtime::spawn(w.rt, "waits", call_at_once(w, "GET", "/proxies", "", replies));
  w.pass_time(1ms);
  EXPECT_EQ(w.call("GET", "/version").status, 200U) << "needs no turn";
  w.pass_time(2min);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].status, 503U);
  EXPECT_EQ(replies[0].at, instant(25s));
  EXPECT_EQ(replies[1].status, 200U);
  EXPECT_EQ(w.call("GET", "/proxies").status, 200U) << "the turn was given back";
}

}  // namespace
}  // namespace epicenter::proxy::testing
