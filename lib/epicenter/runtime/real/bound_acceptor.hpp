// A listening socket of the kernel, opened by an endpoint of the project.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>

namespace epicenter::runtime {

struct bound_acceptor {
  using acceptor_type = boost::asio::basic_socket_acceptor<socket_protocol, loop_executor>;
  acceptor_type acceptor;
  endpoint local;  ///< with the port that was chosen

  /// Closes, and removes the file of a Unix socket. Idempotent.
  void close();
};

/// errc::address_in_use, errc::invalid_endpoint, … The file that a killed process left is replaced.
result<bound_acceptor> open_acceptor(boost::asio::io_context&, const endpoint&);

}  // namespace epicenter::runtime
