// Streams and listeners over the kernel's TCP and Unix sockets.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <epicenter/runtime/stream.hpp>

namespace epicenter::runtime {

using socket_protocol = boost::asio::generic::stream_protocol;
using loop_executor = boost::asio::io_context::executor_type;
using socket_type = boost::asio::basic_stream_socket<socket_protocol, loop_executor>;

/// Takes over a connected socket. TCP sockets stop delaying small writes (TCP_NODELAY).
stream_ptr make_socket_stream(socket_type);
/// Takes over a descriptor that does not block.
stream_ptr make_socket_stream(const loop_executor&, int connected);

/// Addresses are not resolved here: the host must be an address literal, "localhost", or empty for every
/// address.
result<listener_ptr> make_socket_listener(boost::asio::io_context&, const endpoint&);

/// The address of a Unix or TCP socket as an endpoint of the project.
endpoint to_endpoint(const socket_protocol::endpoint&);

}  // namespace epicenter::runtime
