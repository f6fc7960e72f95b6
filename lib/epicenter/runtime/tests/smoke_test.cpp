#include <gtest/gtest.h>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
namespace epicenter::runtime {
namespace {
task<> serve(runtime& rt, listener& l, int& served) {
  auto s = co_await accept(l);
  std::string b(100, 0);
  for (;;) {
    auto got = co_await read_some(**s, boost::asio::buffer(b));
    if (!got) break;
    auto w = co_await write_all(**s, boost::asio::buffer(b.data(), *got));
    ++served;
  }
  (void)rt;
}
task<> client(runtime& rt, endpoint to) {
  auto s = co_await connect(rt, to, rt.now() + 1s);
  if (!s) {
    ADD_FAILURE() << s.error().message();
    co_return;
  }
  std::string b(100, 0);
  for (int i = 0; i < 10; ++i) {
    auto w = co_await write_all(**s, boost::asio::buffer("hello", 5));
    auto got = co_await read_some(**s, boost::asio::buffer(b));
    EXPECT_TRUE(got.has_value());
    co_await sleep_for(rt, 1s);
  }
}
TEST(Smoke, Echo) {
  virtual_runtime rt{{}};
  auto l = rt.listen({"127.0.0.1", 0, ""});
  int served = 0;
  spawn(rt, "server", serve(rt, **l, served));
  spawn(rt, "client", client(rt, (*l)->local_endpoint()));
  EXPECT_EQ(rt.run(), run_end::finished);
  EXPECT_EQ(served, 10);
}
}  // namespace
}  // namespace epicenter::runtime
