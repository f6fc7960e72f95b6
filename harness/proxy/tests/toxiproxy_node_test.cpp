// Toxiproxy's Node client from npm against the API on loopback, over a fleet without sockets.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <epicenter/http/server.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/proxy/tests/fake_fleet.hpp"
#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

namespace epicenter::proxy::testing {
namespace {

runtime::task<> answer(toxiproxy::toxiproxy_api& api, http::exchange& x) {
  auto answering = api.answer(x.incoming());
  auto reply = co_await std::move(answering);
  auto responding = x.respond(std::move(reply));
  (void)co_await std::move(responding);
}

runtime::task<> run_client(runtime::runtime& rt, int& ended) {
  fake_fleet fleet(rt);
  toxiproxy::toxiproxy_api api(rt, fleet);
  http::server server(rt, {}, [&api](http::exchange& x) { return answer(api, x); });
  const runtime::endpoint any{"127.0.0.1", 0, {}};
  const auto where = server.listen(any).value();
  const std::string line = "EPICENTER_PROXY_API=http://" + where.to_string() +
                           " " EPICENTER_SOURCE_DIR "/harness/proxy/tests/wire/run client.test.mjs";
  auto work = [line] { return std::system(line.c_str()); };
  auto running = runtime::blocking(rt, std::move(work));
  ended = co_await std::move(running);
  auto stopping = api.stop();
  co_await std::move(stopping);
  auto closing = server.stop();
  co_await std::move(closing);
}

TEST(toxiproxy_node_client, works_unchanged) {
  runtime::real_runtime rt;
  int ended = -1;
  runtime::spawn(rt, "client", run_client(rt, ended));
  rt.run();
  ASSERT_TRUE(WIFEXITED(ended));
  if (WEXITSTATUS(ended) == 77) GTEST_SKIP() << "no node, or npm's registry cannot be reached";
  EXPECT_EQ(WEXITSTATUS(ended), 0);
}

}  // namespace
}  // namespace epicenter::proxy::testing
