#include <epicenter/http/stream_io.hpp>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace epicenter::http {
namespace {

namespace asio = boost::asio;
using gathered = std::array<asio::const_buffer, 2>;

struct start_read {
  runtime::stream* from;
  asio::mutable_buffer into;
  template <class Handler>
  void operator()(Handler&& handler) const {
    from->async_read_some(std::span(&into, 1), runtime::io_handler(std::forward<Handler>(handler)));
  }
};

struct start_write {
  runtime::stream* to;
  gathered what;
  template <class Handler>
  void operator()(Handler&& handler) const {
    to->async_write_some(what, runtime::io_handler(std::forward<Handler>(handler)));
  }
};

template <class Start>
asio::awaitable<io_outcome> await_io(Start start) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable_t<>());
  return asio::async_initiate<decltype(token), void(runtime::system_error_code, std::size_t)>(start, token);
}

gathered gather(std::string_view head, std::string_view body) {
  return {asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
}

void skip(gathered& buffers, std::size_t count) {
  for (asio::const_buffer& b : buffers) {
    const std::size_t here = std::min(count, b.size());
    b += here;
    count -= here;
  }
}

}  // namespace

asio::awaitable<io_outcome> read_bytes(runtime::stream& from, asio::mutable_buffer into) {
  return await_io(start_read{&from, into});
}

std::size_t write_at_once(runtime::stream& to, std::string_view head, std::string_view body) {
  return to.try_write(gather(head, body));
}

asio::awaitable<io_outcome> write_rest(runtime::stream& to, std::string_view head, std::string_view body,
                                       std::size_t written) {
  gathered rest = gather(head, body);
  skip(rest, written);
  const std::size_t total = head.size() + body.size();
  while (written != total) {
    const start_write start{&to, rest};
    const auto [code, count] = co_await await_io(start);
    written += count;
    if (code) co_return io_outcome(code, written);
    skip(rest, count);
  }
  co_return io_outcome(runtime::system_error_code(), written);
}

}  // namespace epicenter::http
