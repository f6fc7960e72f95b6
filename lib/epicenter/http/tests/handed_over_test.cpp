// A connection that requests wait for.
#include <epicenter/runtime/real/runtime_team.hpp>
#include <functional>
#include <future>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

task<> send_and(client& web, origin where, instant deadline, std::function<void()> then) {
  auto answer = co_await web.send(where, get("/"), deadline);
  EXPECT_TRUE(answer.has_value());
  then();
}

// Whoever has the first answer holds its loop up until the server, in another thread, has the second request.
task<> ask_twice(world& rt, origin where, std::function<bool()> second_has_come, std::function<void()> over) {
  client_options co;
  co.max_connections = 1;
  client web(rt, co);
  bool came = false;
  runtime::task_group both(rt);
  both.spawn("first", send_and(web, where, rt.now() + 20s, [&] { came = second_has_come(); }));
  both.spawn("second", send_and(web, where, rt.now() + 20s, [] {}));
  co_await both.join();
  EXPECT_TRUE(came);
  co_await web.stop();
  over();
}

TEST(client, sends_the_next_request_on_a_connection_before_its_last_answer_is_read) {
  runtime::runtime_team team(2);
  int requests = 0;
  std::promise<void> second;
  server site(team.at(1), {}, [&](exchange& incoming) -> task<> {
    if (++requests == 2) second.set_value();
    response empty;
    co_await incoming.respond(std::move(empty));
  });
  origin where;
  where.server = site.listen(any_port()).value();
  // For five seconds at most: a loaded machine is slow, not wrong.
  const auto come = [&] { return second.get_future().wait_for(5s) == std::future_status::ready; };
  const auto over = [&] { team.at(1).post([&] { runtime::spawn(team.at(1), "stop", site.stop()); }); };
  runtime::spawn(team.at(0), "client", ask_twice(team.at(0), where, come, over));
  team.run();
}

}  // namespace
}  // namespace epicenter::http
