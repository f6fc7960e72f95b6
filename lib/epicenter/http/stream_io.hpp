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

/// Writes head and body, gathered. The number is of the bytes taken, also where it failed.
boost::asio::awaitable<io_outcome> write_both(runtime::stream&, std::string_view head, std::string_view body);

}  // namespace epicenter::http
