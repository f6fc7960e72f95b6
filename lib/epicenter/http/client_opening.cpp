#include <epicenter/http/client_opening.hpp>

#include <algorithm>
#include <epicenter/runtime/error.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::http {
namespace {

constexpr std::size_t read_at_once = 4 * 1024;

runtime::task<result<client_opening>> read_opening(runtime::stream& from) {
  client_opening seen;
  for (;;) {
    hello_name named = client_hello_server_name(seen.bytes);
    seen.state = named.state;
    seen.host = std::move(named.host);
    if (seen.state != hello_state::need_more) co_return std::move(seen);
    const std::size_t before = seen.bytes.size();
    seen.bytes.resize(std::min(before + read_at_once, longest_client_hello));
    const boost::asio::mutable_buffer room(seen.bytes.data() + before, seen.bytes.size() - before);
    auto got = co_await runtime::read_some(from, room);
    seen.bytes.resize(before + (got ? *got : 0));
    if (got) continue;
    if (got.error() != make_error_code(runtime::errc::end_of_stream)) co_return fail(std::move(got.error()));
    seen.state = hello_state::no;
    co_return std::move(seen);
  }
}

}  // namespace

runtime::task<result<client_opening>> read_client_opening(runtime::runtime& rt, runtime::stream& from,
                                                          instant deadline) {
  return runtime::with_timeout(rt, deadline, read_opening(from));
}

}  // namespace epicenter::http
