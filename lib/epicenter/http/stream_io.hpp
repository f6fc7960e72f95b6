// The operations of a runtime::stream as awaitables that give the transport's own codes: the connection code
// tells apart what runtime::read_some need not.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <string_view>
#include <tuple>

namespace epicenter::http {

using io_outcome = std::tuple<runtime::system_error_code, std::size_t>;

/// Reads at least one byte into the memory, which outlives the operation.
boost::asio::awaitable<io_outcome> read_bytes(runtime::stream&, boost::asio::mutable_buffer);

/// Writes of head and body, gathered, what can be written without waiting: how many bytes. A message that
/// fits needs no operation, and whoever waits for its answer is not resumed in between.
std::size_t write_at_once(runtime::stream&, std::string_view head, std::string_view body);

/// Writes what is left of head and body after the first `written` bytes. The number is of all bytes taken,
/// those before included, also where it failed.
boost::asio::awaitable<io_outcome> write_rest(runtime::stream&, std::string_view head, std::string_view body,
                                              std::size_t written);

}  // namespace epicenter::http
