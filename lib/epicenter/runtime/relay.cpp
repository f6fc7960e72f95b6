#include <epicenter/base/check.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::runtime {
namespace {

// One direction. What ends it other than the end of the stream ends the other direction too, by a reset of
// both.
task<result<std::uint64_t>> relay_one_way(stream& from, stream& to, std::size_t bound) {
  std::vector<char> buffer(bound);
  std::uint64_t moved = 0;
  for (;;) {
    auto reading = read_some(from, boost::asio::buffer(buffer));
    const result<std::size_t> got = co_await std::move(reading);
    if (!got && got.error().code() == errc::end_of_stream) {
      to.shutdown_write();
      co_return moved;
    }
    if (!got) {
      from.reset();
      to.reset();
      const bool ended = got.error().code() == errc::reset || got.error().code() == errc::closed;
      if (ended) co_return moved;
      co_return fail(got.error());
    }
    auto writing = write_all(to, boost::asio::buffer(buffer.data(), *got));
    const result<> sent = co_await std::move(writing);
    if (!sent) {
      from.reset();
      to.reset();
      const bool ended = sent.error().code() == errc::reset || sent.error().code() == errc::closed;
      if (ended) co_return moved;
      co_return fail(sent.error());
    }
    moved += *got;
  }
}

}  // namespace

task<result<relayed>> relay(runtime& rt, stream& a, stream& b, std::size_t bound) {
  EPICENTER_CHECK(bound > 0, "a relay needs room for one byte");
  std::vector<task<result<std::uint64_t>>> ways;
  ways.push_back(relay_one_way(a, b, bound));
  ways.push_back(relay_one_way(b, a, bound));
  auto both = when_all(rt, std::move(ways));
  const auto moved = co_await std::move(both);
  relayed sum;
  if (!moved[0]) co_return fail(moved[0].error());
  if (!moved[1]) co_return fail(moved[1].error());
  sum.forward = *moved[0];
  sum.backward = *moved[1];
  co_return sum;
}

}  // namespace epicenter::runtime
