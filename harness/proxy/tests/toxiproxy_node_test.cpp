// Toxiproxy's Node client from npm, and raw sockets, against the API on loopback.
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

/// Runs a file of tests/wire against the API over that fleet; how it ended, as std::system tells.
runtime::task<> run_file(runtime::runtime& rt, fleet& over, std::string file, int& ended) {
  toxiproxy::toxiproxy_api api(rt, over);
  http::server server(rt, {}, [&api](http::exchange& x) { return answer(api, x); });
  const runtime::endpoint any{"127.0.0.1", 0, {}};
  const auto where = server.listen(any).value();
  const std::string line = "EPICENTER_PROXY_API=http://" + where.to_string() +
                           " " EPICENTER_SOURCE_DIR "/harness/proxy/tests/wire/run " + file;
  auto work = [line] { return std::system(line.c_str()); };
  auto running = runtime::blocking(rt, std::move(work));
  ended = co_await std::move(running);
  auto stopping = api.stop();
  co_await std::move(stopping);
  auto closing = server.stop();
  co_await std::move(closing);
}

runtime::task<> without_sockets(runtime::runtime& rt, int& ended) {
  fake_fleet fleet(rt);
  auto running = run_file(rt, fleet, "client.test.mjs", ended);
  co_await std::move(running);
}

void expect_success(int ended) {
  ASSERT_TRUE(WIFEXITED(ended));
  if (WEXITSTATUS(ended) == 77) GTEST_SKIP() << "no node, or npm's registry cannot be reached";
  EXPECT_EQ(WEXITSTATUS(ended), 0);
}

TEST(toxiproxy_node_client, works_unchanged) {
  runtime::real_runtime rt;
  int ended = -1;
  runtime::spawn(rt, "client", without_sockets(rt, ended));
  rt.run();
  expect_success(ended);
}

}  // namespace
}  // namespace epicenter::proxy::testing
