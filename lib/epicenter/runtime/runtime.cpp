#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::runtime {
namespace {

using token = boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>>;

task<std::tuple<system_error_code>> start_wait(runtime& rt, instant due) {
  auto start = [](auto handler, runtime* world, instant at) { world->wait_until(at, std::move(handler)); };
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code)>(start, how, &rt, due);
}

task<std::tuple<system_error_code, stream_ptr>> start_connect(runtime& rt, endpoint where) {
  auto start = [](auto handler, runtime* world, endpoint to) {
    world->connect(std::move(to), std::move(handler));
  };
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code, stream_ptr)>(start, how, &rt,
                                                                                 std::move(where));
}

task<std::tuple<system_error_code, stream_ptr>> start_accept(listener& from) {
  auto start = [](auto handler, listener* l) { l->async_accept(std::move(handler)); };
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code, stream_ptr)>(start, how, &from);
}

task<std::tuple<system_error_code, std::size_t>> start_read(stream& from, boost::asio::mutable_buffer into) {
  auto start = [](auto handler, stream* s, boost::asio::mutable_buffer buffer) {
    s->async_read_some({&buffer, 1}, std::move(handler));
  };
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code, std::size_t)>(start, how, &from, into);
}

task<std::tuple<system_error_code, std::size_t>> start_write(stream& to, boost::asio::const_buffer bytes) {
  auto start = [](auto handler, stream* s, boost::asio::const_buffer buffer) {
    s->async_write_some({&buffer, 1}, std::move(handler));
  };
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code, std::size_t)>(start, how, &to, bytes);
}

bool is_set(const boost::asio::cancellation_state& state) {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

// An operation that was aborted though nobody cancelled its task: the stream or listener was closed under it.
tl::unexpected<error> failed(const system_error_code& code, const boost::asio::cancellation_state& state,
                             std::string detail = {}) {
  errc what = from_system(code);
  if (what == errc::cancelled && !is_set(state)) what = errc::closed;
  if (what == errc::io) detail.append(detail.empty() ? "" : ": ").append(code.message());
  return fail(what, std::move(detail));
}

task<result<stream_ptr>> connect_unlimited(runtime& rt, endpoint where) {
  std::string name = where.to_string();
  auto connecting = start_connect(rt, std::move(where));
  auto [code, connected] = co_await std::move(connecting);
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (code) co_return failed(code, state, std::move(name));
  co_return std::move(connected);
}

}  // namespace

void runtime::task_ended(std::string_view name) {
  const auto found = live_tasks_.find(name);
  EPICENTER_CHECK(found != live_tasks_.end(), "a task that ends has started");
  if (--found->second == 0) live_tasks_.erase(found);
}

task<result<>> sleep_until(runtime& rt, instant due) {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (is_set(state)) co_return fail(errc::cancelled);
  auto waiting = start_wait(rt, due);
  const auto [code] = co_await std::move(waiting);
  if (code) co_return fail(errc::cancelled);
  co_return result<>{};
}

task<result<>> sleep_for(runtime& rt, duration length) {
  const instant now = rt.now();
  return sleep_until(rt, length > never - now ? never : now + length);
}

task<result<stream_ptr>> connect(runtime& rt, endpoint where, instant deadline) {
  std::string name = where.to_string();
  auto attempt = connect_unlimited(rt, std::move(where));
  result<stream_ptr> connected = co_await with_timeout(rt, deadline, std::move(attempt));
  if (!connected && connected.error().detail().empty()) {
    co_return fail(error(connected.error().code(), std::move(name)));
  }
  co_return connected;
}

task<result<stream_ptr>> accept(listener& from) {
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (is_set(before)) co_return fail(errc::cancelled);
  auto accepting = start_accept(from);
  auto [code, accepted] = co_await std::move(accepting);
  const auto after = co_await boost::asio::this_coro::cancellation_state;
  if (code) co_return failed(code, after);
  co_return std::move(accepted);
}

task<result<std::size_t>> read_some(stream& from, boost::asio::mutable_buffer into) {
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (is_set(before)) co_return fail(errc::cancelled);
  auto reading = start_read(from, into);
  const auto [code, bytes] = co_await std::move(reading);
  const auto after = co_await boost::asio::this_coro::cancellation_state;
  if (code) co_return failed(code, after);
  co_return bytes;
}

task<result<>> write_all(stream& to, boost::asio::const_buffer bytes) {
  while (bytes.size() > 0) {
    const auto before = co_await boost::asio::this_coro::cancellation_state;
    if (is_set(before)) co_return fail(errc::cancelled);
    auto writing = start_write(to, bytes);
    const auto [code, written] = co_await std::move(writing);
    const auto after = co_await boost::asio::this_coro::cancellation_state;
    if (code) co_return failed(code, after);
    bytes += written;
  }
  co_return result<>{};
}

}  // namespace epicenter::runtime
