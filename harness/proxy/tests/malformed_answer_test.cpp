// An upstream that does not speak HTTP as it should.
#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

runtime::task<> answer_once(std::shared_ptr<runtime::listener> l, std::string text) {
  auto accepting = accept(*l);
  auto accepted = co_await std::move(accepting);
  if (!accepted) co_return;
  char chunk[1000];
  auto reading = read_some(**accepted, boost::asio::buffer(chunk));
  co_await std::move(reading);
  auto writing = write_all(**accepted, boost::asio::buffer(text));
  co_await std::move(writing);
  (*accepted)->shutdown_write();
  auto waiting = read_some(**accepted, boost::asio::buffer(chunk));
  co_await std::move(waiting);
}

runtime::task<> malformed(runtime::runtime& rt, world_ref w) {
  const std::string text = "HTTP/0.1 what is this\r\n\r\nbody";
  std::shared_ptr<runtime::listener> l = rt.listen({"127.0.0.1", 0, {}}).value();
  spawn(rt, "malformed", answer_once(l, text));
  w.where = w.proxy.add({"malformed", {"127.0.0.1", 0, {}}, l->local_endpoint()}).value().listen;
  auto applying = w.fault("slow", "slow_headers", {{"delay", "10ms"}});
  co_await std::move(applying);
  auto client = co_await w.connected();
  auto sending = client.send(get("/a"));
  co_await std::move(sending);
  auto ending = client.end();
  const auto end = co_await std::move(ending);
  EXPECT_EQ(end, code(runtime::errc::end_of_stream));
  EXPECT_EQ(client.left_over(), text);
  client.stream().close();
  l->close();
  co_await w.stop();
}
TEST(malformed_answer, passes_as_it_is_under_a_fault_that_would_only_delay_it) {
  run_virtual(malformed);
}

}  // namespace
}  // namespace epicenter::proxy::testing
