#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <epicenter/runtime/any_stream.hpp>

#include "lib/epicenter/runtime/tests/conformance.hpp"

namespace epicenter::runtime {
namespace {

constexpr auto quiet = boost::asio::as_tuple(boost::asio::use_awaitable);

task<> write_in_parts(runtime&, stream& to) {
  any_stream adapted(to);
  std::vector<std::string> parts(40, std::string(1000, 'a'));  // more than one operation takes
  parts.emplace_back();
  parts.emplace_back("end");
  std::vector<boost::asio::const_buffer> buffers;
  for (const std::string& one : parts) buffers.emplace_back(boost::asio::buffer(one));
  auto writing = boost::asio::async_write(adapted, buffers, quiet);
  const auto [code, count] = co_await std::move(writing);
  EXPECT_FALSE(code);
  EXPECT_EQ(count, 40'003U);
  to.shutdown_write();
}

CONFORMANCE(composed_operations_run_over_any_stream) {
  auto pair = co_await connect_pair(rt);
  task_group group(rt);
  group.spawn("writer", write_in_parts(rt, *pair.client));
  any_stream adapted(*pair.server);
  std::string text(50'000, '\0');
  auto reading = boost::asio::async_read(adapted, boost::asio::buffer(text), quiet);
  const auto [code, count] = co_await std::move(reading);
  EXPECT_EQ(code, boost::asio::error::eof);
  text.resize(count);
  EXPECT_EQ(text, std::string(40'000, 'a') + "end");
  co_await group.join();
}

task<result<>> read_it_all(stream& from) {
  any_stream adapted(from);
  std::string text(50'000, '\0');
  auto reading = boost::asio::async_read(adapted, boost::asio::buffer(text), quiet);
  const auto [code, count] = co_await std::move(reading);
  if (code) co_return fail(from_system(code));
  co_return result<>{};
}

task<> drip(runtime& rt, stream& to, bool& stop) {
  while (!stop) {
    co_await send(to, "x");
    co_await sleep_for(rt, 10us);
  }
}

CONFORMANCE(a_time_limit_ends_a_composed_read_that_keeps_getting_bytes) {
  for (int i = 0; i < 10; ++i) {
    auto pair = co_await connect_pair(rt);
    bool stop = false;
    task_group group(rt);
    group.spawn("dripper", drip(rt, *pair.client, stop));
    auto reading = read_it_all(*pair.server);
    const auto got = co_await with_timeout(rt, rt.now() + 2ms, std::move(reading));
    EXPECT_EQ(code_of(got), errc::timed_out);
    stop = true;
    co_await group.join();
  }
}

}  // namespace
}  // namespace epicenter::runtime
